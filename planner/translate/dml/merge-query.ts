import type { ParsedStatement } from '../../parse/statement.js';
import { positionOf } from '../../parse/statement.js';
import type { MergeStmt, Node, RangeVar, SelectStmt } from '../../parse/syntax-tree.js';
import type { Relation } from '../../relation/relation.js';
import { SqlError } from '../../sql-error.js';
import { SQLSTATE } from '../../sqlstate.js';
import type { DefaultOf } from './change-query.js';
import { TARGET_SCHEMA, assignments, columnOfTarget, withDefault } from './change-query.js';
import { allOf, andNode, caseNode, columnNode, integerNode, notNode, nullNode, nullTest, rangeVar, resTarget, selectNode, trueNode } from './syntax-nodes.js';

/** Schema under which the environment knows a source whose rows were read beforehand. */
export const SOURCE_SCHEMA = '_sluice_source';

/** Column of a source that says that there is a row of it, where an outer join must tell. */
const SOURCE_MARK = '_sluice_there';

/** What one WHEN clause does. */
export interface MergeClause {
  readonly match: 'matched' | 'not matched' | 'not matched by source';
  readonly action: 'update' | 'delete' | 'insert' | 'nothing';
  readonly condition: Node | null;
  /** Assignments of UPDATE, columns of INSERT. */
  readonly targets: readonly Node[];
  /** Values of INSERT; null for DEFAULT VALUES. */
  readonly values: readonly Node[] | null;
  readonly override: MergeOverride;
}

/** What INSERT says of values for identity columns. */
export type MergeOverride = 'none' | 'system' | 'user';

/** A MERGE, read. */
export interface MergeRequest {
  readonly schema: string | undefined;
  readonly name: string;
  /** What the statement calls the table. */
  readonly alias: string;
  readonly relation: RangeVar;
  readonly source: Node;
  readonly joinCondition: Node;
  /** In order; the action of a row is its clause's number, from 1. */
  readonly clauses: readonly MergeClause[];
  readonly withClause: SelectStmt['withClause'] | null;
  readonly returning: readonly Node[] | null;
}

/** Reads MERGE. */
export function readMerge(statement: ParsedStatement): MergeRequest {
  if (statement.node === null || !('MergeStmt' in statement.node)) {
    throw new Error('not a MERGE statement');
  }
  const { relation, sourceRelation, joinCondition, mergeWhenClauses, withClause, returningClause }: MergeStmt = statement.node.MergeStmt;
  if (relation === undefined || sourceRelation === undefined || joinCondition === undefined) {
    throw new Error('MERGE without its parts');
  }
  const name = relation.relname ?? '';
  return {
    schema: relation.schemaname,
    name,
    alias: relation.alias?.aliasname ?? name,
    relation,
    source: sourceRelation,
    joinCondition,
    clauses: readClauses(mergeWhenClauses ?? []),
    withClause: withClause ?? null,
    returning: returningClause?.exprs ?? null,
  };
}

function readClauses(nodes: readonly Node[]): readonly MergeClause[] {
  const clauses: MergeClause[] = [];
  const closed = new Set<MergeClause['match']>();
  for (const node of nodes) {
    if (!('MergeWhenClause' in node)) {
      continue;
    }
    const { matchKind, commandType, condition, targetList, values, override } = node.MergeWhenClause;
    const match = MATCHES.get(matchKind ?? '') ?? 'matched';
    if (closed.has(match)) {
      throw new SqlError(SQLSTATE.syntax_error, 'unreachable WHEN clause specified after unconditional WHEN clause');
    }
    if (condition === undefined) {
      closed.add(match);
    }
    clauses.push({
      match,
      action: ACTIONS.get(commandType ?? '') ?? 'nothing',
      condition: condition ?? null,
      targets: targetList ?? [],
      values: values ?? null,
      override: override === 'OVERRIDING_SYSTEM_VALUE' ? 'system' : override === 'OVERRIDING_USER_VALUE' ? 'user' : 'none',
    });
  }
  return clauses;
}

const MATCHES: ReadonlyMap<string, MergeClause['match']> = new Map([
  ['MERGE_WHEN_MATCHED', 'matched'],
  ['MERGE_WHEN_NOT_MATCHED_BY_SOURCE', 'not matched by source'],
  ['MERGE_WHEN_NOT_MATCHED_BY_TARGET', 'not matched'],
]);

const ACTIONS: ReadonlyMap<string, MergeClause['action']> = new Map([
  ['CMD_UPDATE', 'update'],
  ['CMD_DELETE', 'delete'],
  ['CMD_INSERT', 'insert'],
]);

/**
 * A query of rows for a table, several sets of its columns side by side: a row takes the set of its action. Its columns are
 * the row's place (file, position), its action (0 for none), then the sets.
 */
export interface ActionQuery {
  readonly select: SelectStmt;
  /** The action that takes each set. */
  readonly setActions: readonly number[];
}

/** The rows of the table that the source matches, or that it does not: those that are updated or deleted. */
export function matchedQuery(request: MergeRequest, table: Relation, location: readonly [string, string], defaultOf: DefaultOf): ActionQuery {
  const numbered = request.clauses.map((clause, index) => ({ clause, number: index + 1 }));
  const own = numbered.filter(({ clause }) => clause.match !== 'not matched');
  const bySource = own.some(({ clause }) => clause.match === 'not matched by source');
  const sourceName = nameOfSource(request.source);
  if (bySource && sourceName === null) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'WHEN NOT MATCHED BY SOURCE needs a source with a name');
  }
  const mark = bySource ? columnNode(sourceName ?? '', SOURCE_MARK) : null;
  const tests = own.map(({ clause, number }) => {
    const there = mark === null ? trueNode() : nullTest(mark, clause.match === 'matched' ? 'is not null' : 'is null');
    return { clause, number, test: clause.condition === null ? there : andNode([there, clause.condition]) };
  });
  const action = caseNode(
    tests.map(({ clause, number, test }) => ({ when: test, result: integerNode(clause.action === 'nothing' ? 0 : number) })),
    integerNode(0),
  );
  const writing = tests.filter(({ clause }) => clause.action === 'update' || (clause.action === 'delete' && request.returning !== null));
  const sets = writing.map(({ clause, test, number }) => {
    const before = tests.filter((other) => other.number < number).map((other) => other.test);
    const assigned = clause.action === 'update' ? assignments(clause.targets, table, defaultOf) : new Map<string, Node>();
    return table.columns.map(({ name }) => {
      const value = assigned.get(name);
      return value === undefined ? columnOfTarget(request.relation, name) : guarded(value, before, mark === null && clause.condition === null ? null : test);
    });
  });
  const target: Node = { RangeVar: { ...request.relation, schemaname: TARGET_SCHEMA, alias: { aliasname: request.alias } } };
  const join: Node = {
    JoinExpr: {
      jointype: bySource ? 'JOIN_LEFT' : 'JOIN_INNER',
      larg: target,
      rarg: bySource ? marked(request.source, sourceName ?? '') : request.source,
      quals: request.joinCondition,
    },
  };
  const places = location.map((name) => columnOfTarget(request.relation, name));
  const values = [...places, action, ...sets.flat()];
  return { select: selectNode(values.map(resTarget), [join], null, request.withClause), setActions: writing.map(({ number }) => number) };
}

/** The rows of the source that match none of the table's: those that are inserted. */
export function notMatchedQuery(statement: ParsedStatement, request: MergeRequest, table: Relation, defaultOf: DefaultOf): ActionQuery {
  const own = request.clauses.map((clause, index) => ({ clause, number: index + 1 })).filter(({ clause }) => clause.match === 'not matched');
  const action = caseNode(
    own.map(({ clause, number }) => ({ when: clause.condition ?? trueNode(), result: integerNode(clause.action === 'insert' ? number : 0) })),
    integerNode(0),
  );
  const writing = own.filter(({ clause }) => clause.action === 'insert');
  const sets = writing.map(({ clause, number }) => {
    const before = own.filter((other) => other.number < number).map((other) => other.clause.condition ?? trueNode());
    const given = insertedValues(statement, clause, table, defaultOf);
    return table.columns.map(({ name }) => guarded(given.get(name) ?? defaultOf(name) ?? nullNode(), before, clause.condition));
  });
  const target: Node = { RangeVar: { ...request.relation, schemaname: TARGET_SCHEMA, alias: { aliasname: request.alias } } };
  const matching: Node = { SelectStmt: selectNode([resTarget(integerNode(1))], [target], request.joinCondition, null) };
  const none = notNode({ SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: matching } });
  const values = [nullNode(), nullNode(), action, ...sets.flat()];
  return { select: selectNode(values.map(resTarget), [request.source], none, request.withClause), setActions: writing.map(({ number }) => number) };
}

/** The columns that an INSERT clause gives values, DEFAULT left out; 42601, 42703 as for INSERT. */
export function insertedValues(statement: ParsedStatement, clause: MergeClause, table: Relation, defaultOf: DefaultOf): ReadonlyMap<string, Node> {
  const names = clause.targets.length === 0 ? table.columns.map(({ name }) => name) : clause.targets.map((node) => targetName(statement, node, table));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new SqlError(SQLSTATE.duplicate_column, `column "${twice}" specified more than once`);
  }
  const values = clause.values ?? [];
  if (values.length > names.length) {
    throw new SqlError(SQLSTATE.syntax_error, 'INSERT has more expressions than target columns');
  }
  if (clause.values !== null && clause.targets.length > 0 && values.length < names.length) {
    throw new SqlError(SQLSTATE.syntax_error, 'INSERT has more target columns than expressions');
  }
  return new Map(
    values.flatMap((value, index): readonly (readonly [string, Node])[] => {
      const name = names[index] ?? '';
      return 'SetToDefault' in value ? [] : [[name, withDefault(value, name, defaultOf)]];
    }),
  );
}

function targetName(statement: ParsedStatement, node: Node, table: Relation): string {
  const name = 'ResTarget' in node ? (node.ResTarget.name ?? '') : '';
  if (!table.columns.some((column) => column.name === name)) {
    const position = 'ResTarget' in node ? positionOf(statement.source, node.ResTarget.location) : undefined;
    throw new SqlError(SQLSTATE.undefined_column, `column "${name}" of relation "${table.name}" does not exist`, position === undefined ? {} : { position });
  }
  return name;
}

/**
 * A value that is computed for the rows of its clause only (those that pass `test`, null for all, and none of the clauses `before`), so
 * that it cannot fail for others. Constants cannot fail, and keep their open type.
 */
function guarded(value: Node, before: readonly Node[], test: Node | null): Node {
  const isConstant = 'A_Const' in value || 'ParamRef' in value;
  if (isConstant || (test === null && before.length === 0)) {
    return value;
  }
  return caseNode([...before.map((when) => ({ when, result: nullNode() })), { when: test ?? trueNode(), result: value }], null);
}

/** The name by which a statement knows its source; null for a join without one. */
export function nameOfSource(source: Node): string | null {
  if ('RangeVar' in source) {
    return source.RangeVar.alias?.aliasname ?? source.RangeVar.relname ?? null;
  }
  if ('RangeSubselect' in source) {
    return source.RangeSubselect.alias?.aliasname ?? null;
  }
  if ('RangeFunction' in source) {
    return source.RangeFunction.alias?.aliasname ?? null;
  }
  return 'JoinExpr' in source ? (source.JoinExpr.alias?.aliasname ?? null) : null;
}

/** The source with a column that is true in each row of it. */
function marked(source: Node, name: string): Node {
  const mark: Node = { ResTarget: { name: SOURCE_MARK, val: trueNode() } };
  return { RangeSubselect: { subquery: { SelectStmt: selectNode([allOf(), mark], [source], null, null) }, alias: { aliasname: name } } };
}

/** A source that was read beforehand, by the name the statement gives it. */
export function sourceRead(name: string): Node {
  return rangeVar(SOURCE_SCHEMA, name);
}
