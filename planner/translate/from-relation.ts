import { SQLSTATE } from '../sqlstate.js';
import { parseStatements } from '../parse/parser.js';
import { quoteName } from '../types/data-type.js';
import type { Relation } from '../relation/relation.js';
import { translateSelect } from './recursion.js';
import type { Namespace, Range, RangeColumn, Scope } from './scope.js';
import type { Translation } from './translation.js';
import { addReference, errorAt, uniqueAlias, VIEW_DEPTH_MAX } from './translation.js';
import { otherValue, typed, typedColumn } from './typed.js';

/** One item of FROM: its SQL and what it makes visible. */
export interface FromItem {
  readonly sql: string;
  readonly namespace: Namespace;
}

/** An item with one range, its columns renamed by an alias's column list. */
export function ranged(
  translation: Translation,
  sql: string,
  name: string | null,
  schema: string | null,
  sqlAlias: string,
  columns: readonly RangeColumn[],
  aliases: readonly string[],
): FromItem {
  if (aliases.length > columns.length) {
    throw errorAt(
      translation,
      SQLSTATE.invalid_column_reference,
      -1,
      `table "${name ?? ''}" has ${columns.length} columns available but ${aliases.length} columns specified`,
    );
  }
  const renamed = columns.map((column, index) => ({
    ...column,
    name: aliases[index] ?? column.name,
  }));
  const range: Range = { name, schema, sqlAlias, columns: renamed };
  return { sql, namespace: { ranges: [range], columns: renamed } };
}

/** A relation under an alias: files and system relations are holes, views are translated where they stand. */
export function fromRelation(
  translation: Translation,
  scope: Scope,
  relation: Relation,
  alias: string,
  schema: string | null,
  aliases: readonly string[],
): FromItem {
  const sqlAlias = quoteName(uniqueAlias(translation, alias));
  const source = relation.source;
  switch (source.kind) {
    case 'view':
      return fromView(translation, relation, source.sql, alias, schema, sqlAlias, aliases, scope.block);
    case 'system':
    case 'partitioned':
    case 'files': {
      const mark = addReference(translation, relation, alias, scope.block);
      const columns: RangeColumn[] = relation.columns.map((column) => ({
        name: column.name,
        value: typedColumn(`${sqlAlias}.${quoteName(column.name)}`, column),
      }));
      if (source.kind === 'system') {
        const name = `${relation.schema}.${relation.name}`.replaceAll("'", "''");
        columns.push({
          name: 'tableoid',
          value: typed(`pg_regclass_in('${name}')`, 26),
          hidden: true,
        });
        columns.push({ name: 'xmin', value: typed('CAST(1 AS BIGINT)', 28), hidden: true });
      }
      return ranged(translation, `${mark} AS ${sqlAlias}`, alias, schema, sqlAlias, columns, aliases);
    }
  }
}

function fromView(
  translation: Translation,
  relation: Relation,
  sql: string,
  alias: string,
  schema: string | null,
  sqlAlias: string,
  aliases: readonly string[],
  block: number,
): FromItem {
  const shared = translation.shared;
  if (shared.viewDepth >= VIEW_DEPTH_MAX) {
    throw errorAt(translation, SQLSTATE.statement_too_complex, -1, `infinite recursion detected in rules for relation "${relation.name}"`);
  }
  const node = parseStatements(sql)[0]?.node;
  if (node === undefined || node === null || !('SelectStmt' in node)) {
    throw errorAt(translation, SQLSTATE.internal_error, -1, `view "${relation.name}" holds no query`);
  }
  shared.viewDepth++;
  const environment = translation.environment.insideView?.(relation) ?? translation.environment;
  const query = translateSelect({ ...translation, environment, source: null }, null, node.SelectStmt, block);
  shared.viewDepth--;
  const columns = query.columns.map((column, index) => ({
    name: relation.columns[index]?.name ?? column.name,
    value: otherValue(column.value, `${sqlAlias}.${quoteName(column.sqlName)}`),
  }));
  return ranged(translation, `(${query.sql}) AS ${sqlAlias}`, alias, schema, sqlAlias, columns, aliases);
}
