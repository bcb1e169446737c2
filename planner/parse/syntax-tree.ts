import type { Node } from 'libpg-query';

/** Nodes of Postgres's own syntax tree, as libpg-query gives them. Fields that hold their type's zero value are left out by it. */
export type {
  A_Const as Constant,
  A_Expr as OperatorExpression,
  A_Indirection as Indirection,
  AlterTableCmd,
  ColumnDef,
  CommonTableExpr,
  Constraint,
  CopyStmt,
  CreateStmt,
  CreateTableAsStmt,
  DefElem,
  DropStmt,
  ExplainStmt,
  FuncCall,
  InsertStmt,
  JoinExpr,
  MergeStmt,
  Node,
  PartitionSpec,
  RangeFunction,
  RangeSubselect,
  RangeVar,
  ResTarget,
  RoleSpec,
  SelectStmt,
  SortBy,
  SubLink,
  TypeName,
  ViewStmt,
  WindowDef,
  WithClause,
} from 'libpg-query';

/** The name of the one key a node object has. */
export function nodeTag(node: Node): string {
  return Object.keys(node)[0] ?? '';
}

/** The texts of a list of String nodes: qualified names, column lists. Other nodes (a star) are left out. */
export function stringValues(nodes: readonly Node[] | undefined): readonly string[] {
  const values: string[] = [];
  for (const node of nodes ?? []) {
    if ('String' in node) {
      values.push(node.String.sval ?? '');
    }
  }
  return values;
}

/** The items of a List node, or the node itself as a list of one. */
export function listItems(node: Node | undefined): readonly Node[] {
  if (node === undefined) {
    return [];
  }
  return 'List' in node ? (node.List.items ?? []) : [node];
}

/** The text of a constant or a name as SET, COPY and EXPLAIN options give them; undefined for anything else. */
export function scalarText(node: Node | undefined): string | undefined {
  if (node === undefined) {
    return undefined;
  }
  if ('String' in node) {
    return node.String.sval ?? '';
  }
  if ('Integer' in node) {
    return String(node.Integer.ival ?? 0);
  }
  if ('Float' in node) {
    return node.Float.fval ?? '0';
  }
  if ('Boolean' in node) {
    return node.Boolean.boolval === true ? 'true' : 'false';
  }
  if ('A_Const' in node) {
    const constant = node.A_Const;
    if (constant.sval !== undefined) {
      return constant.sval.sval ?? '';
    }
    if (constant.ival !== undefined) {
      return String(constant.ival.ival ?? 0);
    }
    if (constant.fval !== undefined) {
      return constant.fval.fval ?? '0';
    }
    return constant.boolval === undefined ? undefined : constant.boolval.boolval === true ? 'true' : 'false';
  }
  if ('TypeName' in node) {
    return stringValues(node.TypeName.names).at(-1);
  }
  return undefined;
}
