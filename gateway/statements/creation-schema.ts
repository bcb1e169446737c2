import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { TEMPORARY_SCHEMA_NAME } from '../catalog/pg/views/schemas.js';
import { TEMPORARY_SCHEMA } from '../session/session-catalog.js';

/** Where CREATE was told to put something. */
export interface CreationTarget {
  readonly schema: string | undefined;
  readonly name: string;
  readonly temporary: boolean;
}

/** True when a relation is to be temporary, by its word or by its schema; TEMP in another schema is 42P16. */
export function isTemporary(target: CreationTarget): boolean {
  const isTemporarySchema = target.schema === TEMPORARY_SCHEMA || target.schema === TEMPORARY_SCHEMA_NAME;
  if (target.temporary && target.schema !== undefined && !isTemporarySchema) {
    throw new SqlError(SQLSTATE.invalid_table_definition, 'cannot create temporary relation in non-temporary schema');
  }
  return target.temporary || isTemporarySchema;
}
