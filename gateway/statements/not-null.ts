import type { Relation } from '../../planner/relation/relation.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ConstantOutput, TranslatedQuery } from '../../planner/translate/translated.js';
import { printDataType, quoteText } from '../../planner/types/data-type.js';
import type { PostgresColumnType } from '../../planner/types/postgres-type.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';

/** A column that goes before the table's: its name, and its types in PostgreSQL and DuckDB. */
export interface LeadingColumn {
  readonly name: string;
  readonly type: PostgresColumnType;
}

/**
 * A query that gives `leading` columns and then values for a table, made into one that gives exactly the table's columns:
 * `given` says which of the query's columns (from 0, the leading ones not counted) each of the table's takes, undefined for
 * NULL. NULL in a NOT NULL column is 23502.
 */
export function asTableRows(
  source: TranslatedQuery,
  table: Relation,
  leading: readonly LeadingColumn[],
  given: readonly (number | undefined)[],
): TranslatedQuery {
  const width = leading.length + given.filter((index) => index !== undefined).length;
  const outputs = table.columns.map((column, index) => {
    const type = printDataType(column.type);
    const from = given[index];
    const value = from === undefined ? `CAST(NULL AS ${type})` : `CAST(given_${leading.length + from} AS ${type})`;
    return column.notNull === true ? `CASE WHEN ${value} IS NULL THEN error(${notNullMessage(table, column.name)})::${type} ELSE ${value} END` : value;
  });
  const names = Array.from({ length: width }, (_, index) => `given_${index}`);
  const { constantRows, ...rest } = source;
  return {
    ...rest,
    // Leading columns are never constants.
    ...(constantRows === undefined || leading.length > 0
      ? {}
      : { constantRows: constantRows.map((row) => given.map((from) => (from === undefined ? NULL_OUTPUT : (row[from] ?? NULL_OUTPUT)))) }),
    sql: [`SELECT ${[...leading.map((_, index) => `given_${index}`), ...outputs].join(', ')} FROM (`, ...source.sql, `) AS source(${names.join(', ')})`],
    columns: [...leading, ...table.columns.map((column) => ({ name: column.name, type: column.postgres ?? postgresTypeOf(column.type) }))],
  };
}

const NULL_OUTPUT: ConstantOutput = { kind: 'text', text: null };

/** Column that says what is done with a row of an action query. */
export const ACTION_COLUMN = '_sluice_action';

/**
 * A query of rows with their place, their action and several sets of a table's columns side by side (see merge-query.ts), made
 * into one that gives place, action, and the columns of the action's set. Rows without an action are left out.
 */
export function asActionRows(source: TranslatedQuery, table: Relation, leading: readonly LeadingColumn[], setActions: readonly number[]): TranslatedQuery {
  const action = `given_${leading.length - 1}`;
  const given = (set: number, column: number): string => `given_${leading.length + set * table.columns.length + column}`;
  const outputs = table.columns.map((column, index) => {
    const type = printDataType(column.type);
    const branches = setActions.map((number, set) => `WHEN ${number} THEN CAST(${given(set, index)} AS ${type})`);
    const value = branches.length === 0 ? `CAST(NULL AS ${type})` : `CASE ${action} ${branches.join(' ')} END`;
    return column.notNull === true && branches.length > 0
      ? `CASE WHEN ${action} IN (${setActions.join(', ')}) AND (${value}) IS NULL THEN error(${notNullMessage(table, column.name)})::${type} ELSE ${value} END`
      : value;
  });
  const names = Array.from({ length: leading.length + setActions.length * table.columns.length }, (_, index) => `given_${index}`);
  return {
    ...source,
    sql: [
      `SELECT ${[...leading.map((_, index) => `given_${index}`), ...outputs].join(', ')} FROM (`,
      ...source.sql,
      `) AS source(${names.join(', ')}) WHERE ${action} > 0`,
    ],
    columns: [...leading, ...table.columns.map((column) => ({ name: column.name, type: column.postgres ?? postgresTypeOf(column.type) }))],
  };
}

/** An error raised inside DuckDB carries its SQLSTATE in front (see executor/errors). */
function notNullMessage(table: Relation, column: string): string {
  return quoteText(`SLUICE:${SQLSTATE.not_null_violation}:null value in column "${column}" of relation "${table.name}" violates not-null constraint`);
}
