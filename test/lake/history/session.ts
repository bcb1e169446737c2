import type { Operation } from './history.js';

/** How many objects of each kind a history is made on. */
export const LIST_COUNT = 200;
export const REGISTER_COUNT = 60;
export const BUCKET_COUNT = 200;

/** A client of the database whose history is recorded: one transaction at a time. */
export interface HistorySession {
  begin(): Promise<void>;
  commit(): Promise<void>;
  /** Rejects when the session is of no use any more. */
  rollback(): Promise<void>;
  /** Adds to the end of a list, without having read it where the database can. */
  append(list: number, value: number): Promise<void>;
  readList(list: number): Promise<readonly number[]>;
  /** Writes a list as what was read and one more: lost updates show. */
  overwriteList(list: number, former: readonly number[], value: number): Promise<void>;
  readRegister(register: number): Promise<{ readonly version: number; readonly value: number }>;
  writeRegister(register: number, version: number, value: number): Promise<void>;
  insertRows(bucket: number, values: readonly number[]): Promise<void>;
  readBucket(bucket: number): Promise<readonly number[]>;
  countBucket(bucket: number): Promise<number>;
  readAll(): Promise<Operation[]>;
  close(): Promise<void>;
}

/** A server or process that clients work through. */
export interface HistoryPlace {
  /** Makes the three tables, empty of history. */
  setUp(): Promise<void>;
  connect(): Promise<HistorySession>;
  /** SQLSTATE or the like, for people. */
  codeOf(error: unknown): string;
  /** True when an error of COMMIT leaves open whether it took place. */
  isOutcomeUnknown(error: unknown): boolean;
}

/** A list's text as it is stored. */
export function listText(values: readonly number[]): string {
  return values.map((value) => `${value} `).join('');
}

/** The values of a list's text. */
export function listValues(items: string): number[] {
  return items
    .split(' ')
    .filter((item) => item !== '')
    .map(Number);
}

/** A row that must be there exactly once: a second version of it beside the first is an anomaly nobody may overlook. */
export function single<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1) {
    throw new Error(`a row of the workload is there ${rows.length} times`);
  }
  return row;
}

/** Rows of all three tables as the operations that read everything. */
export function readsOf(
  lists: readonly { readonly id: number; readonly items: string }[],
  registers: readonly { readonly id: number; readonly version: number; readonly value: number }[],
  rows: readonly { readonly bucket: number; readonly value: number }[],
): Operation[] {
  const buckets = new Map<number, number[]>(Array.from({ length: BUCKET_COUNT }, (_, bucket) => [bucket, []]));
  for (const { bucket, value } of rows) {
    buckets.get(bucket)?.push(value);
  }
  return [
    ...lists.map(({ id, items }): Operation => ({ kind: 'read_list', list: id, values: listValues(items) })),
    ...registers.map(({ id, version, value }): Operation => ({ kind: 'read_register', register: id, version, value })),
    ...[...buckets].map(([bucket, values]): Operation => ({ kind: 'read_bucket', bucket, values })),
  ];
}
