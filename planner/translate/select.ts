import { SQLSTATE } from '../sqlstate.js';
import type { SelectStmt } from '../parse/syntax-tree.js';
import { listItems } from '../parse/syntax-tree.js';
import { keywordBefore } from '../parse/keyword-position.js';
import { quoteName } from '../types/data-type.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { OID } from '../types/postgres-type.js';
import { coerce, commonType, settle } from './coercion.js';
import { digitsOfColumn, scaleToCast } from './numeric-scales.js';
import { translateCommonTables } from './common-tables.js';
import { locationOf } from './location.js';
import { translateCondition, translateExpression } from './recursion.js';
import { translateFrom } from './from.js';
import { translateGroupBy } from './group-by.js';
import { checkGrouping } from './grouping-check.js';
import { translateLimit } from './limit.js';
import { isPlainDistinct, translateDistinct, translateOrderBy } from './order-by.js';
import type { Query, QueryBody, QueryColumn } from './query-shape.js';
import type { Scope } from './scope.js';
import { childScope, isValuesList } from './scope.js';
import { translateTargets } from './targets.js';
import type { Translation } from './translation.js';
import { errorAt, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { isUntyped, typeOf } from './typed.js';
import { windowSpecification } from './window.js';

/** A SELECT, VALUES, TABLE or set operation, with its WITH, ORDER BY and LIMIT. Untyped output becomes text. */
export function selectQuery(translation: Translation, parent: Scope | null, select: SelectStmt, parentBlock: number | null): Query {
  const body = queryBody(translation, parent, select, parentBlock);
  return body.print(body.columns.map((column) => (isUntyped(column.value) ? typeOf(OID.text) : null)));
}

/** The same with its output's types still open. */
export function queryBody(translation: Translation, parent: Scope | null, select: SelectStmt, parentBlock: number | null): QueryBody {
  if (select.intoClause !== undefined) {
    throw unsupported(translation, 'SELECT ... INTO');
  }
  const block = addBlock(translation, select, parentBlock);
  const scope = childScope(parent, block);
  const withSql = select.withClause === undefined ? '' : translateCommonTables(translation, scope, select.withClause);
  const body =
    select.op !== undefined && select.op !== 'SETOP_NONE'
      ? translateSetOperation(translation, scope, select)
      : isValuesList(select)
        ? translateValues(translation, scope, select)
        : translatePlain(translation, scope, select);
  return { columns: body.columns, print: (types) => withClauses(body.print(types), withSql) };
}

function withClauses(query: Query, withSql: string): Query {
  return withSql === '' ? query : { ...query, sql: `${withSql} ${query.sql}` };
}

function addBlock(translation: Translation, select: SelectStmt, parent: number | null): number {
  const blocks = translation.shared.blocks;
  const index = blocks.length;
  blocks.push({
    index,
    parent,
    position: translation.source === null ? 0 : blockPosition(translation, select),
  });
  return index;
}

/** Where a block's first keyword stands: the nearest one before its first expression. */
function blockPosition(translation: Translation, select: SelectStmt): number {
  const source = translation.source;
  const first = firstLocation(select);
  if (source === null || first === undefined) {
    return 1;
  }
  return keywordBefore(source, first);
}

/** The byte offset of a block's first part; undefined where nothing has a place. */
function firstLocation(select: SelectStmt): number | undefined {
  if (select.withClause !== undefined) {
    return select.withClause.location ?? 0;
  }
  if (select.larg !== undefined) {
    return firstLocation(select.larg);
  }
  const target = select.targetList?.[0];
  if (target !== undefined && 'ResTarget' in target) {
    const value = target.ResTarget.val;
    const location = target.ResTarget.location ?? 0;
    return location < 0 && value !== undefined ? locationOf(value) : location;
  }
  const row = select.valuesLists?.[0];
  const item = row === undefined ? undefined : listItems(row)[0];
  return item === undefined ? undefined : locationOf(item);
}

function translatePlain(translation: Translation, scope: Scope, select: SelectStmt): QueryBody {
  const from = select.fromClause === undefined ? '' : ` FROM ${translateFrom(translation, scope, select.fromClause)}`;
  scope.clause = 'where';
  const where = select.whereClause === undefined ? '' : ` WHERE ${translateCondition(translation, scope, select.whereClause, 'WHERE')}`;
  scope.clause = 'window';
  for (const window of select.windowClause ?? []) {
    if ('WindowDef' in window) {
      scope.windows.set(window.WindowDef.name ?? '', windowSpecification(translation, scope, window.WindowDef));
    }
  }
  scope.clause = 'select';
  const targets = translateTargets(translation, scope, select.targetList ?? []);
  scope.clause = 'group';
  const group = translateGroupBy(translation, scope, select, targets);
  scope.clause = 'having';
  const having = select.havingClause === undefined ? '' : ` HAVING ${translateCondition(translation, scope, select.havingClause, 'HAVING')}`;
  scope.clause = 'order';
  const distinct = translateDistinct(translation, scope, select, targets);
  const order = translateOrderBy(translation, scope, select.sortClause ?? [], targets, isPlainDistinct(select));
  if (group !== '' || having !== '' || scope.hasAggregates) {
    checkGrouping(translation, scope, select);
  }
  const limit = translateLimit(translation, scope, select);
  return {
    columns: targets,
    print: (types) => {
      const columns = targets.map((target, index) => typedTarget(translation, target, types[index] ?? null));
      const list = columns.map((column) => `${column.value.sql} AS ${quoteName(column.sqlName)}`).join(', ');
      return {
        sql: `SELECT ${distinct}${list === '' ? 'NULL AS "?column?"' : list}${from}${where}${group}${having}${order}${limit}`,
        columns,
      };
    },
  };
}

function typedTarget(translation: Translation, target: QueryColumn, type: PostgresColumnType | null): QueryColumn {
  if (type === null) {
    return isUntyped(target.value) ? { ...target, value: settle(translation, target.value) } : target;
  }
  return { ...target, value: coerce(translation, target.value, type, 'assignment') };
}

function translateValues(translation: Translation, scope: Scope, select: SelectStmt): QueryBody {
  scope.clause = 'values';
  const rows = (select.valuesLists ?? []).map((row) => listItems(row).map((item) => translateExpression(translation, scope, item)));
  const width = rows[0]?.length ?? 0;
  const uneven = rows.findIndex((row) => row.length !== width);
  if (uneven >= 0) {
    const item = listItems(select.valuesLists?.[uneven])[0];
    throw errorAt(translation, SQLSTATE.syntax_error, item === undefined ? -1 : locationOf(item), 'VALUES lists must all be the same length');
  }
  const casts: (PostgresColumnType | null)[] = [];
  const columns: QueryColumn[] = Array.from({ length: width }, (_, index) => {
    const values = rows.map((row) => row[index] ?? { sql: 'NULL', type: null });
    const untyped = values.every(isUntyped);
    const type = untyped ? typeOf(OID.unknown) : commonType(translation, values, 'VALUES', -1);
    const digits = type?.oid === OID.numeric ? digitsOfColumn(values) : {};
    casts.push(type?.oid === OID.numeric ? scaleToCast(values) : null);
    const name = `column${index + 1}`;
    return {
      name,
      sqlName: name,
      value: { sql: name, type, ...digits },
    };
  });
  const order = translateOrderBy(translation, scope, select.sortClause ?? [], columns, true);
  const limit = translateLimit(translation, scope, select);
  return {
    columns,
    print: (types) => {
      const wanted = columns.map((column, index) => types[index] ?? (isUntyped(column.value) ? typeOf(OID.text) : column.value.type));
      const assigned = types.map((type) => type !== null);
      const cell = (value: Typed, index: number): Typed => {
        const type = wanted[index] ?? null;
        return type === null
          ? settle(translation, value)
          : assigned[index] === true
            ? coerce(translation, value, type, 'assignment')
            : coerce(translation, value, casts[index] ?? typeOf(type.oid), casts[index] === null ? 'implicit' : 'assignment');
      };
      const cells = rows.map((row) => row.map(cell));
      const printed = cells.map((row) => `(${row.map(({ sql }) => sql).join(', ')})`).join(', ');
      const names = columns.map((column) => quoteName(column.sqlName)).join(', ');
      const typedColumns = columns.map((column, index) => ({
        ...column,
        value: { ...column.value, type: wanted[index] ?? null },
      }));
      return {
        sql: `SELECT * FROM (VALUES ${printed}) AS "values"(${names})${order}${limit}`,
        columns: typedColumns,
        ...(order === '' && limit === '' ? { rows: cells } : {}),
      };
    },
  };
}

const SET_WORDS: Readonly<Record<string, string>> = {
  SETOP_UNION: 'UNION',
  SETOP_INTERSECT: 'INTERSECT',
  SETOP_EXCEPT: 'EXCEPT',
};

function translateSetOperation(translation: Translation, scope: Scope, select: SelectStmt): QueryBody {
  const word = SET_WORDS[select.op ?? ''] ?? 'UNION';
  if (select.larg === undefined || select.rarg === undefined) {
    throw unsupported(translation, `${word} without both sides`);
  }
  const left = queryBody(translation, scope, select.larg, scope.block);
  const right = queryBody(translation, scope, select.rarg, scope.block);
  if (left.columns.length !== right.columns.length) {
    throw errorAt(translation, SQLSTATE.syntax_error, firstLocation(select.rarg), `each ${word} query must have the same number of columns`);
  }
  const columns = left.columns.map((column, index) => mergedColumn(translation, column, right.columns[index] ?? column, word));
  const casts = columns.map(({ value }, index) =>
    value.type?.oid === OID.numeric ? scaleToCast([left.columns[index]?.value ?? value, right.columns[index]?.value ?? value]) : null,
  );
  const order = translateOrderBy(translation, scope, select.sortClause ?? [], columns, true);
  const limit = translateLimit(translation, scope, select);
  return {
    columns,
    print: (types) => {
      const wanted = columns.map((column, index) => types[index] ?? (isUntyped(column.value) ? typeOf(OID.text) : column.value.type));
      const side = (body: QueryBody): string => body.print(body.columns.map((column, index) => sideType(column, casts[index] ?? wanted[index] ?? null))).sql;
      const typedColumns = columns.map((column, index) => ({
        ...column,
        value: { ...column.value, type: wanted[index] ?? null },
      }));
      return {
        sql: `(${side(left)}) ${word}${select.all === true ? ' ALL' : ''} (${side(right)})${order}${limit}`,
        columns: typedColumns,
      };
    },
  };
}

/** A side is cast only where its own type differs: numerics keep their scale for DuckDB to widen, where it has the digits for it. */
function sideType(column: QueryColumn, wanted: PostgresColumnType | null): PostgresColumnType | null {
  return wanted === null || (column.value.type?.oid === wanted.oid && !(wanted.oid === OID.numeric && wanted.modifier >= 4)) ? null : wanted;
}

function mergedColumn(translation: Translation, left: QueryColumn, right: QueryColumn, word: string): QueryColumn {
  const values = [left.value, right.value];
  const type = values.every(isUntyped) ? typeOf(OID.unknown) : commonType(translation, values, word, -1);
  return {
    name: left.name,
    sqlName: left.sqlName,
    value: { sql: left.value.sql, type, ...(type?.oid === OID.numeric ? digitsOfColumn(values) : {}) },
  };
}
