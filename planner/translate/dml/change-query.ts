import type { ParsedStatement } from '../../parse/statement.js';
import { positionOf } from '../../parse/statement.js';
import type { Node, RangeVar, ResTarget, SelectStmt } from '../../parse/syntax-tree.js';
import type { Relation } from '../../relation/relation.js';
import { SqlError } from '../../sql-error.js';
import { SQLSTATE } from '../../sqlstate.js';
import { columnNode } from './syntax-nodes.js';

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
  /** What RETURNING may name besides the table: the items of FROM or USING, by the names they have there. Empty without RETURNING. */
  readonly sources: readonly string[];
}

/** Reads UPDATE and DELETE. */
export function readChange(statement: ParsedStatement): ChangeRequest {
  const { node } = statement;
  if (node !== null && 'UpdateStmt' in node) {
    const { relation, returningClause, fromClause } = node.UpdateStmt;
    const returning = returningClause?.exprs ?? null;
    return { kind: 'update', ...named(statement, relation), returning, takesAll: false, sources: returning === null ? [] : namesOfSources(fromClause) };
  }
  if (node !== null && 'DeleteStmt' in node) {
    const { relation, returningClause, whereClause, usingClause, withClause } = node.DeleteStmt;
    const takesAll = whereClause === undefined && usingClause === undefined && withClause === undefined;
    const returning = returningClause?.exprs ?? null;
    return { kind: 'delete', ...named(statement, relation), returning, takesAll, sources: returning === null ? [] : namesOfSources(usingClause) };
  }
  throw new Error('not an UPDATE or DELETE statement');
}

function named(statement: ParsedStatement, relation: RangeVar | undefined): Pick<ChangeRequest, 'schema' | 'name' | 'alias' | 'position'> {
  const name = relation?.relname ?? '';
  return { position: positionOf(statement.source, relation?.location), schema: relation?.schemaname, name, alias: relation?.alias?.aliasname ?? name };
}

function namesOfSources(items: readonly Node[] | undefined): readonly string[] {
  return (items ?? []).flatMap((item): readonly string[] => {
    if ('RangeVar' in item) {
      return [item.RangeVar.alias?.aliasname ?? item.RangeVar.relname ?? ''];
    }
    if ('RangeSubselect' in item) {
      return item.RangeSubselect.alias?.aliasname === undefined ? [] : [item.RangeSubselect.alias.aliasname];
    }
    if ('RangeFunction' in item) {
      return item.RangeFunction.alias?.aliasname === undefined ? [] : [item.RangeFunction.alias.aliasname];
    }
    if ('JoinExpr' in item) {
      const { alias, larg, rarg } = item.JoinExpr;
      return alias?.aliasname === undefined ? namesOfSources([larg, rarg].filter((side) => side !== undefined)) : [alias.aliasname];
    }
    return [];
  });
}

/** A column of FROM or USING, by the names it has there. */
export interface SourceColumn {
  readonly source: string;
  readonly name: string;
}

/** The SELECT that has all columns of one item of FROM or USING. */
export function sourceQuery(statement: ParsedStatement, source: string): SelectStmt {
  const all: Node = { ColumnRef: { fields: [{ String: { sval: source } }, { A_Star: {} }], location: -1 } };
  const { relation, from, where, withClause } = partsOf(statement);
  return select(relation, from, where, withClause, [], [all]);
}

interface ChangeParts {
  readonly relation: RangeVar | undefined;
  readonly from: readonly Node[] | undefined;
  readonly where: Node | undefined;
  readonly withClause: SelectStmt['withClause'];
}

function partsOf({ node }: ParsedStatement): ChangeParts {
  if (node !== null && 'DeleteStmt' in node) {
    const { relation, usingClause, whereClause, withClause } = node.DeleteStmt;
    return { relation, from: usingClause, where: whereClause, withClause };
  }
  if (node !== null && 'UpdateStmt' in node) {
    const { relation, fromClause, whereClause, withClause } = node.UpdateStmt;
    return { relation, from: fromClause, where: whereClause, withClause };
  }
  throw new Error('not an UPDATE or DELETE statement');
}

/** What the values of a column's default are: a parsed expression, or null for NULL. */
export type DefaultOf = (column: string) => Node | null;

/**
 * The SELECT whose rows are what a DELETE takes away (where each row lies) or what an UPDATE puts in its place (where it lies,
 * then every column of the new row), with columns of FROM or USING between the two. A row that several rows of FROM match is
 * there once.
 */
export function changeQuery(
  statement: ParsedStatement,
  table: Relation,
  location: readonly [file: string, position: string],
  sources: readonly SourceColumn[],
  defaultOf: DefaultOf,
): SelectStmt {
  const { node } = statement;
  const { relation, from, where, withClause } = partsOf(statement);
  const values = node !== null && 'UpdateStmt' in node ? updatedValues(node.UpdateStmt, table, defaultOf) : deletedValues(node, table, relation);
  const given = sources.map(({ source, name }) => columnNode(source, name));
  return select(relation, from, where, withClause, location, [...given, ...values]);
}

function updatedValues({ relation, targetList }: Extract<Node, { UpdateStmt: unknown }>['UpdateStmt'], table: Relation, defaultOf: DefaultOf): readonly Node[] {
  const assigned = assignments(targetList ?? [], table, defaultOf);
  return table.columns.map(({ name }) => assigned.get(name) ?? columnOfTarget(relation, name));
}

function deletedValues(node: Node | null, table: Relation, relation: RangeVar | undefined): readonly Node[] {
  const isReturned = node !== null && 'DeleteStmt' in node && node.DeleteStmt.returningClause !== undefined;
  return isReturned ? table.columns.map(({ name }) => columnOfTarget(relation, name)) : [];
}

function select(
  relation: RangeVar | undefined,
  from: readonly Node[] | undefined,
  where: Node | undefined,
  withClause: SelectStmt['withClause'],
  location: readonly string[],
  values: readonly Node[],
): SelectStmt {
  const places = location.map((name) => columnOfTarget(relation, name));
  const target: Node = { RangeVar: { ...relation, schemaname: TARGET_SCHEMA, alias: relation?.alias ?? { aliasname: relation?.relname ?? '' } } };
  return {
    targetList: [...places, ...values].map((val): Node => ({ ResTarget: { val } })),
    fromClause: [target, ...(from ?? [])],
    ...(where === undefined ? {} : { whereClause: where }),
    ...(withClause === undefined ? {} : { withClause }),
    ...(places.length === 0 || from === undefined || from.length === 0 ? {} : { distinctClause: places }),
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
