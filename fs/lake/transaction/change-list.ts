import { LakeError } from '../lake-error.js';

/** DuckLake's words for what a snapshot changed; readers refuse any other. */
const WORDS = [
  'created_schema',
  'dropped_schema',
  'created_table',
  'created_view',
  'created_scalar_macro',
  'created_table_macro',
  'dropped_table',
  'dropped_view',
  'dropped_scalar_macro',
  'dropped_table_macro',
  'inserted_into_table',
  'deleted_from_table',
  'altered_table',
  'altered_view',
  'inlined_insert',
  'inlined_delete',
  'inline_flush',
  'flushed_inlined',
  'compacted_table',
  'merge_adjacent',
  'rewrite_delete',
] as const;

/** A word of `changes_made`. */
export type ChangeWord = (typeof WORDS)[number];

/** One entry of `changes_made`: a word with the id of an object, or with its quoted name. */
export type LakeChange =
  | { readonly kind: 'object'; readonly word: ChangeWord; readonly id: number }
  | { readonly kind: 'schema_name'; readonly word: ChangeWord; readonly schema: string }
  | { readonly kind: 'entry_name'; readonly word: ChangeWord; readonly schema: string; readonly name: string };

/** The text of `changes_made`. */
export function formatChanges(changes: readonly LakeChange[]): string {
  return changes.map((change) => `${change.word}:${formatValue(change)}`).join(',');
}

function formatValue(change: LakeChange): string {
  switch (change.kind) {
    case 'object':
      return String(change.id);
    case 'schema_name':
      return quote(change.schema);
    case 'entry_name':
      return `${quote(change.schema)}.${quote(change.name)}`;
  }
}

/** Reads `changes_made`, words in any case. Throws `catalog` for what DuckLake's readers would refuse too. */
export function parseChanges(text: string): readonly LakeChange[] {
  const entry = /([A-Za-z_]+):(?:(\d+)|("(?:[^"]|"")*")(?:\.("(?:[^"]|"")*"))?)(?:,|$)/y;
  const changes: LakeChange[] = [];
  while (entry.lastIndex < text.length) {
    const start = entry.lastIndex;
    const match = entry.exec(text);
    const word = WORDS.find((each) => each === match?.[1]?.toLowerCase());
    if (match === null || word === undefined) {
      throw new LakeError('catalog', `the catalog's history has a change that is not understood: ${text.slice(start, start + 80)}`);
    }
    const [, , id, first, second] = match;
    if (id !== undefined) {
      changes.push({ kind: 'object', word, id: Number(id) });
    } else if (second === undefined) {
      changes.push({ kind: 'schema_name', word, schema: unquote(first ?? '') });
    } else {
      changes.push({ kind: 'entry_name', word, schema: unquote(first ?? ''), name: unquote(second) });
    }
  }
  return changes;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('""', '"');
}
