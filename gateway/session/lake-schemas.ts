import type { LakeSnapshot } from '../../fs/lake/model.js';

/** DuckLake's first schema; Postgres's is `public`. They are one, unless a lake has a schema that is really called `public`. */
const LAKE_MAIN = 'main';
const SQL_MAIN = 'public';

/** The schema of the lake that a schema's name in SQL means. */
export function lakeSchemaName(snapshot: LakeSnapshot, sqlName: string): string {
  return sqlName === SQL_MAIN && snapshot.findSchema(SQL_MAIN) === undefined ? LAKE_MAIN : sqlName;
}

/** The name SQL has for a schema of the lake. */
export function sqlSchemaName(snapshot: LakeSnapshot, lakeName: string): string {
  return lakeName === LAKE_MAIN && snapshot.findSchema(SQL_MAIN) === undefined ? SQL_MAIN : lakeName;
}
