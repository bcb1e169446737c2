import type { ColumnRequest } from './read-create-table.js';
import { readColumn, readOptions } from './read-create-table.js';
import type { QualifiedName } from './read-names.js';
import type { ParsedStatement } from './statement.js';

/** CREATE FOREIGN TABLE. */
export interface CreateForeignTableRequest extends QualifiedName {
  readonly ifNotExists: boolean;
  /** Empty where the columns are to be those of the files. */
  readonly columns: readonly ColumnRequest[];
  readonly server: string;
  /** By lower-case name. */
  readonly options: ReadonlyMap<string, string>;
}

/** Reads CREATE FOREIGN TABLE. Constraints of the whole table are left out: foreign tables take no rows that could break them. */
export function readCreateForeignTable(statement: ParsedStatement): CreateForeignTableRequest {
  if (statement.node === null || !('CreateForeignTableStmt' in statement.node)) {
    throw new Error('not a CREATE FOREIGN TABLE statement');
  }
  const { base, servername, options } = statement.node.CreateForeignTableStmt;
  return {
    schema: base?.relation?.schemaname,
    name: base?.relation?.relname ?? '',
    ifNotExists: base?.if_not_exists === true,
    columns: (base?.tableElts ?? []).flatMap((element) => ('ColumnDef' in element ? [readColumn(statement, element.ColumnDef)] : [])),
    server: servername ?? '',
    options: readOptions(options),
  };
}
