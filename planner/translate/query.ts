import assert from 'node:assert/strict';
import type { Node, SelectStmt } from '../parse/syntax-tree.js';
import type { ParsedStatement } from '../parse/statement.js';
import { quoteName } from '../types/data-type.js';
import { OID, postgresTypeByOid } from '../types/postgres-type.js';
import { castSql } from './casts.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import type { TranslationEnvironment } from './environment.js';
import { constantOutputs, constantRows } from './constant.js';
import { resolveHints } from './hints.js';
import { toTemplate } from './holes.js';
import type { Query } from './query-shape.js';
import { expressionOf } from './expression.js';
import { queryBody, selectQuery } from './select.js';
import { startTranslation } from './translation.js';
import type { Recursion, Translation } from './translation.js';
import type { Typed } from './typed.js';
import { typeOf } from './typed.js';
import type { TranslatedQuery } from './translated.js';

/** Translates a query statement (SELECT, VALUES, TABLE, WITH). */
export function translateQuery(statement: ParsedStatement, environment: TranslationEnvironment, declaredTypes: readonly number[]): TranslatedQuery {
  const node = statement.node;
  assert(node !== null && 'SelectStmt' in node, 'translateQuery takes a SELECT');
  return translateInnerQuery(statement, node.SelectStmt, environment, declaredTypes);
}

/** Translates a query inside a statement (EXPLAIN's, COPY's, CREATE TABLE AS's, DECLARE's). Positions count in the whole statement. */
export function translateInnerQuery(
  statement: ParsedStatement,
  select: SelectStmt,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  const translation = startTranslation(statement.source, environment, declaredTypes, RECURSION);
  return finish(translation, statement, select, selectQuery(translation, null, select, null));
}

/** Translates a query whose columns are assigned to columns of these types (INSERT, UPDATE); null leaves a column as it is. */
export function translateAssigned(
  statement: ParsedStatement,
  select: SelectStmt,
  types: readonly (PostgresColumnType | null)[],
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  const translation = startTranslation(statement.source, environment, declaredTypes, RECURSION);
  const body = queryBody(translation, null, select, null);
  return finish(translation, statement, select, body.print(body.columns.map((_, index) => types[index] ?? null)));
}

/** The query inside a node: a SELECT itself; null for other statements. */
export function selectOf(node: Node | undefined): SelectStmt | null {
  return node !== undefined && 'SelectStmt' in node ? node.SelectStmt : null;
}

/** Object identifiers (regclass and its kin) are sent as names; only the outermost columns are looked up. */
function withNames(query: Query): string {
  if (!query.columns.some((column) => isObjectIdentifier(column.value))) {
    return query.sql;
  }
  const items = query.columns.map((column) => {
    const name = quoteName(column.sqlName);
    const value: Typed = { sql: `"named".${name}`, type: column.value.type };
    return `${isObjectIdentifier(value) ? asNames(value) : value.sql} AS ${name}`;
  });
  return `SELECT ${items.join(', ')} FROM (${query.sql}) AS "named"`;
}

function asNames(value: Typed): string {
  const element = elementOid(value);
  if (element === 0) {
    return castSql(value, typeOf(OID.text)).sql;
  }
  return `list_transform(${value.sql}, lambda element: ${castSql({ sql: 'element', type: typeOf(element) }, typeOf(OID.text)).sql})`;
}

function elementOid(value: Typed): number {
  return postgresTypeByOid(value.type?.oid ?? 0)?.elementOid ?? 0;
}

/** True for the reg* types and arrays of them. */
function isObjectIdentifier(value: Typed): boolean {
  const oid = elementOid(value) === 0 ? (value.type?.oid ?? 0) : elementOid(value);
  return (postgresTypeByOid(oid)?.name ?? '').startsWith('reg');
}

/** The functions by which parts of SQL hold each other. */
export const RECURSION: Recursion = { expression: expressionOf, select: selectQuery, body: queryBody };

function finish(translation: Translation, statement: ParsedStatement, select: SelectStmt, query: Query): TranslatedQuery {
  const shared = translation.shared;
  const hints = resolveHints(statement, shared.blocks, shared.references);
  const constants = constantOutputs(select, query);
  const rows = constantRows(query);
  return {
    sql: toTemplate(withNames(query)),
    references: shared.references,
    blocks: shared.blocks,
    columns: query.columns.map((column) => ({ name: column.name, type: column.value.type })),
    parameterTypes: shared.parameterTypes.map((oid) => (oid === 0 ? OID.text : oid)),
    volatile: shared.volatile,
    tableless: !shared.readsTables,
    ...(constants === null ? {} : { constants }),
    ...(rows === null ? {} : { constantRows: rows }),
    hints: hints.hints,
    notices: [...shared.notices, ...hints.notices],
  };
}
