import { readDeallocate, readExecute } from '../../planner/parse/read-names.js';
import { readPrepare } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { declaredType } from '../../planner/translate/declared-type.js';
import { RecordingEnvironment } from '../query/environment.js';
import type { ExecuteOptions, ParameterValue } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';

/** PREPARE name (types) AS statement. */
export function preparePrepare(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readPrepare(statement);
  return Promise.resolve(
    command(statement, async () => {
      if (session.prepared.has(request.name)) {
        throw new SqlError(SQLSTATE.duplicate_prepared_statement, `prepared statement "${request.name}" already exists`);
      }
      const names = await session.names.current();
      const environment = new RecordingEnvironment(names);
      const types = request.types.map((type) => declaredType(request.inner, environment, type).oid);
      session.prepared.set(request.name, await session.prepareStatement(session, request.inner, types));
      return { tag: 'PREPARE' };
    }),
  );
}

/** EXECUTE name (arguments); arguments are constants. What the name stands for is looked up when it runs, too: it may have changed. */
export function prepareExecute(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const { name, parameters: given } = readExecute(statement);
  const parameters = given.map((value): ParameterValue => {
    if (value === undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'EXECUTE takes constants only');
    }
    return { format: 'text', bytes: value === null ? null : Buffer.from(value, 'utf8') };
  });
  findPrepared(session, name, parameters.length);
  return Promise.resolve({
    text: statement.text,
    parameterTypes: [],
    endsTransaction: false,
    describe: async () => await findPrepared(session, name, parameters.length).describe(),
    run: async (options: ExecuteOptions) => await findPrepared(session, name, parameters.length).run({ ...options, parameters }),
  });
}

function findPrepared(session: Session, name: string, parameterCount: number): SessionStatement {
  const target = session.prepared.get(name);
  if (target === undefined) {
    throw new SqlError(SQLSTATE.invalid_sql_statement_name, `prepared statement "${name}" does not exist`);
  }
  if (parameterCount !== target.parameterTypes.length) {
    throw new SqlError(SQLSTATE.syntax_error, `wrong number of parameters for prepared statement "${name}"`, {
      detail: `Expected ${target.parameterTypes.length} parameters but got ${parameterCount}.`,
    });
  }
  return target;
}

/** DEALLOCATE name, DEALLOCATE ALL. */
export function prepareDeallocate(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const name = readDeallocate(statement);
  return Promise.resolve(
    command(statement, () => {
      if (name === null) {
        session.prepared.clear();
        session.onDeallocate?.(null);
        return { tag: 'DEALLOCATE ALL' };
      }
      // SQL and the protocol share one set of names in Postgres.
      const isOurs = session.prepared.delete(name);
      const isTheWires = session.onDeallocate?.(name) ?? false;
      if (!isOurs && !isTheWires) {
        throw new SqlError(SQLSTATE.invalid_sql_statement_name, `prepared statement "${name}" does not exist`);
      }
      return { tag: 'DEALLOCATE' };
    }),
  );
}
