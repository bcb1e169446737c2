import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { fileListSql } from '../../planner/relation/file-list-sql.js';
import { EXCHANGE_ROWS } from '../stages/retry-reason.js';
import type { InputCheck } from '../protocol/messages.js';
import type { TaskContext } from './task-context.js';

/**
 * Compares the rows in the footers of the shuffle files a task is about to read with the rows their writers reported: a
 * file replaced, mixed up or served stale by a network file system fails the task instead of changing the result.
 */
export async function checkInputs(context: TaskContext, inputs: readonly InputCheck[]): Promise<void> {
  for (const { paths, rowCount } of inputs) {
    if (paths.length === 0) {
      continue;
    }
    const rows = await context.database.collect(`SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata(${fileListSql(paths)})`, 1);
    context.check();
    const found = rows[0]?.[0];
    if (found !== rowCount) {
      throw new SqlError(SQLSTATE.data_corrupted, `${EXCHANGE_ROWS}${JSON.stringify(found)} rows where its writers wrote ${rowCount}`);
    }
  }
}
