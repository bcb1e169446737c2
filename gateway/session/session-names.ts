import type { TableVersion } from '../../planner/parse/table-versions.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { FileFunctionCall } from '../../planner/translate/environment.js';
import { findSystemRelation } from '../catalog/pg/system-catalog.js';
import type { CatalogSnapshot } from '../catalog/datasets.js';
import type { NameSource, RelationLookup } from '../query/environment.js';
import { FileFunctionNeeded, RelationNeeded } from '../query/environment.js';
import type { SessionSettings } from '../settings/session-settings.js';
import type { ConnectionIdentity } from './backend.js';
import type { LakeSnapshot } from '../../fs/lake/model.js';
import { findGuarded } from '../security/guarded.js';
import { ownerOf, requireMembership, requirePrivilege, requireRole } from '../security/privileges.js';
import { rolesOf } from '../security/roles.js';
import { stateQuery } from '../sequences/column-sequence.js';
import { sequenceOfView } from '../sequences/definition.js';
import { kindOfView, relationOfTable, relationOfView } from './lake-relations.js';
import { TEMPORARY_SCHEMA, isTemporarySchema, lakeSchemaName, sqlSchemaName, withTemporarySchema } from './lake-schemas.js';
import { EMPTY_SNAPSHOT } from './lazy-lake.js';
import type { Services } from './services.js';

/** What names depend on: a session, seen from here. */
export interface NamesOwner {
  readonly services: Pick<Services, 'datasets' | 'sequences'>;
  readonly identity: ConnectionIdentity;
  readonly settings: SessionSettings;
  readonly access: { readonly currentUser: string; readonly sessionUser: string };
  readonly lake: { snapshot(): Promise<LakeSnapshot>; snapshotAt(version: TableVersion): Promise<LakeSnapshot> };
  transactionStartMicros(): bigint;
}

/** Makes the picture of names that one statement sees: temporary objects, the system catalogs, stored tables and views, and the files' tables. */
export class SessionNames {
  readonly #session: NamesOwner;
  #schemas: { readonly version: string; readonly names: ReadonlySet<string> } = { version: '', names: new Set() };

  constructor(session: NamesOwner) {
    this.#session = session;
  }

  /** Names for a statement that is known to name no table: nothing is looked at, so nothing is waited for. */
  withoutTables(): StatementNames {
    return new StatementNames(this.#session, NO_TABLES, EMPTY_SNAPSHOT, this.#schemas.names);
  }

  /** Names as they are now; everything that is loaded through it stays as it was loaded. */
  async current(): Promise<StatementNames> {
    const lake = await this.#session.lake.snapshot();
    const snapshot = await this.#session.services.datasets.snapshot();
    const version = `${snapshot.version}.${lake.schemaVersion}`;
    if (this.#schemas.version !== version) {
      const stored = lake.schemas.map((schema) => sqlSchemaName(lake, schema.name));
      this.#schemas = { version, names: new Set([...snapshot.relations().map((relation) => relation.schema), ...stored]) };
    }
    return new StatementNames(this.#session, snapshot, lake, this.#schemas.names);
  }
}

/** What only superusers may see: verifiers of passwords. */
const SECRET_RELATIONS: ReadonlySet<string> = new Set(['pg_authid', 'pg_shadow']);

/** Schemas that exist without a file's table in them. */
const ALWAYS_THERE: ReadonlySet<string> = new Set(['public', 'pg_catalog', 'information_schema']);

const NO_TABLES: CatalogSnapshot = {
  version: 0,
  has: () => false,
  find: () => undefined,
  load: () => Promise.resolve(undefined),
  relations: () => [],
};

/** Names for one statement. */
export class StatementNames implements NameSource {
  readonly searchPath: readonly string[];
  readonly currentDatabase: string;
  readonly user: string;
  readonly sessionUser: string;
  readonly timeZone: string;
  readonly snapshot: CatalogSnapshot;
  readonly lake: LakeSnapshot;
  readonly #session: NamesOwner;
  readonly #loaded = new Map<string, Relation | undefined>();
  readonly #fileFunctions = new Map<string, Relation>();

  /** `schemas` are the stored ones and those that hold files' tables: the search path passes over what does not exist. */
  constructor(session: NamesOwner, snapshot: CatalogSnapshot, lake: LakeSnapshot, schemas: ReadonlySet<string>) {
    this.#session = session;
    this.snapshot = snapshot;
    this.lake = lake;
    this.user = session.access.currentUser;
    this.sessionUser = session.access.sessionUser;
    this.currentDatabase = session.identity.database;
    this.timeZone = session.settings.require('TimeZone');
    // As in Postgres the temporary schema is in the path once there is one.
    const named = readSearchPath(session.settings.require('search_path'), this.user).filter((schema) => ALWAYS_THERE.has(schema) || schemas.has(schema));
    this.searchPath = withPgCatalog(lake.findSchema(TEMPORARY_SCHEMA) === undefined ? named : withTemporarySchema(named));
  }

  get transactionTimestampMicros(): bigint {
    return this.#session.transactionStartMicros();
  }

  readonly setting = (name: string): string | undefined =>
    name === 'pg_backend_pid' ? String(this.#session.identity.processId) : this.#session.settings.show(name);

  readonly find = (schema: string, name: string, version?: TableVersion): Relation | undefined => {
    if (version !== undefined) {
      return this.#findVersion(schema, name, version);
    }
    const system = findSystemRelation(schema, name);
    if (system !== undefined) {
      return system;
    }
    const key = `${schema}\0${name}`;
    if (this.#loaded.has(key)) {
      return this.#loaded.get(key);
    }
    const lakeSchema = lakeSchemaName(this.lake, schema);
    const view = this.lake.findView(lakeSchema, name);
    if (view !== undefined && kindOfView(view) === 'sequence') {
      throw new RelationNeeded(schema, name);
    }
    if (view !== undefined) {
      return relationOfView(this.lake, view, 'read');
    }
    if (this.lake.findTable(lakeSchema, name) !== undefined) {
      throw new RelationNeeded(schema, name);
    }
    if (!this.snapshot.has(schema, name)) {
      return undefined;
    }
    const loaded = this.snapshot.find(schema, name);
    if (loaded === undefined) {
      throw new RelationNeeded(schema, name);
    }
    return loaded;
  };

  readonly findFileFunction = (call: FileFunctionCall, via: Relation | undefined): Relation | undefined => {
    const known = this.#fileFunctions.get(fileFunctionKey(call, via));
    if (known === undefined) {
      throw new FileFunctionNeeded(call, via);
    }
    return known;
  };

  readonly authorize = (lookups: readonly RelationLookup[]): void => {
    if (rolesOf(this.lake).isOpen) {
      return;
    }
    for (const { schema, name, found, via } of lookups) {
      if (found !== undefined) {
        this.#authorizeOne(schema, name, this.#readerOf(via));
      }
    }
  };

  #authorizeOne(schema: string, name: string, reader: string): void {
    const { lake } = this;
    if (findSystemRelation(schema, name) !== undefined) {
      if (SECRET_RELATIONS.has(name) && !requireRole(lake, reader).superuser) {
        throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied for table ${name}`);
      }
      return;
    }
    const lakeSchema = lakeSchemaName(lake, schema);
    const stored = lake.findSchema(lakeSchema);
    if (stored !== undefined && !isTemporarySchema(schema)) {
      requirePrivilege(lake, reader, { kind: 'schema', schema: stored, name: schema }, 'USAGE');
    }
    requirePrivilege(lake, reader, findGuarded(lake, lakeSchema, name) ?? { kind: 'file', schema, name }, 'SELECT');
  }

  /** Whose rights hold in a view's text: its owner's; the user's outside of views. */
  #readerOf(via: Relation | undefined): string {
    const { lake } = this;
    const view = via === undefined ? undefined : findGuarded(lake, lakeSchemaName(lake, via.schema), via.name);
    if (view === undefined) {
      return this.user;
    }
    // The owner of a system view is the server itself.
    return rolesOf(lake).byOid(ownerOf(view))?.name ?? this.user;
  }

  /** True when there is a stored table or a file's table of that name. */
  has(schema: string, name: string): boolean {
    return this.lake.findTable(lakeSchemaName(this.lake, schema), name) !== undefined || this.snapshot.has(schema, name);
  }

  /** True when a stored table or view has the name: it hides a file's table. */
  isStored(schema: string, name: string): boolean {
    return this.lake.findTable(lakeSchemaName(this.lake, schema), name) !== undefined || this.hasView(schema, name);
  }

  /** True when there is a stored view of that name. */
  hasView(schema: string, name: string): boolean {
    return this.lake.findView(lakeSchemaName(this.lake, schema), name) !== undefined;
  }

  /** True when a stored sequence has the name: its value may be another each time. */
  isSequence(schema: string, name: string): boolean {
    const view = this.lake.findView(lakeSchemaName(this.lake, schema), name);
    return view !== undefined && kindOfView(view) === 'sequence';
  }

  /** A stored table as of then; there is none of that name where `load` found none. */
  #findVersion(schema: string, name: string, version: TableVersion): Relation | undefined {
    const key = versionKey(schema, name, version);
    if (!this.#loaded.has(key)) {
      throw new RelationNeeded(schema, name, version);
    }
    return this.#loaded.get(key);
  }

  async #loadVersion(schema: string, name: string, version: TableVersion): Promise<Relation | undefined> {
    const then = await this.#session.lake.snapshotAt(version);
    const lakeSchema = lakeSchemaName(then, schema);
    const table = then.findTable(lakeSchema, name);
    const hasNoVersions = table === undefined && (then.findView(lakeSchema, name) !== undefined || this.#isOther(schema, name));
    if (hasNoVersions) {
      throw new SqlError(SQLSTATE.wrong_object_type, `"${name}" is not a stored table: it has no versions`);
    }
    return table === undefined ? undefined : relationOfTable(then, table);
  }

  /** True for a relation of the system or over files. */
  #isOther(schema: string, name: string): boolean {
    return findSystemRelation(schema, name) !== undefined || this.snapshot.has(schema, name);
  }

  /** Loads what `find` asked for. Throws `no_snapshot` or `snapshot_expired` for a version that is not there. */
  async load(schema: string, name: string, version?: TableVersion): Promise<void> {
    if (version !== undefined) {
      this.#loaded.set(versionKey(schema, name, version), await this.#loadVersion(schema, name, version));
      return;
    }
    const table = this.lake.findTable(lakeSchemaName(this.lake, schema), name);
    const view = this.lake.findView(lakeSchemaName(this.lake, schema), name);
    const sequence = view === undefined ? undefined : sequenceOfView(view);
    if (view !== undefined && sequence !== undefined) {
      const { value, isCalled } = await this.#session.services.sequences.peek(sequence);
      const relation = relationOfView(this.lake, view, 'read');
      this.#loaded.set(`${schema}\0${name}`, { ...relation, source: { kind: 'view', sql: stateQuery(value, isCalled) } });
      return;
    }
    const relation = table === undefined ? await this.snapshot.load(schema, name) : await relationOfTable(this.lake, table);
    this.#loaded.set(`${schema}\0${name}`, relation);
  }

  /** Resolves what `findFileFunction` asked for. */
  async loadFileFunction(call: FileFunctionCall, via: Relation | undefined): Promise<void> {
    requireMembership(this.lake, this.#readerOf(via), 'pg_read_server_files', `read files by ${call.function}`);
    this.#fileFunctions.set(fileFunctionKey(call, via), await this.#session.services.datasets.resolveFileFunction(call));
  }
}

function versionKey(schema: string, name: string, version: TableVersion): string {
  return JSON.stringify([schema, name, version]);
}

function fileFunctionKey(call: FileFunctionCall, via: Relation | undefined): string {
  return JSON.stringify([call.function, call.paths, call.options, via?.schema, via?.name]);
}

/** The system catalogs are looked through before all that search_path names, after what is temporary. */
function withPgCatalog(path: readonly string[]): readonly string[] {
  return path[0] === TEMPORARY_SCHEMA ? [TEMPORARY_SCHEMA, 'pg_catalog', ...path.slice(1)] : ['pg_catalog', ...path];
}

/** The schemas of a search_path value; `"$user"` is the user's own name. */
export function readSearchPath(value: string, user: string): readonly string[] {
  const names: string[] = [];
  for (const match of value.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)) {
    const name = match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"');
    names.push(name === '$user' ? user : name);
  }
  return names;
}
