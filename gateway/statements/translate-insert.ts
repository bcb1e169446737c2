import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node, SelectStmt } from '../../planner/parse/syntax-tree.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DefaultOf } from '../../planner/translate/dml/change-query.js';
import { withDefault } from '../../planner/translate/dml/change-query.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { selectOf, translateAssigned } from '../../planner/translate/query.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';
import { requireDistinctNames } from './describe-columns.js';
import { asTableRows } from './not-null.js';

/** INSERT's source as a query whose columns are the table's, in the table's order: columns that are not named get their defaults. */
export function translateInsert(
  statement: ParsedStatement,
  columnNames: readonly string[],
  table: Relation,
  defaultOf: DefaultOf,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  requireDistinctNames(columnNames);
  const source = insertSource(statement, columnNames.length === 0 ? table.columns.map(({ name }) => name) : columnNames, defaultOf);
  const named = columnNames.length === 0 ? table.columns : columnNames.map((name) => findColumn(table, name));
  const given = source.width ?? null;
  if (given !== null) {
    requireFit(given, named.length, columnNames.length > 0);
  }
  const filled = given === null ? named : named.slice(0, given);
  const types = filled.map((column) => column.postgres ?? postgresTypeOf(column.type));
  const missing = table.columns.filter((column) => !filled.includes(column) && defaultOf(column.name) !== null);
  if (missing.length === 0 || source.select === null) {
    const translated =
      source.select === null
        ? emptySource(statement, table, defaultOf, environment, declaredTypes)
        : translateAssigned(statement, source.select, types, environment, declaredTypes);
    const count = translated.columns?.length ?? filled.length;
    if (source.select !== null) {
      requireFit(count, named.length, columnNames.length > 0);
    }
    const order = source.select === null ? table.columns : named.slice(0, count);
    return asTableRows(
      translated,
      table,
      [],
      table.columns.map((column) => indexIn(order, column)),
    );
  }
  const extended = withDefaults(
    source.select,
    missing.map((column) => defaultOf(column.name) ?? NULL_NODE),
    filled.length,
  );
  const order = [...filled, ...missing];
  const translated = translateAssigned(
    statement,
    extended,
    order.map((column) => column.postgres ?? postgresTypeOf(column.type)),
    environment,
    declaredTypes,
  );
  return asTableRows(
    translated,
    table,
    [],
    table.columns.map((column) => indexIn(order, column)),
  );
}

const NULL_NODE: Node = { A_Const: { isnull: true, location: -1 } };

function indexIn(columns: readonly Relation['columns'][number][], column: Relation['columns'][number]): number | undefined {
  const index = columns.indexOf(column);
  return index < 0 ? undefined : index;
}

function requireFit(given: number, named: number, areNamed: boolean): void {
  if (given > named) {
    throw new SqlError(SQLSTATE.syntax_error, 'INSERT has more expressions than target columns');
  }
  if (areNamed && given < named) {
    throw new SqlError(SQLSTATE.syntax_error, 'INSERT has more target columns than expressions');
  }
}

/** The rows to insert with DEFAULT replaced; `select` is null for DEFAULT VALUES, `width` undefined where only translating tells. */
function insertSource(
  statement: ParsedStatement,
  names: readonly string[],
  defaultOf: DefaultOf,
): { readonly select: SelectStmt | null; readonly width: number | undefined } {
  const insert = statement.node !== null && 'InsertStmt' in statement.node ? statement.node.InsertStmt : undefined;
  const select = selectOf(insert?.selectStmt);
  if (select === null) {
    return { select: null, width: undefined };
  }
  const withClause = insert?.withClause === undefined ? {} : { withClause: insert.withClause };
  if (select.valuesLists === undefined) {
    const { targetList } = select;
    const isPlain = targetList !== undefined && targetList.every((target) => !('ResTarget' in target && isStar(target.ResTarget.val)));
    return { select: { ...select, ...withClause }, width: isPlain ? targetList.length : undefined };
  }
  const rows = select.valuesLists.map((row): Node => {
    const items = 'List' in row ? (row.List.items ?? []) : [];
    return { List: { items: items.map((item, index) => withDefault(item, names[index] ?? '', defaultOf)) } };
  });
  const [first] = rows;
  return { select: { ...select, ...withClause, valuesLists: rows }, width: first !== undefined && 'List' in first ? first.List.items?.length : undefined };
}

function isStar(value: Node | undefined): boolean {
  return value !== undefined && 'ColumnRef' in value && (value.ColumnRef.fields ?? []).some((field) => 'A_Star' in field);
}

/** DEFAULT VALUES: one row of every column's default. */
function emptySource(
  statement: ParsedStatement,
  table: Relation,
  defaultOf: DefaultOf,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  const select: SelectStmt = {
    targetList: table.columns.map((column): Node => ({ ResTarget: { val: defaultOf(column.name) ?? NULL_NODE } })),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return translateAssigned(
    statement,
    select,
    table.columns.map((column) => column.postgres ?? postgresTypeOf(column.type)),
    environment,
    declaredTypes,
  );
}

/** The source with further columns: VALUES and plain SELECT lists are made longer, anything else becomes a subquery. */
function withDefaults(select: SelectStmt, defaults: readonly Node[], width: number): SelectStmt {
  if (select.valuesLists !== undefined) {
    return {
      ...select,
      valuesLists: select.valuesLists.map((row): Node => ({ List: { items: ['List' in row ? (row.List.items ?? []) : [], [...defaults]].flat() } })),
    };
  }
  const isPlain = (select.op ?? 'SETOP_NONE') === 'SETOP_NONE' && select.distinctClause === undefined && select.targetList?.length === width;
  if (isPlain && select.groupClause === undefined) {
    return { ...select, targetList: [...(select.targetList ?? []), ...defaults.map((val): Node => ({ ResTarget: { val } }))] };
  }
  const names = Array.from({ length: width }, (_, index) => `given_${index}`);
  const { withClause, ...inner } = select;
  return {
    targetList: [
      ...names.map((name): Node => ({ ResTarget: { val: { ColumnRef: { fields: [{ String: { sval: name } }], location: -1 } } } })),
      ...defaults.map((val): Node => ({ ResTarget: { val } })),
    ],
    fromClause: [{ RangeSubselect: { subquery: { SelectStmt: inner }, alias: { aliasname: 'given', colnames: names.map((sval) => ({ String: { sval } })) } } }],
    ...(withClause === undefined ? {} : { withClause }),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
}

function findColumn(table: Relation, name: string): Relation['columns'][number] {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    throw new SqlError(SQLSTATE.undefined_column, `column "${name}" of relation "${table.name}" does not exist`);
  }
  return column;
}
