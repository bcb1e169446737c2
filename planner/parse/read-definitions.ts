import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { runScanner } from './parser-module.js';
import { stringOffset, textOffsets } from './position.js';
import type { QualifiedName } from './read-names.js';
import type { ParsedStatement } from './statement.js';
import { statementKind } from './statement.js';
import type { TypeName } from './syntax-tree.js';
import { stringValues } from './syntax-tree.js';

/** CREATE TABLE with the parts Sluice's temporary tables have; anything more is 0A000. */
export interface CreateTableRequest extends QualifiedName {
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: TypeName;
    readonly notNull: boolean;
  }[];
}

/** Reads CREATE TABLE. */
export function readCreateTable(statement: ParsedStatement): CreateTableRequest {
  if (statement.node === null || !('CreateStmt' in statement.node)) {
    throw new Error('not a CREATE TABLE statement');
  }
  const create = statement.node.CreateStmt;
  const columns = (create.tableElts ?? []).map((element) => {
    if (!('ColumnDef' in element) || element.ColumnDef.typeName === undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'table constraints and LIKE are not supported');
    }
    const kinds = (element.ColumnDef.constraints ?? []).map((constraint) => ('Constraint' in constraint ? (constraint.Constraint.contype ?? '') : ''));
    const other = kinds.find((kind) => kind !== 'CONSTR_NOTNULL' && kind !== 'CONSTR_NULL');
    if (other !== undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, `column constraint ${other.replace('CONSTR_', '').replaceAll('_', ' ')} is not supported`);
    }
    return {
      name: element.ColumnDef.colname ?? '',
      type: element.ColumnDef.typeName,
      notNull: kinds.includes('CONSTR_NOTNULL'),
    };
  });
  return {
    schema: create.relation?.schemaname,
    name: create.relation?.relname ?? '',
    temporary: create.relation?.relpersistence === 't',
    ifNotExists: create.if_not_exists === true,
    columns,
  };
}

/** CREATE TABLE ... AS and SELECT ... INTO. */
export interface CreateTableAsRequest extends QualifiedName {
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly withData: boolean;
  readonly columnNames: readonly string[];
  readonly inner: ParsedStatement;
}

/** Reads CREATE TABLE ... AS. */
export function readCreateTableAs(statement: ParsedStatement): CreateTableAsRequest {
  if (statement.node === null || !('CreateTableAsStmt' in statement.node) || statement.node.CreateTableAsStmt.query === undefined) {
    throw new Error('not a CREATE TABLE AS statement');
  }
  const { query, into, if_not_exists: ifNotExists, objtype } = statement.node.CreateTableAsStmt;
  if (objtype === 'OBJECT_MATVIEW') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'materialized views are not supported');
  }
  return {
    schema: into?.rel?.schemaname,
    name: into?.rel?.relname ?? '',
    temporary: into?.rel?.relpersistence === 't',
    ifNotExists: ifNotExists === true,
    withData: into?.skipData !== true,
    columnNames: stringValues(into?.colNames),
    inner: { ...statement, kind: statementKind(query), node: query },
  };
}

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
  /** Target columns, empty for all. */
  readonly columns: readonly string[];
  readonly hasReturning: boolean;
  readonly hasConflictClause: boolean;
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
    columns: (insert.cols ?? []).map((column) => ('ResTarget' in column ? (column.ResTarget.name ?? '') : '')),
    hasReturning: insert.returningClause !== undefined,
    hasConflictClause: insert.onConflictClause !== undefined,
  };
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
