import type { ResultColumn } from '../../executor/engine.js';
import { readTransaction } from '../../planner/parse/read-transaction.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { ExecuteOptions, ExecutionResult, PreparedStatement } from './backend.js';

/** A statement that knows how to run itself in its session. */
export interface SessionStatement extends PreparedStatement {
  describe(): Promise<readonly ResultColumn[] | null>;
  run(options: ExecuteOptions): Promise<ExecutionResult>;
  /** False when the names and settings it rests on have changed since it was prepared; not there for what rests on none. */
  isCurrent?(): Promise<boolean>;
}

/** True for statements that a failed transaction still takes. */
export function endsTransaction(statement: ParsedStatement): boolean {
  if (statement.kind !== 'transaction') {
    return false;
  }
  switch (readTransaction(statement).kind) {
    case 'commit':
    case 'rollback':
    case 'rollback_to':
    case 'prepare':
      return true;
    case 'begin':
    case 'savepoint':
    case 'release':
    case 'commit_prepared':
    case 'rollback_prepared':
      return false;
  }
}

/** True for statements made by a session, the only ones it can run. */
export function isSessionStatement(statement: PreparedStatement): statement is SessionStatement {
  return 'run' in statement;
}

/** True when none of these statements would come out differently if it were prepared again. */
export async function areCurrent(statements: readonly SessionStatement[]): Promise<boolean> {
  for (const statement of statements) {
    if ((await statement.isCurrent?.()) === false) {
      return false;
    }
  }
  return true;
}
