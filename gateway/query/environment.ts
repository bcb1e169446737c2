import type { TableVersion } from '../../planner/parse/table-versions.js';
import type { Relation } from '../../planner/relation/relation.js';
import type { FileFunctionCall, TranslationEnvironment } from '../../planner/translate/environment.js';
import { viewEnvironment } from './view-environment.js';

/** Where names are looked up, and the values translation may fix. All synchronous; `RelationNeeded` asks for what must be loaded first. */
export interface NameSource {
  readonly searchPath: readonly string[];
  readonly currentDatabase: string;
  /** CURRENT_USER. */
  readonly user: string;
  /** SESSION_USER. */
  readonly sessionUser: string;
  readonly timeZone: string;
  readonly transactionTimestampMicros: bigint;
  /** The loaded relation, undefined when there is none; throws RelationNeeded when it exists and is not loaded yet. */
  readonly find: (schema: string, name: string, version?: TableVersion) => Relation | undefined;
  /** The same for a file function; throws FileFunctionNeeded. */
  readonly findFileFunction: (call: FileFunctionCall, via: Relation | undefined) => Relation | undefined;
  /** 42501 unless everything that was found may be read: by the user, or inside a view by the view's owner. */
  readonly authorize: (lookups: readonly RelationLookup[]) => void;
  readonly setting: (name: string) => string | undefined;
}

/** A name that was looked up, and what it meant. */
export interface RelationLookup {
  readonly schema: string;
  readonly name: string;
  readonly version?: TableVersion;
  readonly found: Relation | undefined;
  /** The view in whose text the name stands. */
  readonly via?: Relation;
}

/** Thrown out of a translation that met a relation that is not in memory yet: the caller loads it and translates again. */
export class RelationNeeded extends Error {
  readonly schema: string;
  readonly relation: string;
  readonly version: TableVersion | undefined;

  constructor(schema: string, relation: string, version?: TableVersion) {
    super(`relation ${schema}.${relation} must be loaded first`);
    this.schema = schema;
    this.relation = relation;
    this.version = version;
  }
}

/** Thrown out of a translation that met a file function whose files are not known yet. */
export class FileFunctionNeeded extends Error {
  readonly call: FileFunctionCall;
  readonly via: Relation | undefined;

  constructor(call: FileFunctionCall, via: Relation | undefined) {
    super(`${call.function} must be resolved first`);
    this.call = call;
    this.via = via;
  }
}

/**
 * A translation environment that remembers what was asked of it, so that a translated statement can be kept and used
 * again exactly as long as every answer would still be the same.
 */
export class RecordingEnvironment implements TranslationEnvironment {
  readonly #names: NameSource;
  readonly #relations = new Map<string, RelationLookup>();
  readonly #settings = new Map<string, string | undefined>();
  #usedClock = false;
  #usedFileFunctions = false;
  #usedUser = false;

  constructor(names: NameSource) {
    this.#names = names;
  }

  get searchPath(): readonly string[] {
    return this.#names.searchPath;
  }

  get currentDatabase(): string {
    return this.#names.currentDatabase;
  }

  get currentUser(): string {
    this.#usedUser = true;
    return this.#names.user;
  }

  get sessionUser(): string {
    this.#usedUser = true;
    return this.#names.sessionUser;
  }

  get transactionTimestampMicros(): bigint {
    this.#usedClock = true;
    return this.#names.transactionTimestampMicros;
  }

  get timeZone(): string {
    this.#settings.set('TimeZone', this.#names.timeZone);
    return this.#names.timeZone;
  }

  readonly setting = (name: string): string | undefined => {
    const value = this.#names.setting(name);
    this.#settings.set(name, value);
    return value;
  };

  readonly findRelation = (schema: string | undefined, name: string, version?: TableVersion): Relation | undefined =>
    this.#find(schema, name, version, undefined);

  readonly findFileFunction = (call: FileFunctionCall): Relation | undefined => this.#findFiles(call, undefined);

  readonly insideView = (view: Relation): TranslationEnvironment => this.#inside(view);

  /** The same environment for what stands in a view's text. */
  #inside(view: Relation): TranslationEnvironment {
    return viewEnvironment(this, {
      findRelation: (schema, name, version) => this.#find(schema, name, version, view),
      findFileFunction: (call) => this.#findFiles(call, view),
      insideView: (inner) => this.#inside(inner),
    });
  }

  #find(schema: string | undefined, name: string, version: TableVersion | undefined, via: Relation | undefined): Relation | undefined {
    for (const candidate of schema === undefined ? this.#names.searchPath : [schema]) {
      const found = this.#names.find(candidate, name, version);
      const key = JSON.stringify([candidate, name, version, via?.schema, via?.name]);
      this.#relations.set(key, { schema: candidate, name, found, ...(version === undefined ? {} : { version }), ...(via === undefined ? {} : { via }) });
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  #findFiles(call: FileFunctionCall, via: Relation | undefined): Relation | undefined {
    this.#usedFileFunctions = true;
    return this.#names.findFileFunction(call, via);
  }

  /** The relations that were looked up, found or not; to be loaded again before `holdsFor` is asked. */
  lookups(): readonly RelationLookup[] {
    return [...this.#relations.values()];
  }

  /** True when a translation made with this environment would come out the same with `names`. */
  holdsFor(names: NameSource): boolean {
    if (this.#usedClock || this.#usedFileFunctions || names.searchPath.join('\0') !== this.#names.searchPath.join('\0')) {
      return false;
    }
    if (this.#usedUser && (names.user !== this.#names.user || names.sessionUser !== this.#names.sessionUser)) {
      return false;
    }
    for (const [name, value] of this.#settings) {
      if ((name === 'TimeZone' ? names.timeZone : names.setting(name)) !== value) {
        return false;
      }
    }
    for (const { schema, name, found, version } of this.#relations.values()) {
      if (findIfLoaded(names, schema, name, version) !== found) {
        return false;
      }
    }
    return true;
  }
}

/** The relation when it is in memory; a relation that has to be loaded counts as changed. */
function findIfLoaded(names: NameSource, schema: string, name: string, version: TableVersion | undefined): Relation | null | undefined {
  try {
    return names.find(schema, name, version);
  } catch (error) {
    if (error instanceof RelationNeeded) {
      return null;
    }
    throw error;
  }
}
