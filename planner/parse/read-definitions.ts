import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { runScanner } from './parser-module.js';
import { stringOffset, textOffsets } from './position.js';
import type { QualifiedName } from './read-names.js';
import type { ParsedStatement } from './statement.js';
import { positionOf, statementKind } from './statement.js';
import type { Node, TypeName } from './syntax-tree.js';
import { stringValues } from './syntax-tree.js';

/** CREATE VIEW. */
export interface CreateViewRequest extends QualifiedName {
  readonly temporary: boolean;
  readonly replace: boolean;
  readonly columnNames: readonly string[];
  /** Text of the view's query. */
  readonly body: string;
  readonly inner: ParsedStatement;
}

/** Reads CREATE VIEW. */
export function readCreateView(statement: ParsedStatement): CreateViewRequest {
  if (statement.node === null || !('ViewStmt' in statement.node) || statement.node.ViewStmt.query === undefined) {
    throw new Error('not a CREATE VIEW statement');
  }
  const { view, query, replace, aliases, withCheckOption } = statement.node.ViewStmt;
  if (withCheckOption !== undefined && withCheckOption !== 'NO_CHECK_OPTION') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'WITH CHECK OPTION is not supported');
  }
  return {
    schema: view?.schemaname,
    name: view?.relname ?? '',
    temporary: view?.relpersistence === 't',
    replace: replace === true,
    columnNames: stringValues(aliases),
    body: viewBody(statement.text),
    inner: { ...statement, kind: statementKind(query), node: query },
  };
}

/** The text after the AS that ends a view's head: the first AS outside parentheses. */
function viewBody(text: string): string {
  const offsets = textOffsets(text);
  let depth = 0;
  for (const token of runScanner(text)) {
    if (token.text === '(') {
      depth += 1;
    } else if (token.text === ')') {
      depth -= 1;
    } else if (depth === 0 && token.text.toLowerCase() === 'as') {
      return text.slice(stringOffset(offsets, token.end)).trim();
    }
  }
  throw new Error('CREATE VIEW without AS');
}

/** INSERT into a table. */
export interface InsertRequest extends QualifiedName {
  /** Where the table is named: 1-based characters of the statement. */
  readonly position: number | undefined;
  /** Target columns, empty for all. */
  readonly columns: readonly string[];
  /** Rows of a VALUES list, 1 for DEFAULT VALUES, null for other sources. */
  readonly valuesCount: number | null;
}

/** Reads INSERT's head; its rows are translated by planner/translate. */
export function readInsert(statement: ParsedStatement): InsertRequest {
  if (statement.node === null || !('InsertStmt' in statement.node)) {
    throw new Error('not an INSERT statement');
  }
  const insert = statement.node.InsertStmt;
  return {
    schema: insert.relation?.schemaname,
    name: insert.relation?.relname ?? '',
    position: positionOf(statement.source, insert.relation?.location),
    columns: (insert.cols ?? []).map((column) => ('ResTarget' in column ? (column.ResTarget.name ?? '') : '')),
    valuesCount: valuesCount(insert.selectStmt),
  };
}

/** Rows of a VALUES list, 1 for DEFAULT VALUES, null for other sources. */
function valuesCount(source: Node | undefined): number | null {
  if (source === undefined) {
    return 1;
  }
  return 'SelectStmt' in source ? (source.SelectStmt.valuesLists?.length ?? null) : null;
}

/** PREPARE. */
export interface PrepareRequest {
  readonly name: string;
  readonly types: readonly TypeName[];
  readonly inner: ParsedStatement;
}

/** Reads PREPARE. */
export function readPrepare(statement: ParsedStatement): PrepareRequest {
  if (statement.node === null || !('PrepareStmt' in statement.node) || statement.node.PrepareStmt.query === undefined) {
    throw new Error('not a PREPARE statement');
  }
  const { name, argtypes, query } = statement.node.PrepareStmt;
  return {
    name: name ?? '',
    types: (argtypes ?? []).flatMap((node) => ('TypeName' in node ? [node.TypeName] : [])),
    inner: { ...statement, kind: statementKind(query), node: query },
  };
}
