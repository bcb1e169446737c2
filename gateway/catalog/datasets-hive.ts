import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import type { Column } from '../../planner/relation/relation.js';
import type { DataType } from '../../planner/types/data-type.js';
import { scalar } from '../../planner/types/data-type.js';

type Recogniser = readonly [type: DataType, recognise: (text: string) => boolean];

const BIGINT_MIN = -(2n ** 63n);
const BIGINT_MAX = 2n ** 63n - 1n;

/** Types tried for partition values, in DuckDB's order; a column gets the first one that every value of it has, else VARCHAR. */
const RECOGNISERS: readonly Recogniser[] = [
  [scalar('DATE'), isDate],
  [scalar('TIMESTAMP'), isTimestamp],
  [scalar('BIGINT'), isBigint],
];

/** The partition columns of a table with types that fit the values in all of its files. */
export function partitionColumnsOf(keys: readonly string[], files: readonly DatasetFile[]): readonly Column[] {
  return keys.map((name, index) => {
    const values = new Set<string>();
    for (const file of files) {
      const value = file.partition[index]?.value;
      if (value !== null && value !== undefined) {
        values.add(value);
      }
    }
    return { name, type: inferType(values) };
  });
}

function inferType(values: ReadonlySet<string>): DataType {
  const texts = [...values];
  const found = texts.length === 0 ? undefined : RECOGNISERS.find(([, recognise]) => texts.every(recognise));
  return found?.[0] ?? scalar('VARCHAR');
}

function isBigint(text: string): boolean {
  // 19 digits hold every BIGINT; longer texts are never one, whatever their zeros.
  if (!/^[+-]?\d{1,19}$/.test(text)) {
    return false;
  }
  const value = BigInt(text.replace('+', ''));
  return value >= BIGINT_MIN && value <= BIGINT_MAX;
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) {
    return false;
  }
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(`${text}T00:00:00Z`);
  return date.getUTCFullYear() === year && date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
}

function isTimestamp(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?$/.exec(text);
  return match !== null && isDate(match[1] ?? '');
}
