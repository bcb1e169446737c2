import type { Binder } from '../../executor/binder/binder.js';
import type { OutputSettings } from '../../executor/engine.js';
import type { QueryEngine } from '../../executor/query-engine.js';
import type { ObjectCache } from '../../fs/s3/object-cache.js';
import type { TableVersion } from '../../planner/parse/table-versions.js';
import type { Relation } from '../../planner/relation/relation.js';
import type { FileFunctionCall } from '../../planner/translate/environment.js';
import type { CatalogState } from '../catalog/pg/catalog-state.js';
import type { NameSource } from './environment.js';

/** What running a query needs of its session and of the server. */
export interface QueryContext {
  readonly pool: QueryEngine;
  readonly binder: Binder;
  /** Local copies of objects in S3; null where the data is local. */
  readonly objects: ObjectCache | null;
  /** Names as they stand now: one consistent picture for one statement. */
  readonly names: () => Promise<NameSource>;
  readonly loadRelation: (schema: string, name: string, version: TableVersion | undefined) => Promise<void>;
  readonly loadFileFunction: (call: FileFunctionCall, via: Relation | undefined) => Promise<void>;
  readonly catalogState: (sql: string) => Promise<CatalogState>;
  readonly setting: (name: string) => string;
  readonly outputSettings: () => OutputSettings;
  /** First data root: EXPLAIN shows paths relative to it. */
  readonly dataRoot: string;
}
