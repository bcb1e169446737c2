import assert from 'node:assert/strict';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { InspectedFile } from '../engine.js';
import type { CollectedRow, CollectedValue } from '../protocol/messages.js';
import { inspectSql } from './inspect-sql.js';

/** Files asked of DuckDB at a time: enough to keep it busy, few enough that the answer stays small. */
const FILES_PER_BATCH = 256;

/** Runs one statement over files and gives its rows. */
export type CollectRows = (sql: string, rowCountMax: number) => Promise<readonly CollectedRow[]>;

/** Reads the footers of Parquet files, in the order given. A missing file is 58P01, a broken one XX001, each named. */
export async function inspectParquet(paths: readonly string[], collect: CollectRows): Promise<readonly InspectedFile[]> {
  const inspected: InspectedFile[] = [];
  for (let start = 0; start < paths.length; start += FILES_PER_BATCH) {
    const batch = paths.slice(start, start + FILES_PER_BATCH);
    const rows = await collect(inspectSql(batch), batch.length);
    const byPath = new Map(rows.map((row) => [row[0], row]));
    for (const path of batch) {
      const row = byPath.get(path);
      if (row === undefined) {
        throw new SqlError(SQLSTATE.undefined_file, `could not open file "${path}": No such file or directory`);
      }
      inspected.push(readRow(path, row));
    }
  }
  return inspected;
}

function readRow(path: string, row: CollectedRow): InspectedFile {
  const statistics: Record<string, { min?: string; max?: string; nullCount?: number }> = {};
  for (const entry of asList(row[3])) {
    const [name, min, max, nullCount] = asList(entry);
    assert(typeof name === 'string', 'a column has a name');
    statistics[name] = {
      ...(typeof min === 'string' ? { min } : {}),
      ...(typeof max === 'string' ? { max } : {}),
      ...(typeof nullCount === 'string' ? { nullCount: Number(nullCount) } : {}),
    };
  }
  return { path, rowCount: Number(row[1]), rowGroups: asList(row[2]).map(Number), statistics };
}

function asList(value: CollectedValue | undefined): readonly CollectedValue[] {
  return isList(value) ? value : [];
}

function isList(value: CollectedValue | undefined): value is readonly CollectedValue[] {
  return Array.isArray(value);
}
