import type { SetConfigArgument, SetConfigCall } from '../../planner/parse/read-set-config.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { ParameterValue } from '../session/backend.js';
import { textColumn } from '../session/constant-rows.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { parseFlag } from '../settings/values.js';
import { constantStatement } from './command.js';

/** SELECT set_config(name, value, is_local), ...: SET with parameters, and one row of what the settings are then. */
export function prepareSetConfig(session: Session, statement: ParsedStatement, calls: readonly SetConfigCall[]): SessionStatement {
  return constantStatement(
    statement,
    calls.map((call) => textColumn(call.columnName)),
    ({ parameters }) => Promise.resolve({ rows: [calls.map((call) => setOne(session, call, parameters))], tag: 'SELECT 1' }),
    parameterTypes(calls),
  );
}

function setOne(session: Session, call: SetConfigCall, parameters: readonly ParameterValue[]): string | null {
  const name = argumentText(call.name, parameters);
  if (name === null) {
    throw new SqlError(SQLSTATE.null_value_not_allowed, 'SET requires parameter name');
  }
  const scope = readFlag(call.isLocal, parameters) ? 'local' : 'session';
  const value = argumentText(call.value, parameters);
  if (value === null) {
    session.settings.reset(name, scope);
  } else {
    session.settings.set(name, value, scope);
  }
  return session.settings.show(name) ?? '';
}

function parameterTypes(calls: readonly SetConfigCall[]): readonly number[] {
  const types: number[] = [];
  for (const { name, value, isLocal } of calls) {
    for (const [argument, oid] of [
      [name, OID.text],
      [value, OID.text],
      [isLocal, OID.bool],
    ] as const) {
      if (argument.kind === 'parameter') {
        types[argument.number - 1] = oid;
      }
    }
  }
  return Array.from(types, (oid: number | undefined) => oid ?? OID.text);
}

function argumentText(argument: SetConfigArgument, parameters: readonly ParameterValue[]): string | null {
  return argument.kind === 'constant' ? argument.text : (parameters[argument.number - 1]?.bytes?.toString('utf8') ?? null);
}

function readFlag(argument: SetConfigArgument, parameters: readonly ParameterValue[]): boolean {
  if (argument.kind === 'parameter' && parameters[argument.number - 1]?.format === 'binary') {
    return parameters[argument.number - 1]?.bytes?.[0] === 1;
  }
  const text = argumentText(argument, parameters);
  return text !== null && parseFlag('is_local', text) === 'on';
}
