import type { LakeSortKey } from '../../fs/lake/model.js';
import type { PartitionKeyRequest } from '../../planner/parse/read-create-table.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName } from '../../planner/types/data-type.js';

/** How a new table's files are laid out. */
export interface TableLayout {
  readonly partition: readonly { readonly columnName: string; readonly transform: string }[];
  readonly sort: readonly LakeSortKey[];
}

/** What CREATE TABLE said about it: PARTITION BY, and the options of WITH. */
export interface LayoutRequest {
  readonly options: ReadonlyMap<string, string>;
  readonly partitionStrategy?: 'list' | 'range' | 'hash' | null;
  readonly partition?: readonly PartitionKeyRequest[];
}

const KNOWN_OPTIONS: ReadonlySet<string> = new Set(['partition_by', 'sort_by', 'buckets']);

/** Options of Postgres's storage that say nothing here. */
const IGNORED_OPTIONS: ReadonlySet<string> = new Set(['fillfactor', 'oids', 'autovacuum_enabled']);

/** Most buckets a table may have: each is a file for every write. */
const BUCKET_COUNT_MAX = 100_000;

const NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;

/** Reads partitioning and sorting; 42703 for a column that is not there, 22023 for a malformed option. */
export function readLayout(request: LayoutRequest, columnNames: readonly string[]): TableLayout {
  for (const name of request.options.keys()) {
    if (!KNOWN_OPTIONS.has(name) && !IGNORED_OPTIONS.has(name)) {
      throw new SqlError(SQLSTATE.invalid_parameter_value, `unrecognized parameter "${name}"`);
    }
  }
  const spelled = readPartition(request);
  for (const name of spelled.map((key) => key.columnName)) {
    requireColumn(columnNames, name);
  }
  const sort = splitList(request.options.get('sort_by')).map((item) => readSortKey(item, columnNames));
  return { partition: spelled, sort };
}

function readPartition({ options, partitionStrategy, partition }: LayoutRequest): TableLayout['partition'] {
  const option = splitList(options.get('partition_by')).map(readTransform);
  const keys = partition ?? [];
  if (option.length > 0 && keys.length > 0) {
    throw new SqlError(SQLSTATE.invalid_table_definition, 'PARTITION BY and WITH (partition_by) cannot both be given');
  }
  if (partitionStrategy === 'hash') {
    const buckets = Number(options.get('buckets') ?? NaN);
    if (keys.some((key) => key.transform !== 'identity')) {
      throw new SqlError(SQLSTATE.invalid_table_definition, 'PARTITION BY HASH takes columns');
    }
    return keys.map((key) => ({ columnName: key.column, transform: bucketTransform(buckets) }));
  }
  if (options.has('buckets')) {
    throw new SqlError(SQLSTATE.invalid_table_definition, 'the option "buckets" goes with PARTITION BY HASH');
  }
  return option.length > 0 ? option : keys.map((key) => ({ columnName: key.column, transform: key.transform }));
}

function bucketTransform(count: number): string {
  if (!Number.isInteger(count) || count < 1 || count > BUCKET_COUNT_MAX) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `the number of buckets must be between 1 and ${BUCKET_COUNT_MAX}`, {
      hint: 'PARTITION BY HASH (key) WITH (buckets = 64)',
    });
  }
  return `bucket(${count})`;
}

function readTransform(item: string): TableLayout['partition'][number] {
  const plain = new RegExp(`^${NAME}$`).exec(item);
  if (plain !== null) {
    return { columnName: foldName(item), transform: 'identity' };
  }
  const bucket = new RegExp(String.raw`^bucket\s*\(\s*(\d+)\s*,\s*(${NAME})\s*\)$`, 'i').exec(item);
  if (bucket !== null) {
    return { columnName: foldName(bucket[2] ?? ''), transform: bucketTransform(Number(bucket[1])) };
  }
  const part = new RegExp(String.raw`^(year|month|day|hour|identity)\s*\(\s*(${NAME})\s*\)$`, 'i').exec(item);
  if (part !== null) {
    return { columnName: foldName(part[2] ?? ''), transform: (part[1] ?? '').toLowerCase() };
  }
  throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "partition_by": "${item}"`, {
    hint: 'Columns, bucket(N, column), and year, month, day or hour of a column, separated by commas.',
  });
}

function readSortKey(item: string, columnNames: readonly string[]): LakeSortKey {
  const match = new RegExp(String.raw`^(${NAME})(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?$`, 'i').exec(item);
  if (match === null) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "sort_by": "${item}"`);
  }
  const name = foldName(match[1] ?? '');
  requireColumn(columnNames, name);
  const descending = match[2]?.toLowerCase() === 'desc';
  // As everywhere in Postgres NULLs are the largest values.
  const nullsFirst = match[3] === undefined ? descending : match[3].toLowerCase() === 'first';
  return { expression: quoteName(name), descending, nullsFirst };
}

function requireColumn(columnNames: readonly string[], name: string): void {
  if (!columnNames.includes(name)) {
    throw new SqlError(SQLSTATE.undefined_column, `column "${name}" named in the table's layout does not exist`);
  }
}

function foldName(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}

/** The items of a list, at commas outside parentheses and quotes. */
function splitList(text: string | undefined): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let quoted = false;
  let item = '';
  for (const character of text ?? '') {
    quoted = character === '"' ? !quoted : quoted;
    depth += quoted ? 0 : character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character === ',' && depth === 0 && !quoted) {
      items.push(item.trim());
      item = '';
    } else {
      item += character;
    }
  }
  return [...items, item.trim()].filter((each) => each !== '');
}
