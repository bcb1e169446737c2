import { LakeError } from '../lake-error.js';
import type { LakeTable } from '../model.js';
import type { ChangeWord, LakeChange } from './change-list.js';
import type { StagedDifference } from './staged-difference.js';

/** What others committed since a transaction's base, as far as names and whole objects are concerned. */
export interface OtherChanges {
  has(word: ChangeWord, id: number): boolean;
  /** Names without case: DuckLake has none. */
  hasCreatedSchema(name: string): boolean;
  hasCreatedIn(schema: string): boolean;
  hasCreated(schema: string, name: string): boolean;
}

/** Makes others' changes searchable. */
export function otherChanges(changes: readonly LakeChange[]): OtherChanges {
  const keys = new Set(changes.flatMap(keysOf));
  return {
    has: (word, id) => keys.has(JSON.stringify([word, id])),
    hasCreatedSchema: (name) => keys.has(JSON.stringify(['schema', name.toLowerCase()])),
    hasCreatedIn: (schema) => keys.has(JSON.stringify(['in', schema.toLowerCase()])),
    hasCreated: (schema, name) => keys.has(JSON.stringify(['entry', schema.toLowerCase(), name.toLowerCase()])),
  };
}

function keysOf(change: LakeChange): readonly string[] {
  switch (change.kind) {
    case 'object':
      return [JSON.stringify([change.word, change.id])];
    case 'schema_name':
      return [JSON.stringify(['schema', change.schema.toLowerCase()])];
    case 'entry_name': {
      const schema = change.schema.toLowerCase();
      const entry = JSON.stringify(['entry', schema, change.name.toLowerCase()]);
      return [entry, JSON.stringify(['in', schema])];
    }
  }
}

/**
 * Throws `conflict` when the difference changes what others changed or dropped since its base. Appends conflict only with
 * a change of their table's definition, unless they were decided by the table's rows. Which data files and rows both touched is looked at by `checkRowConflicts`.
 */
export function checkConflicts(difference: StagedDifference, others: OtherChanges): void {
  const { schemas, tables, views, rows } = difference;
  for (const { name } of schemas.created) {
    refuseIf(others.hasCreatedSchema(name), `schema "${name}"`, 'created');
  }
  for (const { id, name } of schemas.dropped) {
    refuseIf(others.has('dropped_schema', id), `schema "${name}"`, 'dropped');
    refuseIf(others.hasCreatedIn(name), `schema "${name}"`, 'created a relation in');
  }
  for (const { id, name } of schemas.altered.map(({ before }) => before)) {
    refuseIf(others.has('dropped_schema', id), `schema "${name}"`, 'dropped');
    refuseIf(others.has('altered_table', id), `schema "${name}"`, 'changed');
  }
  const moved = [...tables.altered, ...views.altered].filter(({ before, after }) => before.schemaId !== after.schemaId || before.name !== after.name);
  for (const { schemaId, schema, name } of [...tables.created, ...views.created, ...moved.map(({ after }) => after)]) {
    refuseIf(others.has('dropped_schema', schemaId), `schema "${schema}"`, 'dropped');
    refuseIf(others.hasCreated(schema, name), `relation "${name}"`, 'created');
  }
  for (const table of [...tables.dropped, ...tables.altered.map(({ before }) => before)]) {
    refuseChangedTable(table, others);
  }
  for (const { before, after } of tables.altered) {
    const wasNullable = new Set(before.columns.filter(({ nullable }) => nullable).map(({ id }) => id));
    if (after.columns.some(({ id, nullable }) => !nullable && wasNullable.has(id))) {
      const isWritten = others.has('inserted_into_table', before.id) || others.has('inlined_insert', before.id);
      refuseIf(isWritten, `table "${before.name}"`, 'added rows to');
    }
  }
  for (const { id, name } of [...views.dropped, ...views.altered.map(({ before }) => before)]) {
    refuseIf(others.has('dropped_view', id), `view "${name}"`, 'dropped');
    refuseIf(others.has('altered_view', id), `view "${name}"`, 'changed');
  }
  for (const { table } of rows) {
    refuseChangedTable(table, others);
  }
  for (const { id, name } of difference.unchanged) {
    refuseIf(
      ROW_CHANGES.some((word) => others.has(word, id)),
      `table "${name}"`,
      'changed rows of',
    );
  }
}

/** What changes rows; a file that takes the place of others holds the same ones. */
const ROW_CHANGES: readonly ChangeWord[] = ['inserted_into_table', 'deleted_from_table', 'inlined_insert', 'inlined_delete'];

function refuseChangedTable(table: LakeTable, others: OtherChanges): void {
  refuseIf(others.has('dropped_table', table.id), `table "${table.name}"`, 'dropped');
  refuseIf(others.has('altered_table', table.id), `table "${table.name}"`, 'changed the definition of');
}

/** Throws `conflict`, saying what another transaction did first. */
export function refuseIf(isConflict: boolean, what: string, did: string): void {
  if (isConflict) {
    throw new LakeError('conflict', 'could not serialize access due to concurrent update', { detail: `Another transaction ${did} ${what} first.` });
  }
}
