import duckdb from '@duckdb/node-bindings';
import { DuckDBPreparedStatement } from '@duckdb/node-api';
import { dataTypeOfLogicalType } from '../encode/duckdb-type.js';
import type { DescribedColumn } from '../engine.js';
import type { TaskWork } from '../protocol/messages.js';
import type { TaskContext } from './task-context.js';

/** Prepares a query, which binds it, and reports its columns. */
export async function runDescribe(context: TaskContext, work: Extract<TaskWork, { kind: 'describe' }>): Promise<void> {
  const { channel, database, task } = context;
  await context.preludes.ensure(database, work.preludes);
  context.check();
  const statement = await duckdb.prepare(database.connection, work.sql);
  try {
    const prepared = new DuckDBPreparedStatement(statement);
    const columns: DescribedColumn[] = [];
    for (let index = 0; index < prepared.columnCount; index++) {
      columns.push({
        name: prepared.columnName(index),
        type: dataTypeOfLogicalType(prepared.columnType(index)),
      });
    }
    context.check();
    channel.send({ kind: 'described', task, columns });
  } finally {
    duckdb.destroy_prepare_sync(statement);
  }
}
