import { join, relative } from 'node:path';
import type { CatalogQueries, CatalogRow } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import { integer } from '../snapshot/row-values.js';

/** Turns the catalog's paths, which are relative in layers, into absolute ones. */
export interface CatalogPaths {
  /** The path of a row with `table_id`, `path` and `path_is_relative`. Null parents mean the data folder. */
  fileOf(row: CatalogRow): string;
}

/** Reads the folders of all schemas and tables, dropped ones too. */
export async function catalogPaths(core: LakeCore, queries: CatalogQueries): Promise<CatalogPaths> {
  const { prefix } = core.database;
  const schemas = await queries.query(`SELECT schema_id, path, path_is_relative FROM ${prefix}ducklake_schema`);
  const schemaPaths = new Map(schemas.map((row) => [integer(row, 'schema_id'), absolute(core.dataPath, row)]));
  const tables = await queries.query(`SELECT table_id, schema_id, path, path_is_relative FROM ${prefix}ducklake_table ORDER BY begin_snapshot`);
  const tablePaths = new Map(tables.map((row) => [integer(row, 'table_id'), absolute(schemaPaths.get(integer(row, 'schema_id')) ?? core.dataPath, row)]));
  return { fileOf: (row) => absolute(tablePaths.get(integer(row, 'table_id')) ?? core.dataPath, row) };
}

/** A path as the catalog keeps it below a folder: relative where it can be. */
export function relativePath(folder: string, path: string): readonly [string, boolean] {
  const below = relative(folder, path);
  return below.startsWith('..') || below.startsWith('/') ? [path, false] : [below, true];
}

/** The absolute path of a row with `path` and `path_is_relative`. */
export function absolute(parent: string, row: CatalogRow): string {
  const path = String(row['path']);
  return row['path_is_relative'] === true ? join(parent, path) : path;
}
