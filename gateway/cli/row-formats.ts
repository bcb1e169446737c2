import type { ResultColumn } from '../../executor/engine.js';
import { OID, postgresTypeByOid } from '../../planner/types/postgres-type.js';

type Row = readonly (string | null)[];

/** How `sluice sql` prints rows: in pieces, as they come. */
export interface RowPrinter {
  head(columns: readonly ResultColumn[]): string;
  rows(columns: readonly ResultColumn[], rows: readonly Row[]): string;
}

/** CSV with a header as RFC 4180 has it; NULL is an empty field, an empty text is quoted. */
export const CSV: RowPrinter = {
  head: (columns) => `${columns.map(({ name }) => csvField(name)).join(',')}\n`,
  rows: (_, rows) => rows.map((row) => `${row.map((value) => (value === null ? '' : csvField(value))).join(',')}\n`).join(''),
};

/** JSON, an object a line: numbers that JSON has, booleans and json as they are, all else as text. */
export const JSON_LINES: RowPrinter = {
  head: () => '',
  rows: (columns, rows) =>
    rows.map((row) => `{${columns.map(({ name, type }, index) => `${JSON.stringify(name)}:${jsonValue(row[index] ?? null, type.oid)}`).join(',')}}\n`).join(''),
};

function csvField(value: string): string {
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function jsonValue(value: string | null, oid: number): string {
  if (value === null) {
    return 'null';
  }
  if (oid === OID.bool) {
    return value === 't' ? 'true' : 'false';
  }
  if (oid === OID.json || oid === OID.jsonb) {
    return value;
  }
  // The text of a number is JSON's own, but for NaN, Infinity and the like; digits stay as they are, however many.
  return postgresTypeByOid(oid)?.category === 'N' && /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? value : JSON.stringify(value);
}
