import type { LakeSnapshot, LakeTable, LakeTableData, LakeView } from '../../fs/lake/model.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { scalar } from '../../planner/types/data-type.js';
import { lakeRelation } from '../lake/lake-relation.js';
import { sqlSchemaName } from './lake-schemas.js';

/** `ducklake_view.dialect` of the views Sluice stores. */
export const VIEW_DIALECT = 'sluice';

/** Tag of a view with its columns: names and types as JSON. */
export const VIEW_COLUMNS_TAG = 'sluice.columns';

/** Tag of a view with its query as it was written, for showing. */
export const VIEW_TEXT_TAG = 'sluice.text';

/** Tag of a view that is a foreign table: its options as JSON. */
export const FOREIGN_TABLE_TAG = 'sluice.foreign';

/** Tag of a view with what it reads: `[schema, name]` pairs of SQL names as JSON. */
export const VIEW_READS_TAG = 'sluice.reads';

/** Tag of a view that is a sequence: its definition as JSON (gateway/sequences/definition.ts). */
export const SEQUENCE_TAG = 'sluice.sequence';

/** What a stored view stands for: foreign tables and sequences are views to every other reader of the catalog. */
export type StoredViewKind = 'view' | 'foreign table' | 'sequence';

/** See StoredViewKind. */
export function kindOfView(view: LakeView): StoredViewKind {
  return view.tags.has(FOREIGN_TABLE_TAG) ? 'foreign table' : view.tags.has(SEQUENCE_TAG) ? 'sequence' : 'view';
}

/** One object for each version of a table's columns and rows: identity keys what is made of it. */
const tableRelations = new WeakMap<LakeTableData, { readonly table: LakeTable; readonly relation: Relation }>();
const viewRelations = new WeakMap<LakeView, Relation>();

/** A table as a relation with its exact files at this snapshot. */
export async function relationOfTable(snapshot: LakeSnapshot, table: LakeTable): Promise<Relation> {
  const data = await snapshot.data(table);
  const schema = sqlSchemaName(snapshot, table.schema);
  const known = tableRelations.get(data);
  if (known?.table === table && known.relation.schema === schema) {
    return known.relation;
  }
  const relation: Relation = { ...lakeRelation(table, data), schema };
  tableRelations.set(data, { table, relation });
  return relation;
}

const emptyRelations = new WeakMap<LakeTable, Relation>();

/** A table's columns as a relation without rows: what a statement needs to know that only adds some. */
export function relationWithoutRows(snapshot: LakeSnapshot, table: LakeTable): Relation {
  const schema = sqlSchemaName(snapshot, table.schema);
  const known = emptyRelations.get(table);
  if (known?.schema === schema) {
    return known;
  }
  const relation: Relation = { ...lakeRelation(table, NO_DATA), schema };
  emptyRelations.set(table, relation);
  return relation;
}

const NO_DATA: LakeTableData = { files: [], inlined: null, rowCount: 0 };

/** A stored view as a relation. 0A000 for one whose text is not Sluice's SQL, unless it is only to be listed. */
export function relationOfView(snapshot: LakeSnapshot, view: LakeView, use: 'read' | 'list'): Relation {
  if (view.dialect !== VIEW_DIALECT && use === 'read') {
    throw new SqlError(SQLSTATE.feature_not_supported, `view "${view.name}" is written in the SQL of "${view.dialect}"`);
  }
  const schema = sqlSchemaName(snapshot, view.schema);
  const known = viewRelations.get(view);
  if (known?.schema === schema) {
    return known;
  }
  const relation: Relation = { schema, name: view.name, columns: viewColumns(view), source: { kind: 'view', sql: view.sql } };
  viewRelations.set(view, relation);
  return relation;
}

function viewColumns(view: LakeView): readonly Column[] {
  const tag = view.tags.get(VIEW_COLUMNS_TAG);
  const known: readonly Column[] = tag === undefined ? [] : JSON.parse(tag);
  return known.length > 0 ? known : view.columnNames.map((name) => ({ name, type: scalar('VARCHAR') }));
}

/** What a stored view reads, by SQL names. */
export function viewReads(view: LakeView): readonly (readonly [schema: string, name: string])[] {
  const tag = view.tags.get(VIEW_READS_TAG);
  const reads: readonly (readonly [string, string])[] = tag === undefined ? [] : JSON.parse(tag);
  return reads;
}

/** Views that read any of these, directly or through other views, without those themselves. Names are SQL's. */
export function dependentViews(snapshot: LakeSnapshot, names: readonly { readonly schema: string; readonly name: string }[]): readonly LakeView[] {
  const reached = new Set(names.map(({ schema, name }) => `${schema}\0${name}`));
  const found: LakeView[] = [];
  for (let count = -1; count !== found.length;) {
    count = found.length;
    for (const view of snapshot.views) {
      const key = `${sqlSchemaName(snapshot, view.schema)}\0${view.name}`;
      if (!reached.has(key) && viewReads(view).some(([schema, name]) => reached.has(`${schema}\0${name}`))) {
        reached.add(key);
        found.push(view);
      }
    }
  }
  return found;
}
