import type { ResultColumn } from '../../executor/engine.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { ExecuteOptions, ExecutionResult, PreparedStatement } from './backend.js';

/** A statement that knows how to run itself in its session. */
export interface SessionStatement extends PreparedStatement {
  describe(): Promise<readonly ResultColumn[] | null>;
  run(options: ExecuteOptions): Promise<ExecutionResult>;
}

/** True for statements that a failed transaction still takes. */
export function endsTransaction(statement: ParsedStatement): boolean {
  return statement.kind === 'transaction' && /^\s*(?:commit|end|rollback|abort)\b/i.test(statement.text);
}

/** True for statements made by a session, the only ones it can run. */
export function isSessionStatement(statement: PreparedStatement): statement is SessionStatement {
  return 'run' in statement;
}
