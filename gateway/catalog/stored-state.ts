import type { LakeColumn, LakeDefault, LakeSnapshot, LakeTable, LakeView } from '../../fs/lake/model.js';
import type { Relation } from '../../planner/relation/relation.js';
import { byteCount } from '../../planner/relation/relation.js';
import type { Column } from '../../planner/relation/relation.js';
import { OID, formatPostgresType, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { quoteText } from '../../planner/types/data-type.js';
import { FOREIGN_TABLE_TAG, VIEW_TEXT_TAG, relationOfTable, relationOfView } from '../session/lake-relations.js';
import { TEMPORARY_SCHEMA, sqlSchemaName } from '../session/lake-schemas.js';
import { declaredKeys } from '../statements/declared-keys.js';
import { IDENTITY_TAG } from '../sequences/column-sequence.js';
import { sequenceOfView } from '../sequences/definition.js';
import { guardedTable, guardedView } from '../security/guarded.js';
import type { Guarded } from '../security/privileges.js';
import type { CatalogAccess, CatalogRelation, CatalogSequence } from './pg/catalog-state.js';

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
export function describeStored(
  stored: StoredRelation,
  oids: ReadonlyMap<string, number>,
  tables: readonly LakeTable[],
  accessOf: (guarded: Guarded) => CatalogAccess,
): CatalogRelation {
  const { relation } = stored;
  const name = oidName(stored);
  const oid = oids.get(name) ?? 0;
  const guarded = stored.kind === 'table' ? guardedTable(stored.table) : guardedView(stored.view);
  const shared = {
    oid,
    access: accessOf(guarded),
    schema: relation.schema,
    name: relation.name,
    temporary: relation.schema === TEMPORARY_SCHEMA,
    columns: relation.columns,
  };
  if (stored.kind === 'view') {
    const { tags, sql } = stored.view;
    const sequence = describeSequence(stored.view, tables, oids);
    if (sequence !== undefined) {
      return { ...shared, kind: 'sequence', rowCount: 1, byteCount: 0, sequence, ...commentOf(tags) };
    }
    const options = tags.get(FOREIGN_TABLE_TAG);
    if (options !== undefined) {
      const foreignOptions: Readonly<Record<string, string>> = JSON.parse(options);
      return { ...shared, kind: 'foreign table', rowCount: -1, byteCount: 0, foreignOptions, ...commentOf(tags) };
    }
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
    // An identity is no default to PostgreSQL, whose catalogs show it in a place of its own.
    defaults: table.columns.map((column, index) => (identityOf(column) === null ? withType(defaultText(column.defaultValue), relation.columns[index]) : null)),
    identities: table.columns.map(identityOf),
    keys: declaredKeys(table).map((key) => ({
      ...key,
      constraintOid: oids.get(`${name} constraint ${key.name}`) ?? 0,
      indexOid: oids.get(`${name} index ${key.name}`) ?? 0,
    })),
  };
}

function identityOf(column: LakeColumn): 'always' | 'by default' | null {
  const identity = column.tags.get(IDENTITY_TAG);
  return identity === 'always' || identity === 'by default' ? identity : null;
}

function describeSequence(view: LakeView, tables: readonly LakeTable[], oids: ReadonlyMap<string, number>): CatalogSequence | undefined {
  const definition = sequenceOfView(view);
  if (definition === undefined) {
    return undefined;
  }
  const { type, start, increment, minimum, maximum, cache, cycle, identity, owner } = definition;
  const table = tables.find(({ uuid }) => uuid === owner?.table);
  const columnNumber = 1 + (table?.columns.findIndex(({ id }) => id === owner?.columnId) ?? -1);
  return {
    type,
    start: String(start),
    increment: String(increment),
    minimum: String(minimum),
    maximum: String(maximum),
    cache: String(cache),
    cycle,
    identity,
    owner: table === undefined || columnNumber === 0 ? null : { tableOid: oids.get(`lake ${table.uuid}`) ?? 0, columnNumber },
  };
}

function commentOf(tags: ReadonlyMap<string, string>): { readonly comment?: string } {
  const comment = tags.get('comment');
  return comment === undefined ? {} : { comment };
}

/** A default as SQL; numbers without quotes. */
/** A default as PostgreSQL writes it: with the type that its constant was read as. */
function withType(text: string | null, column: Column | undefined): string | null {
  if (text === null || column === undefined) {
    return text;
  }
  const { oid } = column.postgres ?? postgresTypeOf(column.type);
  const truth = oid === OID.bool ? /^'?(?:(t|true|1|on|yes|y)|(?:f|false|0|off|no|n))'?$/i.exec(text) : null;
  if (truth !== null) {
    return truth[1] === undefined ? 'false' : 'true';
  }
  const name = formatPostgresType({ oid, modifier: -1 });
  return /^'(?:[^']|'')*'$/.test(text) ? `${text}::${name}` : /^-[\d.]+$/.test(text) ? `'${text}'::${name}` : text;
}

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
