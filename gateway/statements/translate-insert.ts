import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { selectOf, translateAssigned } from '../../planner/translate/query.js';
import type { SqlPiece, TranslatedQuery } from '../../planner/translate/translated.js';
import { printDataType } from '../../planner/types/data-type.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';
import { requireDistinctNames } from './describe-columns.js';

/** INSERT's source as a query whose columns are the table's, in the table's order: columns that are not named get NULL. */
export function translateInsert(
  statement: ParsedStatement,
  columnNames: readonly string[],
  table: Relation,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  const select = statement.node !== null && 'InsertStmt' in statement.node ? selectOf(statement.node.InsertStmt.selectStmt) : null;
  if (select === null) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'INSERT ... DEFAULT VALUES is not supported');
  }
  requireDistinctNames(columnNames);
  const named = columnNames.length === 0 ? table.columns : columnNames.map((name) => findColumn(table, name));
  const source = translateAssigned(
    statement,
    select,
    named.map((column) => column.postgres ?? postgresTypeOf(column.type)),
    environment,
    declaredTypes,
  );
  const given = source.columns?.length ?? named.length;
  if (given > named.length) {
    throw new SqlError(SQLSTATE.syntax_error, 'INSERT has more expressions than target columns');
  }
  if (columnNames.length > 0 && given < named.length) {
    throw new SqlError(SQLSTATE.syntax_error, 'INSERT has more target columns than expressions');
  }
  const filled = named.slice(0, given);
  const outputs = table.columns.map((column) => {
    const index = filled.indexOf(column);
    const type = printDataType(column.type);
    const value = index < 0 ? `CAST(NULL AS ${type})` : `CAST(given_${index} AS ${type})`;
    return column.notNull === true ? `CASE WHEN ${value} IS NULL THEN error(${notNullMessage(table, column.name)})::${type} ELSE ${value} END` : value;
  });
  const head: SqlPiece = `SELECT ${outputs.join(', ')} FROM (`;
  const tail: SqlPiece = `) AS source(${filled.map((_, index) => `given_${index}`).join(', ')})`;
  return {
    ...source,
    sql: [head, ...source.sql, tail],
    columns: table.columns.map((column) => ({ name: column.name, type: column.postgres ?? postgresTypeOf(column.type) })),
  };
}

function findColumn(table: Relation, name: string): Relation['columns'][number] {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    throw new SqlError(SQLSTATE.undefined_column, `column "${name}" of relation "${table.name}" does not exist`);
  }
  return column;
}

/** An error raised inside DuckDB carries its SQLSTATE in front (see executor/errors). */
function notNullMessage(table: Relation, column: string): string {
  const text = `SLUICE:${SQLSTATE.not_null_violation}:null value in column "${column}" of relation "${table.name}" violates not-null constraint`;
  return `'${text.replaceAll("'", "''")}'`;
}
