import { LakeError } from '../lake-error.js';
import type { LakeColumn, LakeTable } from '../model.js';
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
