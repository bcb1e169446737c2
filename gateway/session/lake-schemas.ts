import type { LakeSnapshot } from '../../fs/lake/model.js';

/** DuckLake's first schema; Postgres's is `public`. They are one, unless a lake has a schema that is really called `public`. */
const LAKE_MAIN = 'main';
const SQL_MAIN = 'public';

/** A session's own schema, as its snapshots and the system catalogs call it. */
export const TEMPORARY_SCHEMA = 'pg_temp_1';

/** The name statements have for it. */
const TEMPORARY_ALIAS = 'pg_temp';

/** True for the session's own schema by either name. */
export function isTemporarySchema(name: string): boolean {
  return name === TEMPORARY_ALIAS || name === TEMPORARY_SCHEMA;
}

/** The schemas of a search path in the order they are looked through: the temporary one is the first unless the path names it. */
export function withTemporarySchema(path: readonly string[]): readonly string[] {
  const named = path.map((schema) => (isTemporarySchema(schema) ? TEMPORARY_SCHEMA : schema));
  return named.includes(TEMPORARY_SCHEMA) ? named : [TEMPORARY_SCHEMA, ...named];
}

/** The schema of the lake that a schema's name in SQL means. */
export function lakeSchemaName(snapshot: LakeSnapshot, sqlName: string): string {
  if (sqlName === TEMPORARY_ALIAS) {
    return TEMPORARY_SCHEMA;
  }
  return sqlName === SQL_MAIN && snapshot.findSchema(SQL_MAIN) === undefined ? LAKE_MAIN : sqlName;
}

/** The name SQL has for a schema of the lake. */
export function sqlSchemaName(snapshot: LakeSnapshot, lakeName: string): string {
  return lakeName === LAKE_MAIN && snapshot.findSchema(SQL_MAIN) === undefined ? SQL_MAIN : lakeName;
}
