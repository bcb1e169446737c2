import { equalValues } from '../compare/value.js';
import type { WireResult } from '../runner/wire-rows.js';

/** Types by OID as results name them; an OID without a name stands as its number. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  16: 'bool',
  17: 'bytea',
  18: 'char',
  19: 'name',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'text',
  26: 'oid',
  114: 'json',
  700: 'float4',
  701: 'float8',
  1000: 'bool[]',
  1005: 'int2[]',
  1007: 'int4[]',
  1009: 'text[]',
  1015: 'varchar[]',
  1016: 'int8[]',
  1022: 'float8[]',
  1042: 'bpchar',
  1043: 'varchar',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1115: 'timestamp[]',
  1182: 'date[]',
  1184: 'timestamptz',
  1186: 'interval',
  1231: 'numeric[]',
  1266: 'timetz',
  1700: 'numeric',
  2950: 'uuid',
  3802: 'jsonb',
};

/** A result as lines: the columns, then a line a row; sorted when asked. */
export function formatResult(result: WireResult, sorted: boolean): string[] {
  const header = result.names.map((name, index) => `${name}:${TYPE_NAMES[result.types[index] ?? 0] ?? result.types[index]}`).join('|');
  const rows = result.rows.map((row) => row.map(formatValue).join('|'));
  return [header, ...(sorted ? rows.toSorted() : rows)];
}

/** True when two row lines agree in every value, numbers with a fraction within the comparator's tolerance. */
export function equalByValue(actual: string, expected: string): boolean {
  const left = splitRow(actual);
  const right = splitRow(expected);
  return (
    left.length === right.length &&
    left.every((value, index) => {
      const other = right[index] ?? '';
      return value === other || (/\d/.test(value) && /\d/.test(other) && equalValues(value, other, 'float') && !Number.isNaN(Number(value)));
    })
  );
}

function formatValue(value: string | null): string {
  if (value === null) {
    return 'NULL';
  }
  return value === '' ? '(empty)' : value.replaceAll('\n', '\\n').replaceAll('|', '\\|');
}

function splitRow(line: string): string[] {
  return line.split(/(?<!\\)\|/);
}
