/**
 * What happened to a table's rows: `changed` is rows added and deleted, each with its snapshot; `moved` is rows found in
 * another place than before, of which their former place says nothing.
 */
export type TouchedRows = 'changed' | 'moved';

/** By id the tables whose rows were touched. */
export type TouchedTables = ReadonlyMap<number, TouchedRows>;

/** Changes that leave names and columns as they are: only the rows of the table they name differ. */
const DATA_CHANGES: ReadonlyMap<string, TouchedRows> = new Map([
  ['inserted_into_table', 'changed'],
  ['deleted_from_table', 'changed'],
  ['inlined_insert', 'changed'],
  ['inlined_delete', 'changed'],
  ['flushed_inlined', 'moved'],
  ['inline_flush', 'moved'],
  ['compacted_table', 'moved'],
  ['merge_adjacent', 'moved'],
  ['rewrite_delete', 'moved'],
]);

/** Changes of names or columns, which name what they change by id or by name. */
const DEFINITION_CHANGE = /^(?:created|dropped|altered)_(?:schema|table|view|scalar_macro|table_macro):/;

/** What happened between two snapshots. */
export interface Touched {
  readonly rows: TouchedTables;
  /** True when names or columns may have changed. */
  readonly hasDefinitions: boolean;
}

/** What some snapshots touched, by their `changes_made`; null when these say something unknown. */
export function touchedTables(changes: readonly string[]): Touched | null {
  const rows = new Map<number, TouchedRows>();
  let hasDefinitions = false;
  for (const list of changes) {
    for (const entry of list === '' ? [] : splitEntries(list)) {
      const [, word = '', id = ''] = /^([a-z_]+):(\d+)$/.exec(entry) ?? [];
      const touch = DATA_CHANGES.get(word);
      if (touch !== undefined && rows.get(Number(id)) !== 'moved') {
        rows.set(Number(id), touch);
      } else if (touch === undefined && !DEFINITION_CHANGE.test(entry)) {
        return null;
      }
      hasDefinitions ||= touch === undefined;
    }
  }
  return { rows, hasDefinitions };
}

/** Commas inside of quoted names divide nothing. */
function splitEntries(list: string): readonly string[] {
  return Array.from(list.matchAll(/(?:"(?:[^"]|"")*"|[^",])+/g), ([entry]) => entry.trim());
}
