import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { isTemporarySchema } from '../session/lake-schemas.js';

/** Where CREATE was told to put something. */
export interface CreationTarget {
  readonly schema: string | undefined;
  readonly name: string;
  readonly temporary: boolean;
}

/** True when a relation is to be temporary, by its word or by its schema; TEMP in another schema is 42P16. */
export function isTemporary(target: CreationTarget): boolean {
  const namesIt = target.schema !== undefined && isTemporarySchema(target.schema);
  if (target.temporary && target.schema !== undefined && !namesIt) {
    throw new SqlError(SQLSTATE.invalid_table_definition, 'cannot create temporary relation in non-temporary schema');
  }
  return target.temporary || namesIt;
}
