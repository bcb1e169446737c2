import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { mapDuckdbError } from '../errors/duckdb-error.js';
import type { TaskContext } from './task-context.js';

/**
 * Finds out why a stream failed. The binding has no way to read the error of a result that fails after its first rows,
 * so the query is run again without sending anything: every value is computed and hashed into one number.
 */
export async function findLostError(context: TaskContext, columnCount: number, sql: string): Promise<Error> {
  const columns = Array.from({ length: columnCount }, (_, index) => `c${index}`).join(', ');
  try {
    await context.database.collect(`SELECT bit_xor(hash(${columns})) FROM (${sql}\n) AS lost_error(${columns})`, 1);
  } catch (error) {
    return mapDuckdbError(error).error;
  }
  return new SqlError(SQLSTATE.internal_error, 'the statement failed while its rows were being made', {
    detail: 'It did not fail again when it was run to find the cause.',
  });
}
