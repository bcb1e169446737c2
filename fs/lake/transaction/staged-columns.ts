import { LakeError } from '../lake-error.js';
import type { LakeColumn, LakeDefault, LakeTable } from '../model.js';
import type { NewLakeColumn } from '../lake.js';

/** Columns with ids given from `firstId` on, depth first as DuckLake does, and the id after the last. */
export function buildColumns(columns: readonly NewLakeColumn[], firstId: number): { readonly columns: readonly LakeColumn[]; readonly nextId: number } {
  let nextId = firstId;
  const build = (column: NewLakeColumn): LakeColumn => {
    const id = nextId;
    nextId += 1;
    return {
      id,
      name: column.name,
      type: column.type,
      nullable: column.nullable,
      initialDefault: column.initialDefault ?? null,
      defaultValue: column.defaultValue ?? null,
      children: column.children.map(build),
      tags: new Map(column.tags),
    };
  };
  return { columns: columns.map(build), nextId };
}

/** Throws `duplicate` when two of the columns have one name; DuckLake compares names without case. */
export function checkColumnNames(table: string, columns: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name.toLowerCase())) {
      throw new LakeError('duplicate', `column "${name}" of table "${table}" is named twice`);
    }
    names.add(name.toLowerCase());
  }
}

/** A top-level column by id. Throws `not_found`. */
export function columnOf(table: LakeTable, columnId: number): LakeColumn {
  const column = table.columns.find(({ id }) => id === columnId);
  if (column === undefined) {
    throw new LakeError('not_found', `table "${table.name}" has no column ${columnId}`);
  }
  return column;
}

/** All columns of a table with their parents, nested ones after the column they belong to. */
export function flattenColumns(columns: readonly LakeColumn[], parentId: number | null = null): readonly FlatColumn[] {
  return columns.flatMap((column) => [{ column, parentId }, ...flattenColumns(column.children, column.id)]);
}

/** A column and the id of the one it is nested in. */
export interface FlatColumn {
  readonly column: LakeColumn;
  readonly parentId: number | null;
}

/** Types each may become, directly or by several steps, without a value changing. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  int8: ['int16', 'int32', 'int64'],
  int16: ['int32', 'int64'],
  int32: ['int64'],
  uint8: ['uint16', 'uint32', 'uint64'],
  uint16: ['uint32', 'uint64'],
  uint32: ['uint64'],
  float32: ['float64'],
};

/** True when files with a column of the one type can be read as the other: DuckLake's promotions, and wider decimals of one scale. */
export function canWiden(from: string, to: string): boolean {
  if (from === to || WIDER[from]?.includes(to) === true) {
    return true;
  }
  const [a, b] = [decimalOf(from), decimalOf(to)];
  return a !== null && b !== null && a.scale === b.scale && b.width >= a.width;
}

function decimalOf(type: string): { readonly width: number; readonly scale: number } | null {
  const match = /^decimal\((\d+),\s*(\d+)\)$/.exec(type);
  return match === null ? null : { width: Number(match[1]), scale: Number(match[2]) };
}

/** What can be changed of a column; see `LakeTransaction.alterColumn`. */
export interface ColumnChange {
  readonly name?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly defaultValue?: LakeDefault | null;
}

/** A table with a column changed. Throws `unsupported`, `dependent`, `duplicate`. */
export function withColumnChanged(table: LakeTable, columnId: number, change: ColumnChange): LakeTable {
  const column = columnOf(table, columnId);
  if (change.type !== undefined && !canWiden(column.type, change.type)) {
    throw new LakeError('unsupported', `column "${column.name}" of type ${column.type} cannot become ${change.type}: types can only be widened`);
  }
  if (change.type !== undefined && change.type !== column.type) {
    requireNoPartitionKey(table, columnId, column.name);
  }
  const columns = table.columns.map((each) => (each.id === columnId ? { ...each, ...change } : each));
  checkColumnNames(table.name, columns);
  return { ...table, columns };
}

/** A table without a column. Throws `unsupported`, `dependent`. */
export function withoutColumn(table: LakeTable, columnId: number): LakeTable {
  const column = columnOf(table, columnId);
  if (table.columns.length === 1) {
    throw new LakeError('unsupported', `table "${table.name}" cannot lose its only column "${column.name}"`);
  }
  requireNoPartitionKey(table, columnId, column.name);
  if (table.sort.some(({ expression }) => expression.includes(`"${column.name.replaceAll('"', '""')}"`) || expression === column.name)) {
    throw new LakeError('dependent', `column "${column.name}" is a sort key of table "${table.name}"`);
  }
  return { ...table, columns: table.columns.filter(({ id }) => id !== columnId) };
}

function requireNoPartitionKey({ name, partition }: LakeTable, columnId: number, columnName: string): void {
  if (partition?.keys.some((key) => key.columnId === columnId) === true) {
    throw new LakeError('dependent', `column "${columnName}" is a partition key of table "${name}"`);
  }
}
