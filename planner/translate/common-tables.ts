import { SQLSTATE } from '../sqlstate.js';
import type { CommonTableExpr, SelectStmt, WithClause } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';
import { quoteName } from '../types/data-type.js';
import { OID } from '../types/postgres-type.js';
import type { RangeColumn, Scope } from './scope.js';
import { childScope } from './scope.js';
import type { QueryColumn } from './query-shape.js';
import { translateBody, translateSelect } from './recursion.js';
import { translateLimit } from './limit.js';
import type { Translation } from './translation.js';
import { errorAt, uniqueAlias, unsupported } from './translation.js';
import { isUntyped, otherValue, typeOf } from './typed.js';

/** A WITH clause: its queries become visible in the scope one after another. */
export function translateCommonTables(translation: Translation, scope: Scope, clause: WithClause): string {
  const parts: string[] = [];
  for (const node of clause.ctes ?? []) {
    if ('CommonTableExpr' in node) {
      parts.push(commonTable(translation, scope, node.CommonTableExpr, clause.recursive === true));
    }
  }
  return `WITH ${clause.recursive === true ? 'RECURSIVE ' : ''}${parts.join(', ')}`;
}

function commonTable(translation: Translation, scope: Scope, table: CommonTableExpr, recursive: boolean): string {
  const name = table.ctename ?? '';
  const query = table.ctequery;
  if (query === undefined || !('SelectStmt' in query)) {
    throw unsupported(translation, 'a data-modifying statement in WITH', table.location);
  }
  if (scope.commonTables.has(name)) {
    throw errorAt(translation, SQLSTATE.duplicate_alias, table.location, `WITH query name "${name}" specified more than once`);
  }
  if (table.search_clause !== undefined || table.cycle_clause !== undefined) {
    throw unsupported(translation, 'SEARCH and CYCLE in WITH', table.location);
  }
  const sqlName = uniqueAlias(translation, name);
  const aliases = stringValues(table.aliascolnames);
  const select = query.SelectStmt;
  if (recursive && select.op === 'SETOP_UNION' && mentions(select, name)) {
    return recursiveTable(translation, scope, table, select, name, sqlName, aliases);
  }
  const body = translateSelect(translation, scope, select, scope.block);
  register(translation, scope, name, sqlName, body.columns, aliases, table.location);
  const materialized =
    table.ctematerialized === 'CTEMaterializeAlways' ? 'MATERIALIZED ' : table.ctematerialized === 'CTEMaterializeNever' ? 'NOT MATERIALIZED ' : '';
  return `${quoteName(sqlName)} AS ${materialized}(${body.sql})`;
}

function register(
  translation: Translation,
  scope: Scope,
  name: string,
  sqlName: string,
  columns: readonly QueryColumn[],
  aliases: readonly string[],
  location: number | undefined,
): void {
  if (aliases.length > columns.length) {
    throw errorAt(
      translation,
      SQLSTATE.invalid_column_reference,
      location,
      `WITH query "${name}" has ${columns.length} columns available but ${aliases.length} columns specified`,
    );
  }
  const renamed: RangeColumn[] = columns.map((column, index) => ({
    name: aliases[index] ?? column.name,
    value: otherValue(column.value, quoteName(column.sqlName)),
  }));
  scope.commonTables.set(name, { name, sqlName, columns: renamed });
}

function recursiveTable(
  translation: Translation,
  scope: Scope,
  table: CommonTableExpr,
  select: SelectStmt,
  name: string,
  sqlName: string,
  aliases: readonly string[],
): string {
  if (select.larg === undefined || select.rarg === undefined) {
    throw unsupported(translation, 'this recursive query', table.location);
  }
  const inner = childScope(scope, scope.block);
  const withSql = select.withClause === undefined ? '' : `${translateCommonTables(translation, inner, select.withClause)} `;
  const base = translateSelect(translation, inner, select.larg, scope.block);
  register(translation, scope, name, sqlName, base.columns, aliases, table.location);
  const step = translateBody(translation, inner, select.rarg, scope.block);
  if (step.columns.length !== base.columns.length) {
    throw errorAt(translation, SQLSTATE.syntax_error, table.location, 'each UNION query must have the same number of columns');
  }
  step.columns.forEach((column, index) => {
    const wanted = base.columns[index]?.value.type;
    const given = column.value.type;
    if (
      wanted !== null &&
      wanted !== undefined &&
      given !== null &&
      !isUntyped(column.value) &&
      given.oid !== wanted.oid &&
      !isWidened(given.oid, wanted.oid)
    ) {
      throw errorAt(
        translation,
        SQLSTATE.datatype_mismatch,
        table.location,
        `recursive query "${name}" column ${index + 1} has a different type in its non-recursive and its recursive term`,
        {
          hint: 'Cast the output of the non-recursive term to the correct type.',
        },
      );
    }
  });
  const printed = step.print(
    step.columns.map((column, index) =>
      isUntyped(column.value) || column.value.type?.oid !== base.columns[index]?.value.type?.oid ? (base.columns[index]?.value.type ?? typeOf(OID.text)) : null,
    ),
  );
  const limit = translateLimit(translation, inner, select);
  return `${quoteName(sqlName)} AS (${withSql}(${base.sql}) UNION${select.all === true ? ' ALL' : ''} (${printed.sql})${limit})`;
}

function isWidened(given: number, wanted: number): boolean {
  const ladder: readonly number[] = [OID.int2, OID.int4, OID.int8, OID.numeric, OID.float4, OID.float8];
  const texts: readonly number[] = [OID.text, OID.varchar, OID.name, OID.bpchar];
  return (ladder.includes(given) && ladder.indexOf(given) < ladder.indexOf(wanted)) || (texts.includes(given) && texts.includes(wanted));
}

/** True when a query reads a relation of that name anywhere. */
function mentions(value: unknown, name: string): boolean {
  if (Array.isArray(value)) {
    return value.some((item) => mentions(item, name));
  }
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  if ('RangeVar' in value && typeof value.RangeVar === 'object' && value.RangeVar !== null) {
    return 'relname' in value.RangeVar && value.RangeVar.relname === name && !('schemaname' in value.RangeVar);
  }
  return Object.values(value).some((item) => mentions(item, name));
}
