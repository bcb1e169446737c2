import duckdb from "@duckdb/node-bindings";
import type { DescribedColumn } from "../engine.js";
import type { TaskWork } from "../protocol/messages.js";
import { readDataType } from "./data-type.js";
import type { TaskContext } from "./task-context.js";

/** Prepares a query, which binds it, and reports its columns. */
export async function runDescribe(
  context: TaskContext,
  work: Extract<TaskWork, { kind: "describe" }>,
): Promise<void> {
  const { channel, database, task } = context;
  await context.preludes.ensure(database, work.preludes);
  context.check();
  const statement = await duckdb.prepare(database.connection, work.sql);
  try {
    const columns: DescribedColumn[] = [];
    for (let index = 0; index < duckdb.prepared_statement_column_count(statement); index++) {
      columns.push({
        name: duckdb.prepared_statement_column_name(statement, index),
        type: readDataType(duckdb.prepared_statement_column_logical_type(statement, index)),
      });
    }
    context.check();
    channel.send({ kind: "described", task, columns });
  } finally {
    duckdb.destroy_prepare_sync(statement);
  }
}
