import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DataType } from '../../planner/types/data-type.js';
import type { PostgresType } from '../../planner/types/postgres-type.js';
import { displayTypeName, OID } from '../../planner/types/postgres-type.js';

/** Refuses to send text as the binary form of a type that has another one. */
export function requireTextual(type: DataType, reported: PostgresType | undefined, binary: boolean): void {
  if (binary && !hasTextualBinary(reported)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `cannot send ${displayTypeName(type)} as ${reported?.sqlName ?? 'this type'} in binary format`, {
      hint: 'Ask for text format, or cast the column.',
    });
  }
}

/** True for types whose binary form is their text: strings, json, unknown, internal ones. */
function hasTextualBinary(reported: PostgresType | undefined): boolean {
  return (
    reported === undefined ||
    reported.oid === OID.json ||
    reported.category === 'S' ||
    reported.category === 'X' ||
    reported.category === 'Z' ||
    reported.category === 'P'
  );
}
