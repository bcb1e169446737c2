import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { readArgument } from './read-set-config.js';
import type { SetConfigArgument } from './read-set-config.js';
import type { ParsedStatement } from './statement.js';
import { positionOf } from './statement.js';
import { stringValues } from './syntax-tree.js';

/** A function of jobs that outlive connections. */
export type JobFunction = 'submit_job' | 'wait_job' | 'cancel_job' | 'drop_job';

/** `SELECT submit_job(...)` and its kin. */
export interface JobCall {
  readonly columnName: string;
  readonly function: JobFunction;
  readonly argument: SetConfigArgument;
}

const NAMES: readonly JobFunction[] = ['submit_job', 'wait_job', 'cancel_job', 'drop_job'];

/** The call of a SELECT that is nothing but one; null for any other statement. Throws 0A000 where such a call stands elsewhere. */
export function readJobCall(statement: ParsedStatement): JobCall | null {
  if (!/\b(?:submit|wait|cancel|drop)_job\s*\(/i.test(statement.text) || statement.node === null || !('SelectStmt' in statement.node)) {
    return null;
  }
  const { targetList = [], fromClause, whereClause, withClause, larg, limitCount, limitOffset } = statement.node.SelectStmt;
  const [target, ...others] = targetList;
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (value === undefined || !('FuncCall' in value)) {
    return null;
  }
  const names = stringValues(value.FuncCall.funcname);
  const name = NAMES.find((each) => each === names.at(-1) && (names.length === 1 || names[0] === 'pg_catalog'));
  if (name === undefined) {
    return null;
  }
  const isBare = others.length === 0 && [fromClause, whereClause, withClause, larg, limitCount, limitOffset].every((clause) => clause === undefined);
  const [argument, ...further] = (value.FuncCall.args ?? []).map(readArgument);
  if (!isBare || argument === undefined || further.length > 0) {
    const position = positionOf(statement.source, value.FuncCall.location);
    throw new SqlError(
      SQLSTATE.feature_not_supported,
      `${name} must be all that is selected, with one argument, a constant or a parameter`,
      position === undefined ? {} : { position },
    );
  }
  return { columnName: (target !== undefined && 'ResTarget' in target ? target.ResTarget.name : undefined) ?? name, function: name, argument };
}
