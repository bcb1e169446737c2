import type { ParsedStatement } from '../parse/statement.js';
import type { TypeName } from '../parse/syntax-tree.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import type { TranslationEnvironment } from './environment.js';
import { resolveTypeName } from './type-names.js';

/** The Postgres type that a type name in a definition (CREATE TABLE, PREPARE) means; 42704 when there is none. */
export function declaredType(statement: ParsedStatement, _environment: TranslationEnvironment, type: TypeName): PostgresColumnType {
  return resolveTypeName({ source: statement.source }, type);
}
