import type { TableVersion } from '../parse/table-versions.js';
import type { Relation } from '../relation/relation.js';

/** What translation may ask of the session: names and fixed values. No I/O: everything is already in memory. */
export interface TranslationEnvironment {
  /** Schemas searched for unqualified names, in order, `pg_catalog` first. */
  readonly searchPath: readonly string[];
  /** The relation of that name, or undefined. `schema` undefined searches the path. Names are already case-folded. With a version it is looked up among the stored tables of then. */
  readonly findRelation: (schema: string | undefined, name: string, version?: TableVersion) => Relation | undefined;
  /** A table function over files (`read_parquet('x/*.parquet')`) as the relation it stands for, once the caller has resolved it. */
  readonly findFileFunction: (call: FileFunctionCall) => Relation | undefined;
  /** The environment for a view's own text, where other rights hold. */
  readonly insideView?: (view: Relation) => TranslationEnvironment;
  readonly currentDatabase: string;
  readonly currentUser: string;
  readonly sessionUser: string;
  /** The transaction's start, microseconds since 1970-01-01 UTC: `now()`, `current_date` are fixed to it. */
  readonly transactionTimestampMicros: bigint;
  readonly timeZone: string;
  /** Value of a setting for current_setting(), or undefined. */
  readonly setting: (name: string) => string | undefined;
}

/**
 * A call of read_parquet, read_csv, read_json or their kin in FROM. Before translation the caller collects these
 * (see collectFileFunctions in planner/translate), resolves the paths under the data roots, and answers findFileFunction.
 */
export interface FileFunctionCall {
  readonly function: string;
  readonly paths: readonly string[];
  /** Named arguments with their constant values as SQL literals. */
  readonly options: Readonly<Record<string, string>>;
  /** 1-based character position. */
  readonly position: number;
}
