import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { OutputSettings, ResultColumnEncoding } from '../../executor/engine.js';
import { resultColumns } from '../../executor/encode/result-columns.js';
import { createRowEncoder } from '../../executor/encode/row-encoder.js';

/** A DuckDB of the tests' own, with the settings executors use. */
export async function openDuckdb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** Runs a statement and encodes its rows; values are null or bytes. */
export async function encodeRows(
  connection: DuckDBConnection,
  sql: string,
  encodings: readonly ResultColumnEncoding[],
  settings: OutputSettings,
): Promise<(Buffer | null)[][]> {
  const result = await connection.stream(sql);
  const columns = resultColumns({ names: result.columnNames(), types: result.columnTypes() }, encodings);
  const encoder = createRowEncoder(columns, settings);
  const rows: (Buffer | null)[][] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) {
      return rows;
    }
    const batch = encoder.encode(chunk);
    const decoded = decodeRows(batch.bytes);
    if (decoded.length !== batch.rowCount) {
      throw new Error(`${batch.rowCount} rows announced, ${decoded.length} found`);
    }
    rows.push(...decoded);
  }
}

/** Takes DataRow messages apart, checking every length. */
export function decodeRows(bytes: Buffer): (Buffer | null)[][] {
  const rows: (Buffer | null)[][] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== 0x44) {
      throw new Error(`no DataRow at ${at}`);
    }
    const end = at + 1 + bytes.readInt32BE(at + 1);
    const count = bytes.readInt16BE(at + 5);
    const row: (Buffer | null)[] = [];
    at += 7;
    for (let column = 0; column < count; column++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row.push(length < 0 ? null : bytes.subarray(at, at + length));
      at += Math.max(length, 0);
    }
    if (at !== end) {
      throw new Error(`a row ends at ${at}, its length says ${end}`);
    }
    rows.push(row);
  }
  return rows;
}

/** The text of one value of one row. */
export async function encodeValue(
  connection: DuckDBConnection,
  expression: string,
  encoding: ResultColumnEncoding,
  settings: OutputSettings,
): Promise<Buffer | null> {
  const rows = await encodeRows(connection, `SELECT ${expression}`, [encoding], settings);
  return rows[0]?.[0] ?? null;
}
