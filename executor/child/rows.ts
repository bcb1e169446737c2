import duckdb from "@duckdb/node-bindings";
import type { DataChunk, Result } from "@duckdb/node-bindings";
import { DuckDBDataChunk } from "@duckdb/node-api";
import type { ResultColumn } from "../engine.js";
import type { TaskWork } from "../protocol/messages.js";
import { scalar } from "../../planner/types/data-type.js";
import { OID } from "../../planner/types/postgres-type.js";

/** A result's columns and the encoder of its chunks. */
export interface Rows {
  readonly columns: readonly ResultColumn[];
  encode(chunk: DataChunk, rowCount: number): Buffer;
}

/** INTERIM: text of every value until executor/encode is in place. */
export function openRows(result: Result, work: Extract<TaskWork, { kind: "stream" }>): Rows {
  const columns: ResultColumn[] = [];
  for (let index = 0; index < duckdb.column_count(result); index++) {
    columns.push({
      name: work.columnNames?.[index] ?? duckdb.column_name(result, index),
      duckdbType: scalar("VARCHAR"),
      type: { oid: OID.text, modifier: -1 },
      format: "text",
    });
  }
  return {
    columns,
    encode(chunk, rowCount): Buffer {
      const rows = new DuckDBDataChunk(chunk).getRows();
      const parts: Buffer[] = [];
      for (const row of rows.slice(0, rowCount)) {
        const values = row.map((value) => (value === null ? null : Buffer.from(String(value))));
        const length = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 6);
        const message = Buffer.alloc(length + 1);
        message.write("D", 0);
        message.writeInt32BE(length, 1);
        message.writeInt16BE(values.length, 5);
        let at = 7;
        for (const value of values) {
          at = message.writeInt32BE(value?.length ?? -1, at);
          at += value?.copy(message, at) ?? 0;
        }
        parts.push(message);
      }
      return Buffer.concat(parts);
    },
  };
}
