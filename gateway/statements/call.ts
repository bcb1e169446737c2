import type { CallArgument, CallRequest } from '../../planner/parse/read-call.js';
import { readCall } from '../../planner/parse/read-call.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { ParameterValue } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { constantStatement } from './command.js';
import type { Procedure } from './procedures.js';
import { PROCEDURES } from './procedures.js';

/** CALL of one of the server's own procedures: upkeep of the stored tables. Their results are rows. */
export function prepareCall(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCall(statement);
  const procedure = request.schema === undefined || request.schema === 'pg_catalog' ? PROCEDURES.get(request.procedure) : undefined;
  if (procedure === undefined) {
    throw unknownProcedure(request, 'No procedure matches the given name.');
  }
  const places = request.arguments.map((argument, index) => placeOf(procedure, request, argument, index));
  const parameterTypes: number[] = [];
  for (const { value } of request.arguments) {
    if (value.kind === 'parameter') {
      parameterTypes[value.number - 1] = OID.text;
    }
  }
  return Promise.resolve(
    constantStatement(
      statement,
      procedure.columns,
      async (options) => {
        // What it commits would stay whatever the block does then.
        if (session.transactionStatus !== 'I') {
          throw new SqlError(SQLSTATE.active_sql_transaction, `${request.procedure} cannot run inside a transaction block`);
        }
        session.requireWritable('CALL');
        const values = new Map(request.arguments.map(({ value }, index) => [places[index] ?? '', textOf(value, options.parameters)]));
        const outcome = await procedure.run(session, values, options);
        return { ...outcome, tag: 'CALL' };
      },
      Array.from(parameterTypes, (oid: number | undefined) => oid ?? OID.text),
    ),
  );
}

/** The name of the parameter an argument is for. */
function placeOf(procedure: Procedure, request: CallRequest, { name }: CallArgument, index: number): string {
  const place = name ?? procedure.parameters[index];
  const isTwice =
    place !== undefined &&
    name !== null &&
    index > 0 &&
    request.arguments.slice(0, index).some((other, at) => (other.name ?? procedure.parameters[at]) === place);
  if (place === undefined || !procedure.parameters.includes(place) || isTwice) {
    throw unknownProcedure(request, `${request.procedure} takes ${procedure.parameters.join(', ') || 'no arguments'}.`);
  }
  return place;
}

function unknownProcedure({ procedure, position, arguments: given }: CallRequest, hint: string): SqlError {
  const list = given.map(({ name }) => (name === null ? 'unknown' : `${name} => unknown`)).join(', ');
  return new SqlError(SQLSTATE.undefined_function, `procedure ${procedure}(${list}) does not exist`, { hint, ...(position === undefined ? {} : { position }) });
}

function textOf(value: CallArgument['value'], parameters: readonly ParameterValue[]): string | null {
  return value.kind === 'constant' ? value.text : (parameters[value.number - 1]?.bytes?.toString('utf8') ?? null);
}
