import { SQLSTATE } from '../sqlstate.js';
import type { JoinExpr, Node, RangeVar } from '../parse/syntax-tree.js';
import { nodeTag, stringValues } from '../parse/syntax-tree.js';
import { versionOf } from '../parse/table-versions.js';
import { quoteName } from '../types/data-type.js';
import { coerce, commonType } from './coercion.js';
import { translateCondition } from './recursion.js';
import { comparablePair } from './operators.js';
import type { CommonTable, Namespace, RangeColumn, Scope } from './scope.js';
import { childScope, findCommonTable, joinNamespaces } from './scope.js';
import { translateSelect } from './recursion.js';
import type { FromItem } from './from-relation.js';
import { fromRelation, ranged } from './from-relation.js';
import { translateRangeFunction } from './table-functions.js';
import type { Translation } from './translation.js';
import { errorAt, uniqueAlias, unsupported } from './translation.js';
import { otherValue, typeOf } from './typed.js';

/** A whole FROM clause. Names become visible to later items' LATERAL parts as they come. */
export function translateFrom(translation: Translation, scope: Scope, items: readonly Node[]): string {
  const parts: string[] = [];
  for (const item of items) {
    const from = translateItem(translation, scope, item);
    for (const range of from.namespace.ranges) {
      if (range.name !== null && scope.namespace.ranges.some((other) => other.name === range.name && other.schema === range.schema)) {
        throw errorAt(translation, SQLSTATE.duplicate_alias, -1, `table name "${range.name}" specified more than once`);
      }
    }
    scope.namespace = joinNamespaces(scope.namespace, from.namespace);
    parts.push(from.sql);
  }
  return parts.join(', ');
}

function translateItem(translation: Translation, scope: Scope, node: Node): FromItem {
  if ('RangeVar' in node) {
    return translateRangeVar(translation, scope, node.RangeVar);
  }
  if ('RangeSubselect' in node) {
    const { subquery, alias, lateral } = node.RangeSubselect;
    if (subquery === undefined || !('SelectStmt' in subquery)) {
      throw unsupported(translation, 'this subquery in FROM');
    }
    const query = translateSelect(translation, lateral === true ? scope : withoutNamespace(scope), subquery.SelectStmt, scope.block);
    const sqlAlias = quoteName(uniqueAlias(translation, alias?.aliasname ?? 'subquery'));
    const columns = query.columns.map((column) => ({
      name: column.name,
      value: otherValue(column.value, `${sqlAlias}.${quoteName(column.sqlName)}`),
    }));
    return ranged(
      translation,
      `${lateral === true ? 'LATERAL ' : ''}(${query.sql}) AS ${sqlAlias}`,
      alias?.aliasname ?? null,
      null,
      sqlAlias,
      columns,
      stringValues(alias?.colnames),
    );
  }
  if ('JoinExpr' in node) {
    return translateJoin(translation, scope, node.JoinExpr);
  }
  if ('RangeFunction' in node) {
    return translateRangeFunction(translation, scope, node.RangeFunction);
  }
  if ('RangeTableSample' in node && node.RangeTableSample.relation !== undefined) {
    throw unsupported(translation, 'TABLESAMPLE', node.RangeTableSample.location);
  }
  throw unsupported(translation, `${nodeTag(node)} in FROM`);
}

/** A scope that sees the WITH queries of another, but nothing of its FROM. */
export function withoutNamespace(scope: Scope): Scope {
  return { ...childScope(scope.parent, scope.block), commonTables: scope.commonTables };
}

function translateRangeVar(translation: Translation, scope: Scope, node: RangeVar): FromItem {
  const name = node.relname ?? '';
  const alias = node.alias?.aliasname ?? name;
  const aliases = stringValues(node.alias?.colnames);
  const version = versionOf(node);
  // Only tables have versions: a WITH query of the name is passed over.
  const common = node.schemaname === undefined && version === undefined ? findCommonTable(scope, name) : undefined;
  if (common !== undefined) {
    return fromCommonTable(translation, common, alias, aliases);
  }
  if (node.catalogname !== undefined && node.catalogname !== translation.environment.currentDatabase) {
    throw errorAt(
      translation,
      SQLSTATE.feature_not_supported,
      node.location,
      `cross-database references are not implemented: "${node.catalogname}.${node.schemaname ?? ''}.${name}"`,
    );
  }
  const relation = translation.environment.findRelation(node.schemaname, name, version);
  if (relation === undefined) {
    throw errorAt(
      translation,
      SQLSTATE.undefined_table,
      node.location,
      `relation "${node.schemaname === undefined ? '' : `${node.schemaname}.`}${name}" does not exist`,
    );
  }
  return fromRelation(translation, scope, relation, alias, node.alias === undefined ? relation.schema : null, aliases);
}

function fromCommonTable(translation: Translation, common: CommonTable, alias: string, aliases: readonly string[]): FromItem {
  const sqlAlias = quoteName(uniqueAlias(translation, alias));
  const columns = common.columns.map((column) => ({
    name: column.name,
    value: otherValue(column.value, `${sqlAlias}.${column.value.sql}`),
  }));
  return ranged(translation, `${quoteName(common.sqlName)} AS ${sqlAlias}`, alias, null, sqlAlias, columns, aliases);
}

const JOIN_WORDS: Readonly<Record<string, string>> = {
  JOIN_INNER: 'INNER',
  JOIN_LEFT: 'LEFT',
  JOIN_RIGHT: 'RIGHT',
  JOIN_FULL: 'FULL',
};

function translateJoin(translation: Translation, scope: Scope, join: JoinExpr): FromItem {
  if (join.larg === undefined || join.rarg === undefined) {
    throw unsupported(translation, 'this join');
  }
  const outer = scope.namespace;
  const left = translateItem(translation, scope, join.larg);
  scope.namespace = joinNamespaces(outer, left.namespace);
  const right = translateItem(translation, scope, join.rarg);
  scope.namespace = outer;
  const word = JOIN_WORDS[join.jointype ?? 'JOIN_INNER'] ?? 'INNER';
  const names = join.isNatural === true ? sharedNames(left.namespace, right.namespace) : stringValues(join.usingClause);
  const joined = names.length > 0 ? joinUsing(translation, left, right, names, word) : joinOn(translation, scope, left, right, join, word);
  if (join.alias === undefined) {
    return joined;
  }
  const aliases = stringValues(join.alias.colnames);
  const columns = joined.namespace.columns.map((column, index) => ({
    ...column,
    name: aliases[index] ?? column.name,
  }));
  return {
    sql: joined.sql,
    namespace: {
      ranges: [{ name: join.alias.aliasname ?? null, schema: null, sqlAlias: null, columns }],
      columns,
    },
  };
}

function joinOn(translation: Translation, scope: Scope, left: FromItem, right: FromItem, join: JoinExpr, word: string): FromItem {
  const namespace = joinNamespaces(left.namespace, right.namespace);
  if (join.quals === undefined) {
    const sql = word === 'INNER' ? `(${left.sql} CROSS JOIN ${right.sql})` : `(${left.sql} ${word} JOIN ${right.sql} ON true)`;
    return { sql, namespace };
  }
  const inner: Scope = { ...scope, namespace, clause: 'on' };
  const condition = translateCondition(translation, inner, join.quals, 'JOIN/ON');
  return { sql: `(${left.sql} ${word} JOIN ${right.sql} ON ${condition})`, namespace };
}

function sharedNames(left: Namespace, right: Namespace): readonly string[] {
  const names = new Set(right.columns.filter((column) => column.hidden !== true).map((column) => column.name));
  return left.columns.filter((column) => column.hidden !== true && names.has(column.name)).map((column) => column.name);
}

function joinUsing(translation: Translation, left: FromItem, right: FromItem, names: readonly string[], word: string): FromItem {
  const merged: RangeColumn[] = [];
  const conditions: string[] = [];
  for (const name of names) {
    const a = onlyColumn(translation, left.namespace, name, 'left');
    const b = onlyColumn(translation, right.namespace, name, 'right');
    const [x, y] = comparablePair(translation, '=', a.value, b.value, -1);
    conditions.push(`(${x.sql} = ${y.sql})`);
    const type = commonType(translation, [a.value, b.value], 'JOIN/USING', -1);
    const cast = (column: RangeColumn): string => (type === null ? column.value.sql : coerce(translation, column.value, typeOf(type.oid), 'implicit').sql);
    if (word === 'FULL') {
      merged.push({ name, value: { sql: `coalesce(${cast(a)}, ${cast(b)})`, type } });
    } else {
      const kept = word === 'RIGHT' ? b : a;
      merged.push(type === null || kept.value.type?.oid === type.oid ? kept : { name, value: { sql: cast(kept), type } });
    }
  }
  const rest = [...left.namespace.columns, ...right.namespace.columns].filter((column) => !names.includes(column.name));
  return {
    sql: `(${left.sql} ${word} JOIN ${right.sql} ON ${conditions.join(' AND ')})`,
    namespace: {
      ranges: [...left.namespace.ranges, ...right.namespace.ranges],
      columns: [...merged, ...rest],
    },
  };
}

function onlyColumn(translation: Translation, namespace: Namespace, name: string, side: string): RangeColumn {
  const matches = namespace.columns.filter((column) => column.name === name);
  if (matches.length > 1) {
    throw errorAt(translation, SQLSTATE.ambiguous_column, -1, `common column name "${name}" appears more than once in ${side} table`);
  }
  const match = matches[0];
  if (match === undefined) {
    throw errorAt(translation, SQLSTATE.undefined_column, -1, `column "${name}" specified in USING clause does not exist in ${side} table`);
  }
  return match;
}
