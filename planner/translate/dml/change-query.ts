import type { ParsedStatement } from '../../parse/statement.js';
import { positionOf } from '../../parse/statement.js';
import type { Node, RangeVar, ResTarget, SelectStmt } from '../../parse/syntax-tree.js';
import type { Relation } from '../../relation/relation.js';
import { SqlError } from '../../sql-error.js';
import { SQLSTATE } from '../../sqlstate.js';

/** Schema under which the environment knows the table to change, with the columns that say where its rows lie. */
export const TARGET_SCHEMA = '_sluice_target';

/** An UPDATE or DELETE, read. */
export interface ChangeRequest {
  readonly kind: 'update' | 'delete';
  readonly schema: string | undefined;
  readonly name: string;
  /** Where the table is named: 1-based characters of the statement. */
  readonly position: number | undefined;
  /** What the statement calls the table. */
  readonly alias: string;
  /** RETURNING's list; null without one. */
  readonly returning: readonly Node[] | null;
  /** True for a DELETE of every row. */
  readonly takesAll: boolean;
}

/** Reads UPDATE and DELETE. */
export function readChange(statement: ParsedStatement): ChangeRequest {
  const { node } = statement;
  if (node !== null && 'UpdateStmt' in node) {
    const { relation, returningClause } = node.UpdateStmt;
    return { kind: 'update', ...named(statement, relation), returning: returningClause?.exprs ?? null, takesAll: false };
  }
  if (node !== null && 'DeleteStmt' in node) {
    const { relation, returningClause, whereClause, usingClause, withClause } = node.DeleteStmt;
    const takesAll = whereClause === undefined && usingClause === undefined && withClause === undefined;
    return { kind: 'delete', ...named(statement, relation), returning: returningClause?.exprs ?? null, takesAll };
  }
  throw new Error('not an UPDATE or DELETE statement');
}

function named(statement: ParsedStatement, relation: RangeVar | undefined): Pick<ChangeRequest, 'schema' | 'name' | 'alias' | 'position'> {
  const name = relation?.relname ?? '';
  return { position: positionOf(statement.source, relation?.location), schema: relation?.schemaname, name, alias: relation?.alias?.aliasname ?? name };
}

/** What the values of a column's default are: a parsed expression, or null for NULL. */
export type DefaultOf = (column: string) => Node | null;

/**
 * The SELECT whose rows are what a DELETE takes away (where each row lies) or what an UPDATE puts in its place (where it lies,
 * then every column of the new row). A row that several rows of FROM match is there once.
 */
export function changeQuery(
  statement: ParsedStatement,
  table: Relation,
  location: readonly [file: string, position: string],
  defaultOf: DefaultOf,
): SelectStmt {
  const { node } = statement;
  if (node !== null && 'DeleteStmt' in node) {
    const { relation, usingClause, whereClause, withClause, returningClause } = node.DeleteStmt;
    const columns = returningClause === undefined ? [] : table.columns.map((each) => each.name);
    return select(
      relation,
      usingClause,
      whereClause,
      withClause,
      location,
      columns.map((name) => columnOfTarget(relation, name)),
    );
  }
  if (node !== null && 'UpdateStmt' in node) {
    const { relation, targetList, fromClause, whereClause, withClause } = node.UpdateStmt;
    const assigned = assignments(targetList ?? [], table, defaultOf);
    const values = table.columns.map(({ name }) => assigned.get(name) ?? columnOfTarget(relation, name));
    return select(relation, fromClause, whereClause, withClause, location, values);
  }
  throw new Error('not an UPDATE or DELETE statement');
}

function select(
  relation: RangeVar | undefined,
  from: readonly Node[] | undefined,
  where: Node | undefined,
  withClause: SelectStmt['withClause'],
  location: readonly [string, string],
  values: readonly Node[],
): SelectStmt {
  const places = location.map((name) => columnOfTarget(relation, name));
  const target: Node = { RangeVar: { ...relation, schemaname: TARGET_SCHEMA, alias: relation?.alias ?? { aliasname: relation?.relname ?? '' } } };
  return {
    targetList: [...places, ...values].map((val): Node => ({ ResTarget: { val } })),
    fromClause: [target, ...(from ?? [])],
    ...(where === undefined ? {} : { whereClause: where }),
    ...(withClause === undefined ? {} : { withClause }),
    ...(from === undefined || from.length === 0 ? {} : { distinctClause: places }),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
}

/** A column of the table that is changed, by the name the statement gives it. */
export function columnOfTarget(relation: RangeVar | undefined, name: string): Node {
  const alias = relation?.alias?.aliasname ?? relation?.relname ?? '';
  return { ColumnRef: { fields: [{ String: { sval: alias } }, { String: { sval: name } }], location: -1 } };
}

/** The values that SET gives columns, by name; 42703, 42601, 0A000 for what it cannot. */
export function assignments(targets: readonly Node[], table: Relation, defaultOf: DefaultOf): ReadonlyMap<string, Node> {
  const assigned = new Map<string, Node>();
  for (const target of targets) {
    if (!('ResTarget' in target)) {
      continue;
    }
    const { name = '', val, indirection } = target.ResTarget;
    if (!table.columns.some((each) => each.name === name)) {
      throw new SqlError(SQLSTATE.undefined_column, `column "${name}" of relation "${table.name}" does not exist`);
    }
    if (indirection !== undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'assigning to a part of a column is not supported');
    }
    if (assigned.has(name)) {
      throw new SqlError(SQLSTATE.syntax_error, `multiple assignments to same column "${name}"`);
    }
    assigned.set(name, withDefault(assignedValue(target.ResTarget, val), name, defaultOf));
  }
  return assigned;
}

function assignedValue(target: ResTarget, value: Node | undefined): Node {
  if (value === undefined) {
    throw new Error(`column ${target.name ?? ''} is assigned nothing`);
  }
  if (!('MultiAssignRef' in value)) {
    return value;
  }
  const { source, colno = 1, ncolumns } = value.MultiAssignRef;
  if (source === undefined || !('RowExpr' in source)) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'assigning several columns from a subquery is not supported', {
      hint: 'Use UPDATE ... FROM, or one subquery a column.',
    });
  }
  const args = source.RowExpr.args ?? [];
  const given = args[colno - 1];
  if (args.length !== ncolumns || given === undefined) {
    throw new SqlError(SQLSTATE.syntax_error, 'number of columns does not match number of values');
  }
  return given;
}

/** The value itself, or the column's default where DEFAULT stands. */
export function withDefault(value: Node, name: string, defaultOf: DefaultOf): Node {
  if (!('SetToDefault' in value)) {
    return value;
  }
  return defaultOf(name) ?? { A_Const: { isnull: true, location: -1 } };
}
