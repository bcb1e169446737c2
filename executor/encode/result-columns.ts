import type { DuckDBType } from '@duckdb/node-api';
import assert from 'node:assert/strict';
import type { ResultColumn, ResultColumnEncoding } from '../engine.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';
import { dataTypeOfLogicalType } from './duckdb-type.js';

/** A result as DuckDB describes it; node-api's results have these methods' values. */
export interface ResultDescription {
  readonly names: readonly string[];
  readonly types: readonly DuckDBType[];
}

const DEFAULT_ENCODING: ResultColumnEncoding = { type: null, format: 'text' };

/** The columns of a result as they are sent. `encodings` is by column, one for all, or empty (text in the types' own Postgres types). */
export function resultColumns(
  description: ResultDescription,
  encodings: readonly ResultColumnEncoding[],
  columnNames?: readonly string[],
): readonly ResultColumn[] {
  const count = description.types.length;
  assert(encodings.length <= 1 || encodings.length === count, 'encodings: one a column, one for all, or none');
  assert(columnNames === undefined || columnNames.length === count, 'a name for every column');
  return description.types.map((logicalType, index) => {
    const duckdbType = dataTypeOfLogicalType(logicalType);
    const encoding = (encodings.length === 1 ? encodings[0] : encodings[index]) ?? DEFAULT_ENCODING;
    return {
      name: columnNames?.[index] ?? description.names[index] ?? '',
      duckdbType,
      type: encoding.type ?? postgresTypeOf(duckdbType),
      format: encoding.format,
    };
  });
}
