import assert from 'node:assert/strict';
import type { ParsedStatement } from '../parse/statement.js';
import { positionOf } from '../parse/statement.js';
import type { SqlNotice } from '../sql-error.js';
import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { quoteName } from '../types/data-type.js';
import type { RewrittenTree, RoadFiles, RoadTable } from './duckdb/rewrite.js';
import { checkPrinted, RoadError, rewriteTree } from './duckdb/rewrite.js';
import type { JsonObject } from './duckdb/tree.js';
import { isObject, listOf, parseTree, printTree, textOf } from './duckdb/tree.js';
import type { TranslationEnvironment } from './environment.js';
import { fromRelation } from './from-relation.js';
import { toTemplate } from './holes.js';
import { RECURSION } from './query.js';
import { childScope } from './scope.js';
import type { Relation } from '../relation/relation.js';
import type { TranslatedQuery } from './translated.js';
import { addReference, startTranslation } from './translation.js';
import type { Translation } from './translation.js';

/** A statement of DuckDB's own syntax, checked, with placeholders for its tables. */
export interface RoadStatement {
  readonly rewritten: RewrittenTree;
  /** What DuckDB prints of the rewritten tree. */
  readonly sql: string;
}

/**
 * Checks what json_serialize_sql gave for a statement and takes its tables out. Throws Postgres's own syntax error where
 * DuckDB's grammar refuses the text too.
 */
export function readRoadTree(statement: ParsedStatement, serialized: string): RewrittenTree {
  const answer = objectFrom(serialized);
  const statements = listOf(answer, 'statements');
  const [only] = statements;
  if (answer['error'] === true && textOf(answer, 'error_type') === 'not implemented') {
    throw new SqlError(SQLSTATE.feature_not_supported, "of DuckDB's own syntax only queries are supported", {
      hint: 'PIVOT and UNPIVOT are supported in FROM: FROM t PIVOT (sum(x) FOR y IN (...)).',
    });
  }
  if (answer['error'] === true || only === undefined || statements.length > 1 || !isObject(only)) {
    throw (
      statement.syntaxError ??
      new SqlError(SQLSTATE.syntax_error, textOf(answer, 'error_message') || 'syntax error', {
        hint: "The word before JOIN, or the arrow, makes this DuckDB's own syntax; a table alias of that name is written with AS.",
      })
    );
  }
  return withPositions(statement, () => rewriteTree(only));
}

/** A rewritten tree in the form json_deserialize_sql takes. */
export function printRoadTree(rewritten: RewrittenTree): string {
  return printTree({ error: false, statements: [rewritten.tree] });
}

/** The text DuckDB printed of a rewritten tree, once the text's own tree has been found to hold nothing else. */
export function checkRoadText(statement: ParsedStatement, rewritten: RewrittenTree, sql: string, serialized: string): RoadStatement {
  const statements = listOf(objectFrom(serialized), 'statements');
  const [only] = statements;
  if (!isObject(only) || statements.length > 1) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'this statement cannot be printed in DuckDB syntax');
  }
  withPositions(statement, () => checkPrinted(only, rewritten.prefix, rewritten.tables.length));
  return { rewritten, sql };
}

/** Finds the tables of a checked statement and puts them where the placeholders stand. */
export function translateRoad(
  statement: ParsedStatement,
  road: RoadStatement,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  const translation = startTranslation(statement.source, environment, declaredTypes, RECURSION);
  translation.shared.blocks.push({ index: 0, parent: null, position: 1 });
  const { rewritten } = road;
  const holes = rewritten.tables.map((table) => tableHole(translation, table.name, findTable(statement, table, environment)));
  const marked = road.sql.replaceAll(new RegExp(`"?${rewritten.prefix}_(\\d+)"?`, 'g'), (_, index: string) => holes[Number(index)] ?? '');
  const shared = translation.shared;
  return {
    sql: toTemplate(marked),
    references: shared.references,
    blocks: shared.blocks,
    columns: null,
    parameterTypes: shared.parameterTypes,
    volatile: shared.volatile || rewritten.volatile,
    tableless: !shared.readsTables,
    hints: [],
    notices: [...shared.notices, ...hintNotices(statement)],
  };
}

function objectFrom(serialized: string): JsonObject {
  const value = parseTree(serialized);
  assert(isObject(value), 'json_serialize_sql gives an object');
  return value;
}

function tableHole(translation: Translation, alias: string, relation: Relation): string {
  if (relation.source.kind !== 'view') {
    return addReference(translation, relation, alias, 0);
  }
  const item = fromRelation({ ...translation, source: null }, childScope(null, 0), relation, alias, null, []);
  const columns = item.namespace.columns.map((column) => `${column.value.sql} AS ${quoteName(column.name)}`);
  return `(SELECT ${columns.join(', ')} FROM ${item.sql})`;
}

/** Names are as they were written: DuckDB's tree does not tell whether they were quoted, so both readings are tried. */
function findTable(statement: ParsedStatement, table: RoadTable | RoadFiles, environment: TranslationEnvironment): Relation {
  const position = positionOf(statement.source, table.location ?? -1);
  const place = position === undefined ? {} : { position };
  if (table.kind === 'files') {
    const relation = environment.findFileFunction({ function: table.name, paths: table.paths, options: table.options, position: position ?? 1 });
    if (relation === undefined) {
      throw new SqlError(SQLSTATE.undefined_file, `${table.name}: no files found that match "${table.paths.join('", "')}"`, place);
    }
    return relation;
  }
  if (table.catalog !== '' && table.catalog !== environment.currentDatabase) {
    throw new SqlError(
      SQLSTATE.feature_not_supported,
      `cross-database references are not implemented: "${table.catalog}.${table.schema}.${table.name}"`,
      place,
    );
  }
  const schema = table.schema === '' ? undefined : table.schema;
  const relation =
    environment.findRelation(schema, table.name, table.version) ?? environment.findRelation(schema?.toLowerCase(), table.name.toLowerCase(), table.version);
  if (relation === undefined) {
    throw new SqlError(SQLSTATE.undefined_table, `relation "${schema === undefined ? '' : `${schema}.`}${table.name}" does not exist`, place);
  }
  return relation;
}

function hintNotices(statement: ParsedStatement): readonly SqlNotice[] {
  return statement.text.includes('/*+')
    ? [{ severity: 'WARNING', sqlstate: SQLSTATE.feature_not_supported, message: "hints are ignored in statements of DuckDB's own syntax" }]
    : [];
}

/** Puts positions in the statement's text on errors that know their place in bytes. */
function withPositions<T>(statement: ParsedStatement, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RoadError && error.location !== undefined) {
      const position = positionOf(statement.source, error.location);
      throw new SqlError(error.sqlstate, error.message, {
        ...(position === undefined ? {} : { position }),
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
    throw error;
  }
}
