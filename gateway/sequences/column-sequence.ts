import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeColumn, LakeDefault, LakeSnapshot, LakeTable, LakeView } from '../../fs/lake/model.js';
import { quoteName, quoteText, scalar } from '../../planner/types/data-type.js';
import { SEQUENCE_TAG, VIEW_COLUMNS_TAG, VIEW_DIALECT, VIEW_READS_TAG } from '../session/lake-relations.js';
import { TEMPORARY_SCHEMA, sqlSchemaName } from '../session/lake-schemas.js';
import { temporaryCounter } from './temporary-counters.js';
import type { SequenceDefinition } from './definition.js';
import { sequenceOfView, sequenceTag } from './definition.js';

/** Tag of a column whose default is the next value of a sequence: the uuid of the sequence's view, which survives a rename. */
export const COLUMN_SEQUENCE_TAG = 'sluice.sequence';

/** Tag of an identity column: `always` or `by default`. */
export const IDENTITY_TAG = 'sluice.identity';

/** `default_value_dialect` of such a default: no other reader of the catalog can compute it. */
const DIALECT = 'sluice';

/** Stages a sequence as a view of its state; its name is free. */
export function storeSequence(
  transaction: LakeTransaction,
  place: { readonly schema: string; readonly name: string },
  definition: SequenceDefinition,
): LakeView {
  transaction.createView({
    ...place,
    dialect: VIEW_DIALECT,
    sql: stateQuery(definition.initial, false),
    columnNames: STATE_COLUMNS.map((column) => column.name),
    tags: new Map([
      [SEQUENCE_TAG, sequenceTag(placed(place.schema, definition))],
      [VIEW_COLUMNS_TAG, JSON.stringify(STATE_COLUMNS)],
      [VIEW_READS_TAG, '[]'],
    ]),
  });
  const view = transaction.current.findView(place.schema, place.name);
  if (view === undefined) {
    throw new Error('a view was staged and is not there');
  }
  return view;
}

/** Changes a sequence's definition. */
export function changeSequence(transaction: LakeTransaction, view: LakeView, definition: SequenceDefinition): void {
  transaction.setTag(view, SEQUENCE_TAG, sequenceTag(placed(view.schema, definition)));
}

/** A temporary sequence counts in memory. */
function placed(schema: string, definition: SequenceDefinition): SequenceDefinition {
  return schema === TEMPORARY_SCHEMA ? { ...definition, counter: temporaryCounter(definition.counter) } : definition;
}

/** The counters of the temporary sequences of a snapshot. */
export function temporaryCounters(snapshot: LakeSnapshot): readonly string[] {
  return snapshot.findSchema(TEMPORARY_SCHEMA) === undefined
    ? []
    : sequencesOf(snapshot).flatMap(({ view, definition }) => (view.schema === TEMPORARY_SCHEMA ? [definition.counter] : []));
}

/** What `SELECT * FROM sequence` shows. */
const STATE_COLUMNS = [
  { name: 'last_value', type: scalar('BIGINT') },
  { name: 'log_cnt', type: scalar('BIGINT') },
  { name: 'is_called', type: scalar('BOOLEAN') },
];

/** The query that a sequence is when it is read. */
export function stateQuery(value: bigint, isCalled: boolean): string {
  return `SELECT CAST('${value}' AS bigint) AS last_value, CAST(0 AS bigint) AS log_cnt, ${isCalled} AS is_called`;
}

/** The default of a column that takes its values from a sequence. */
export function sequenceDefault(snapshot: LakeSnapshot, view: { readonly schema: string; readonly name: string }): LakeDefault {
  const schema = sqlSchemaName(snapshot, view.schema);
  const name = plainName(view.name);
  return { kind: 'expression', text: `nextval(${quoteText(schema === 'public' ? name : `${plainName(schema)}.${name}`)}::regclass)`, dialect: DIALECT };
}

/** A name with quotes only where it needs them, as PostgreSQL prints it. */
function plainName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteName(name);
}

/** Every sequence of a snapshot. */
export function sequencesOf(snapshot: LakeSnapshot): readonly { readonly view: LakeView; readonly definition: SequenceDefinition }[] {
  return snapshot.views.flatMap((view) => {
    const definition = sequenceOfView(view);
    return definition === undefined ? [] : [{ view, definition }];
  });
}

/** The sequence a column takes its values from; undefined for none. */
export function sequenceOfColumn(snapshot: LakeSnapshot, column: LakeColumn): { readonly view: LakeView; readonly definition: SequenceDefinition } | undefined {
  const uuid = column.tags.get(COLUMN_SEQUENCE_TAG);
  return uuid === undefined || column.defaultValue === null ? undefined : sequencesOf(snapshot).find(({ view }) => view.uuid === uuid);
}

/** The sequences that go with a table, or with one column of it. */
export function ownedSequences(snapshot: LakeSnapshot, table: LakeTable, columnId: number | null = null): readonly LakeView[] {
  return sequencesOf(snapshot)
    .filter(({ definition: { owner } }) => owner?.table === table.uuid && (columnId === null || owner.columnId === columnId))
    .map(({ view }) => view);
}

/** The columns whose default takes values from a sequence. */
export function columnsUsing(snapshot: LakeSnapshot, view: LakeView): readonly { readonly table: LakeTable; readonly column: LakeColumn }[] {
  return snapshot.tables.flatMap((table) =>
    table.columns.filter((column) => column.tags.get(COLUMN_SEQUENCE_TAG) === view.uuid && column.defaultValue !== null).map((column) => ({ table, column })),
  );
}

/** Drops a table with the sequences that go with it. */
export function dropTableAndSequences(transaction: LakeTransaction, table: LakeTable): void {
  for (const view of ownedSequences(transaction.current, table)) {
    transaction.dropView(view);
  }
  transaction.dropTable(table);
}
