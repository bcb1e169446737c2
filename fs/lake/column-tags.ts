/**
 * The ducklake extension refuses a whole catalog in which a column has any tag but `comment`. Sluice's own tags of columns
 * are therefore tags of the table, under a key that names the column by its id.
 */
const PREFIX = 'sluice.column.';

/** The key among a table's tags of a column's tag; null for the one that DuckLake keeps with the column itself. */
export function columnTagKey(columnId: number, key: string): string | null {
  return key === 'comment' ? null : `${PREFIX}${columnId}.${key}`;
}

/** Takes the tags of columns out of a table's: the table's own, and those of columns by column id. */
export function separateColumnTags(tags: ReadonlyMap<string, string>): {
  readonly own: ReadonlyMap<string, string>;
  readonly ofColumns: ReadonlyMap<number, ReadonlyMap<string, string>>;
} {
  const own = new Map<string, string>();
  const ofColumns = new Map<number, Map<string, string>>();
  for (const [key, value] of tags) {
    const [, id, columnKey] = /^sluice\.column\.(\d+)\.(.+)$/s.exec(key) ?? [];
    if (id === undefined || columnKey === undefined) {
      own.set(key, value);
    } else {
      const column = ofColumns.get(Number(id)) ?? new Map<string, string>();
      column.set(columnKey, value);
      ofColumns.set(Number(id), column);
    }
  }
  return { own, ofColumns };
}
