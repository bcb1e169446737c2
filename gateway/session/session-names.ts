import type { Relation } from '../../planner/relation/relation.js';
import type { FileFunctionCall } from '../../planner/translate/environment.js';
import { findSystemRelation } from '../catalog/pg/system-catalog.js';
import { TEMPORARY_SCHEMA_NAME } from '../catalog/pg/views/schemas.js';
import type { CatalogSnapshot } from '../catalog/datasets.js';
import type { NameSource } from '../query/environment.js';
import { FileFunctionNeeded, RelationNeeded } from '../query/environment.js';
import type { SessionSettings } from '../settings/session-settings.js';
import type { ConnectionIdentity } from './backend.js';
import type { Services } from './services.js';
import type { SessionCatalog } from './session-catalog.js';
import { TEMPORARY_SCHEMA } from './session-catalog.js';

/** What names depend on: a session, seen from here. */
export interface NamesOwner {
  readonly services: Pick<Services, 'datasets'>;
  readonly identity: ConnectionIdentity;
  readonly settings: SessionSettings;
  readonly catalog: SessionCatalog;
  transactionStartMicros(): bigint;
}

/** Makes the picture of names that one statement sees: temporary objects, the system catalogs, and the files' tables. */
export class SessionNames {
  readonly #session: NamesOwner;
  #schemas: { readonly version: number; readonly names: ReadonlySet<string> } = { version: -1, names: new Set() };

  constructor(session: NamesOwner) {
    this.#session = session;
  }

  /** Names for a statement that is known to name no table: nothing is looked at, so nothing is waited for. */
  withoutTables(): StatementNames {
    return new StatementNames(this.#session, NO_TABLES, this.#schemas.names);
  }

  /** Names as they are now; everything that is loaded through it stays as it was loaded. */
  async current(): Promise<StatementNames> {
    const snapshot = await this.#session.services.datasets.snapshot();
    if (this.#schemas.version !== snapshot.version) {
      this.#schemas = { version: snapshot.version, names: new Set(snapshot.relations().map((relation) => relation.schema)) };
    }
    return new StatementNames(this.#session, snapshot, this.#schemas.names);
  }
}

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
  readonly timeZone: string;
  readonly snapshot: CatalogSnapshot;
  readonly #session: NamesOwner;
  readonly #loaded = new Map<string, Relation | undefined>();
  readonly #fileFunctions = new Map<string, Relation>();

  /** `schemas` are the ones that hold files' tables: the search path passes over what does not exist. */
  constructor(session: NamesOwner, snapshot: CatalogSnapshot, schemas: ReadonlySet<string>) {
    this.#session = session;
    this.snapshot = snapshot;
    this.user = session.identity.user;
    this.currentDatabase = session.identity.database;
    this.timeZone = session.settings.require('TimeZone');
    // As in Postgres the temporary schema is in the path once there is one.
    const temporary = session.catalog.all().some((relation) => relation.schema === TEMPORARY_SCHEMA) ? [TEMPORARY_SCHEMA] : [];
    const named = readSearchPath(session.settings.require('search_path'), this.user);
    this.searchPath = [...temporary, 'pg_catalog', ...named.filter((schema) => ALWAYS_THERE.has(schema) || schemas.has(schema))];
  }

  get transactionTimestampMicros(): bigint {
    return this.#session.transactionStartMicros();
  }

  readonly setting = (name: string): string | undefined =>
    name === 'pg_backend_pid' ? String(this.#session.identity.processId) : this.#session.settings.show(name);

  readonly find = (schema: string, name: string): Relation | undefined => {
    if (schema === TEMPORARY_SCHEMA || schema === TEMPORARY_SCHEMA_NAME) {
      return this.#session.catalog.find(TEMPORARY_SCHEMA, name);
    }
    const system = findSystemRelation(schema, name);
    if (system !== undefined) {
      return system;
    }
    const own = this.#session.catalog.find(schema, name);
    if (own !== undefined) {
      return own;
    }
    const key = `${schema}\0${name}`;
    if (this.#loaded.has(key)) {
      return this.#loaded.get(key);
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

  readonly findFileFunction = (call: FileFunctionCall): Relation | undefined => {
    const known = this.#fileFunctions.get(fileFunctionKey(call));
    if (known === undefined) {
      throw new FileFunctionNeeded(call);
    }
    return known;
  };

  /** Loads what `find` asked for. */
  async load(schema: string, name: string): Promise<void> {
    this.#loaded.set(`${schema}\0${name}`, await this.snapshot.load(schema, name));
  }

  /** Resolves what `findFileFunction` asked for. */
  async loadFileFunction(call: FileFunctionCall): Promise<void> {
    this.#fileFunctions.set(fileFunctionKey(call), await this.#session.services.datasets.resolveFileFunction(call));
  }
}

function fileFunctionKey(call: FileFunctionCall): string {
  return JSON.stringify([call.function, call.paths, call.options]);
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
