/** Changes that leave names and columns as they are: only the rows of the table they name differ. */
const DATA_CHANGES: ReadonlySet<string> = new Set([
  'inserted_into_table',
  'deleted_from_table',
  'inlined_insert',
  'inlined_delete',
  'flushed_inlined',
  'inline_flush',
  'compacted_table',
  'merge_adjacent',
  'rewrite_delete',
]);

/** Ids of the tables whose rows some snapshots changed, by their `changes_made`; null when more than rows may have changed. */
export function touchedTables(changes: readonly string[]): ReadonlySet<number> | null {
  const touched = new Set<number>();
  for (const list of changes) {
    if (list === '') {
      continue;
    }
    for (const entry of list.split(',')) {
      const [, word = '', id = ''] = /^([a-z_]+):(\d+)$/.exec(entry.trim()) ?? [];
      if (!DATA_CHANGES.has(word)) {
        return null;
      }
      touched.add(Number(id));
    }
  }
  return touched;
}
