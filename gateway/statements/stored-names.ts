import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeSnapshot, LakeTable, LakeView } from '../../fs/lake/model.js';
import type { QualifiedName } from '../../planner/parse/read-names.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { guardedTable, guardedView } from '../security/guarded.js';
import type { Privilege } from '../security/privileges.js';
import type { StoredViewKind } from '../session/lake-relations.js';
import { kindOfView } from '../session/lake-relations.js';
import { TEMPORARY_SCHEMA, isTemporarySchema, lakeSchemaName, sqlSchemaName } from '../session/lake-schemas.js';
import type { Session } from '../session/session.js';

/** Schemas that hold no stored tables. */
const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema', 'pg_toast']);

/** A place for a new table or view: its schema as SQL and as the lake calls it. */
export interface CreationPlace {
  readonly schema: string;
  readonly lakeSchema: string;
}

/** Where a new object goes: the schema it names, else the first of search_path that exists. 3F000 when there is none. */
export async function creationPlace(
  session: Session,
  transaction: LakeTransaction,
  { schema, temporary }: { readonly schema: string | undefined; readonly temporary: boolean },
): Promise<CreationPlace> {
  if (temporary) {
    return temporaryPlace(session, transaction);
  }
  const candidates = schema === undefined ? session.schemasSearched().filter(isCandidate) : [schema];
  for (const candidate of candidates) {
    requireUserSchema(candidate);
    const lakeSchema = lakeSchemaName(transaction.current, candidate);
    const existing = transaction.current.findSchema(lakeSchema);
    if (existing !== undefined) {
      session.access.require(transaction.current, { kind: 'schema', schema: existing, name: candidate }, 'CREATE');
      return { schema: candidate, lakeSchema };
    }
    if (await isFolderSchema(session, candidate)) {
      session.access.require(transaction.current, { kind: 'database' }, 'CREATE');
      transaction.createSchema(lakeSchema);
      return { schema: candidate, lakeSchema };
    }
  }
  throw schema === undefined
    ? new SqlError(SQLSTATE.invalid_schema_name, 'no schema has been selected to create in')
    : new SqlError(SQLSTATE.invalid_schema_name, `schema "${schema}" does not exist`);
}

function isCandidate(name: string): boolean {
  return !SYSTEM_SCHEMAS.has(name) && !isTemporarySchema(name);
}

/** The session's own schema, which is made for its first object. */
function temporaryPlace(session: Session, transaction: LakeTransaction): CreationPlace {
  if (transaction.current.findSchema(TEMPORARY_SCHEMA) === undefined) {
    transaction.createTemporarySchema(TEMPORARY_SCHEMA, session.temporaryFiles.tables);
  }
  return { schema: TEMPORARY_SCHEMA, lakeSchema: TEMPORARY_SCHEMA };
}

/** 42501 for a schema that only the server may put something in. */
export function requireUserSchema(name: string): void {
  if (SYSTEM_SCHEMAS.has(name)) {
    throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied for schema ${name}`);
  }
}

/** True when a folder under the data directory is a schema of that name. */
export async function isFolderSchema(session: Session, name: string): Promise<boolean> {
  const snapshot = await session.services.datasets.snapshot();
  return snapshot.relations().some((relation) => relation.schema === name);
}

/** 42P07 when a stored object, a file or a folder has the name. */
export async function requireFreeName(session: Session, transaction: LakeTransaction, place: CreationPlace, name: string): Promise<void> {
  const holder = await findHolder(session, transaction, place, name);
  if (holder !== null) {
    throw new SqlError(
      SQLSTATE.duplicate_table,
      `relation "${name}" already exists`,
      holder === 'file' ? { detail: 'It is a file or folder under the data directory.' } : {},
    );
  }
}

/** True when nothing has the name. */
export async function isFreeName(session: Session, transaction: LakeTransaction, place: CreationPlace, name: string): Promise<boolean> {
  return (await findHolder(session, transaction, place, name)) === null;
}

async function findHolder(session: Session, { current }: LakeTransaction, place: CreationPlace, name: string): Promise<'stored' | 'file' | null> {
  if (current.findTable(place.lakeSchema, name) !== undefined || current.findView(place.lakeSchema, name) !== undefined) {
    return 'stored';
  }
  return (await session.services.datasets.snapshot()).has(place.schema, name) ? 'file' : null;
}

/** Something stored that statements name. */
export type StoredObject = { readonly kind: 'table'; readonly table: LakeTable } | { readonly kind: 'view'; readonly view: LakeView };

/** The stored table or view a name means, by search_path where it has no schema. */
export function findStored(session: Session, snapshot: LakeSnapshot, { schema, name }: QualifiedName): StoredObject | undefined {
  for (const candidate of schema === undefined ? session.schemasSearched() : [schema]) {
    const lakeSchema = lakeSchemaName(snapshot, candidate);
    const table = snapshot.findTable(lakeSchema, name);
    if (table !== undefined) {
      return { kind: 'table', table };
    }
    const view = snapshot.findView(lakeSchema, name);
    if (view !== undefined) {
      return { kind: 'view', view };
    }
  }
  return undefined;
}

/** 42501 unless the session owns the stored object. */
export function requireOwned(session: Session, snapshot: LakeSnapshot, object: StoredObject): void {
  session.access.requireOwner(snapshot, object.kind === 'table' ? guardedTable(object.table) : guardedView(object.view));
}

/** What is done to rows; everything else is done to a table's definition. */
const ROW_VERBS: ReadonlyMap<string, Privilege> = new Map([
  ['insert into', 'INSERT'],
  ['update', 'UPDATE'],
  ['delete from', 'DELETE'],
  ['truncate', 'TRUNCATE'],
]);

/** 42501 unless the session may do this to a stored table: row verbs need their privilege, all others ownership. */
export function requireAllowed(session: Session, snapshot: LakeSnapshot, table: LakeTable, verb: string): void {
  const privilege = ROW_VERBS.get(verb);
  if (privilege === undefined) {
    session.access.requireOwner(snapshot, guardedTable(table));
  } else {
    session.access.require(snapshot, guardedTable(table), privilege);
  }
}

/** Why a view's or foreign table's rows cannot be changed. */
export function takesNoRows(view: LakeView, verb: string): SqlError {
  return refusedKind(kindOfView(view), view.name, verb);
}

/** Why the rows of what is no table cannot be changed. */
export function refusedKind(kind: StoredViewKind, name: string, verb: string): SqlError {
  switch (kind) {
    case 'foreign table':
      return new SqlError(SQLSTATE.feature_not_supported, `cannot ${verb === 'copy to' ? 'insert into' : verb} foreign table "${name}"`);
    case 'sequence':
      return new SqlError(SQLSTATE.wrong_object_type, `cannot ${verb === 'copy to' ? verb : 'change'} sequence "${name}"`);
    case 'view':
      return new SqlError(verb === 'copy to' ? SQLSTATE.wrong_object_type : SQLSTATE.object_not_in_prerequisite_state, `cannot ${verb} view "${name}"`);
  }
}

/** The stored table that a command is to change; 42P01, 42809 for a view, 0A000 for a file. `verb` says what was wanted of it. */
export async function requireStoredTable(
  session: Session,
  transaction: Pick<LakeTransaction, 'current'>,
  name: QualifiedName & { readonly position?: number | undefined },
  verb: string,
): Promise<LakeTable> {
  const found = findStored(session, transaction.current, name);
  if (found?.kind === 'table') {
    requireAllowed(session, transaction.current, found.table, verb);
    return found.table;
  }
  if (found?.kind === 'view' && verb !== 'truncate' && ROW_VERBS.has(verb)) {
    throw takesNoRows(found.view, verb);
  }
  if (found?.kind === 'view') {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${name.name}" is not a table`);
  }
  throw await missing(session, name, 'relation', verb);
}

/** Why a name that is not stored cannot be changed. */
export async function missing(
  session: Session,
  { schema, name, position }: QualifiedName & { readonly position?: number | undefined },
  noun: string,
  verb: string,
): Promise<SqlError> {
  if ((await session.services.datasets.snapshot()).has(schema ?? 'public', name)) {
    return new SqlError(SQLSTATE.feature_not_supported, `cannot ${verb} "${name}"`, {
      detail: 'It is a file or folder under the data directory.',
      hint: 'CREATE TABLE ... AS SELECT * FROM it makes a stored table of it.',
    });
  }
  return new SqlError(SQLSTATE.undefined_table, `${noun} "${name}" does not exist`, position === undefined ? {} : { position });
}

/** A stored object's name as SQL has it. */
export function sqlNameOf(
  snapshot: LakeSnapshot,
  object: { readonly schema: string; readonly name: string },
): { readonly schema: string; readonly name: string } {
  return { schema: sqlSchemaName(snapshot, object.schema), name: object.name };
}
