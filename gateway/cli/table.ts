import type { ResultColumn } from '../../executor/engine.js';
import { postgresTypeByOid } from '../../planner/types/postgres-type.js';

/** Rows as an aligned table, numbers to the right, with a row count below. */
export function printTable(columns: readonly ResultColumn[], rows: readonly (readonly (string | null)[])[]): string {
  const widths = columns.map((column, index) => rows.reduce((width, row) => Math.max(width, (row[index] ?? '').length), column.name.length));
  const isNumber = columns.map((column) => postgresTypeByOid(column.type.oid)?.category === 'N');
  const line = (values: readonly (string | null)[]): string =>
    values
      .map((value, index) => (isNumber[index] === true ? (value ?? '').padStart(widths[index] ?? 0) : (value ?? '').padEnd(widths[index] ?? 0)))
      .join(' | ')
      .trimEnd();
  const head = columns
    .map((column, index) => column.name.padEnd(widths[index] ?? 0))
    .join(' | ')
    .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  return [head, rule, ...rows.map(line), `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`, ''].join('\n');
}
