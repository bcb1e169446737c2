import type { LakeDefault, LakeSnapshot, LakeTable, LakeView } from '../../fs/lake/model.js';
import type { Relation } from '../../planner/relation/relation.js';
import { byteCount } from '../../planner/relation/relation.js';
import { quoteText } from '../../planner/types/data-type.js';
import { VIEW_TEXT_TAG, relationOfTable, relationOfView } from '../session/lake-relations.js';
import { sqlSchemaName } from '../session/lake-schemas.js';
import { declaredKeys } from '../statements/declared-keys.js';
import type { CatalogRelation } from './pg/catalog-state.js';

/** A stored table or view as the catalogs show it. */
export type StoredRelation =
  | { readonly kind: 'table'; readonly relation: Relation; readonly table: LakeTable; readonly rowCount: number }
  | { readonly kind: 'view'; readonly relation: Relation; readonly view: LakeView };

/** Every stored table and view of a snapshot. */
export async function storedRelations(snapshot: LakeSnapshot): Promise<readonly StoredRelation[]> {
  const tables = await Promise.all(
    snapshot.tables.map(async (table): Promise<StoredRelation> => {
      const { rowCount } = await snapshot.data(table);
      return { kind: 'table', relation: await relationOfTable(snapshot, table), table, rowCount };
    }),
  );
  return [...tables, ...snapshot.views.map((view): StoredRelation => ({ kind: 'view', relation: relationOfView(snapshot, view, 'list'), view }))];
}

/** Names that OIDs are made of: the lake's own identifiers, so that a renamed table keeps its OID. */
export function storedOidNames(stored: StoredRelation): readonly string[] {
  const name = oidName(stored);
  return stored.kind === 'view'
    ? [name]
    : [name, ...declaredKeys(stored.table).flatMap((key) => [`${name} constraint ${key.name}`, `${name} index ${key.name}`])];
}

function oidName(stored: StoredRelation): string {
  return `lake ${stored.kind === 'table' ? stored.table.uuid : stored.view.uuid}`;
}

/** What the catalogs say of it. */
export function describeStored(stored: StoredRelation, oids: ReadonlyMap<string, number>): CatalogRelation {
  const { relation } = stored;
  const name = oidName(stored);
  const oid = oids.get(name) ?? 0;
  const shared = { oid, schema: relation.schema, name: relation.name, temporary: false, columns: relation.columns };
  if (stored.kind === 'view') {
    const { tags, sql } = stored.view;
    return { ...shared, kind: 'view', rowCount: 0, byteCount: 0, definition: tags.get(VIEW_TEXT_TAG) ?? sql, ...commentOf(tags) };
  }
  const { table } = stored;
  return {
    ...shared,
    kind: 'table',
    stored: true,
    rowCount: stored.rowCount,
    byteCount: byteCount(relation),
    ...commentOf(table.tags),
    columnComments: table.columns.map((column) => column.tags.get('comment') ?? null),
    defaults: table.columns.map((column) => defaultText(column.defaultValue)),
    keys: declaredKeys(table).map((key) => ({
      ...key,
      constraintOid: oids.get(`${name} constraint ${key.name}`) ?? 0,
      indexOid: oids.get(`${name} index ${key.name}`) ?? 0,
    })),
  };
}

function commentOf(tags: ReadonlyMap<string, string>): { readonly comment?: string } {
  const comment = tags.get('comment');
  return comment === undefined ? {} : { comment };
}

/** A default as SQL; numbers without quotes. */
function defaultText(value: LakeDefault | null): string | null {
  if (value === null) {
    return null;
  }
  return value.kind === 'expression' || /^-?\d+(\.\d+)?$/.test(value.text) ? value.text : quoteText(value.text);
}

/** The stored schemas by their SQL names. */
export function storedSchemas(snapshot: LakeSnapshot): readonly string[] {
  return snapshot.schemas.map((schema) => sqlSchemaName(snapshot, schema.name));
}

/** Their comments. */
export function storedSchemaComments(snapshot: LakeSnapshot): ReadonlyMap<string, string> {
  return new Map(
    snapshot.schemas.flatMap((schema) => {
      const comment = schema.tags.get('comment');
      return comment === undefined ? [] : [[sqlSchemaName(snapshot, schema.name), comment] as const];
    }),
  );
}
