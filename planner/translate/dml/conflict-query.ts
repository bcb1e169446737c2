import type { ParsedStatement } from '../../parse/statement.js';
import type { Node, RangeVar } from '../../parse/syntax-tree.js';
import type { Relation } from '../../relation/relation.js';
import { SqlError } from '../../sql-error.js';
import { SQLSTATE } from '../../sqlstate.js';
import { TARGET_SCHEMA, columnOfTarget } from './change-query.js';
import type { ActionQuery, MergeRequest } from './merge-query.js';
import { sourceRead } from './merge-query.js';
import { andNode, columnNode, equalNode, integerNode, notNode, nullNode, nullTest, orNode, rangeVar, resTarget, selectNode } from './syntax-nodes.js';

/** The name of the rows that were to be inserted. */
export const EXCLUDED = 'excluded';

/** Column with the order of the rows, where they have one. */
export const EXCLUDED_ORDER = '_sluice_order';

/** An ON CONFLICT clause, read. */
export interface ConflictRequest {
  readonly action: 'nothing' | 'update';
  /** The key it names: by its columns, by its constraint, or not at all. */
  readonly target: { readonly kind: 'columns'; readonly columns: readonly string[] } | { readonly kind: 'constraint'; readonly name: string } | null;
  readonly assignments: readonly Node[];
  readonly where: Node | null;
}

/** Reads INSERT's ON CONFLICT; null without one. */
export function readConflict(statement: ParsedStatement): ConflictRequest | null {
  const insert = statement.node !== null && 'InsertStmt' in statement.node ? statement.node.InsertStmt : undefined;
  const clause = insert?.onConflictClause;
  if (clause === undefined) {
    return null;
  }
  const { infer, action, targetList, whereClause } = clause;
  if (infer?.whereClause !== undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'ON CONFLICT with a condition on its key is not supported: there are no partial indexes');
  }
  const columns = (infer?.indexElems ?? []).map((node) => {
    const name = 'IndexElem' in node ? node.IndexElem.name : undefined;
    if (name === undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'ON CONFLICT over expressions is not supported');
    }
    return name;
  });
  return {
    action: action === 'ONCONFLICT_UPDATE' ? 'update' : 'nothing',
    target: infer?.conname !== undefined ? { kind: 'constraint', name: infer.conname } : columns.length > 0 ? { kind: 'columns', columns } : null,
    assignments: targetList ?? [],
    where: whereClause ?? null,
  };
}

/** DO UPDATE as a MERGE of the excluded rows whose key is there. */
export function conflictMerge(statement: ParsedStatement, conflict: ConflictRequest, key: readonly string[]): MergeRequest {
  const insert = statement.node !== null && 'InsertStmt' in statement.node ? statement.node.InsertStmt : undefined;
  const relation: RangeVar = insert?.relation ?? {};
  const name = relation.relname ?? '';
  return {
    schema: relation.schemaname,
    name,
    alias: relation.alias?.aliasname ?? name,
    relation,
    source: sourceRead(EXCLUDED),
    joinCondition: sameKey(relation, key),
    clauses: [
      {
        match: 'matched',
        action: 'update',
        condition: conflict.where,
        targets: conflict.assignments,
        values: null,
        override: 'none',
      },
    ],
    withClause: null,
    returning: insert?.returningClause?.exprs ?? null,
  };
}

/** The excluded rows whose keys are not there, of those with the same key the first. Their action is 1. */
export function unconflictedQuery(
  request: MergeRequest,
  table: Relation,
  keys: readonly (readonly string[])[],
  ordered: boolean,
  keepsFirst: boolean,
): ActionQuery {
  const { relation } = request;
  const ranks = keepsFirst ? keys.map((key, index) => ({ key, name: `_sluice_rank_${index}` })) : [];
  const target: Node = { RangeVar: { ...relation, schemaname: TARGET_SCHEMA, alias: { aliasname: request.alias } } };
  const free = keys.map((key) => {
    const matching: Node = { SelectStmt: selectNode([resTarget(integerNode(1))], [target], sameKey(relation, key), null) };
    return notNode({ SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: matching } });
  });
  const first = ranks.map(({ key, name }) =>
    orNode([equalNode(columnNode(EXCLUDED, name), integerNode(1)), ...key.map((column) => nullTest(columnNode(EXCLUDED, column), 'is null'))]),
  );
  const conditions = [...free, ...first];
  const values = [nullNode(), nullNode(), integerNode(1), ...table.columns.map(({ name }) => columnNode(EXCLUDED, name))];
  const source = ranks.length === 0 ? request.source : ranked(table, ranks, ordered);
  return { select: selectNode(values.map(resTarget), [source], conditions.length === 0 ? null : andNode(conditions), null), setActions: [1] };
}

function ranked(table: Relation, ranks: readonly { readonly key: readonly string[]; readonly name: string }[], ordered: boolean): Node {
  const inner = 'rows';
  const columns = table.columns.map(({ name }): Node => ({ ResTarget: { val: columnNode(inner, name) } }));
  const numbers = ranks.map(({ key, name }): Node => {
    const over = {
      partitionClause: key.map((column) => columnNode(inner, column)),
      ...(ordered
        ? {
            orderClause: [
              { SortBy: { node: columnNode(inner, EXCLUDED_ORDER), sortby_dir: 'SORTBY_DEFAULT' as const, sortby_nulls: 'SORTBY_NULLS_DEFAULT' as const } },
            ],
          }
        : {}),
      frameOptions: 1058,
      location: -1,
    };
    return {
      ResTarget: { name, val: { FuncCall: { funcname: [{ String: { sval: 'row_number' } }], over, funcformat: 'COERCE_EXPLICIT_CALL', location: -1 } } },
    };
  });
  const from = sourceRead(EXCLUDED);
  const aliased: Node = 'RangeVar' in from ? { RangeVar: { ...from.RangeVar, alias: { aliasname: inner } } } : rangeVar('', inner);
  return { RangeSubselect: { subquery: { SelectStmt: selectNode([...columns, ...numbers], [aliased], null, null) }, alias: { aliasname: EXCLUDED } } };
}

function sameKey(relation: RangeVar, key: readonly string[]): Node {
  return andNode(key.map((name) => equalNode(columnOfTarget(relation, name), columnNode(EXCLUDED, name))));
}
