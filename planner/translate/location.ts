import type { Node } from '../parse/syntax-tree.js';

/** Where an expression's node says it stands; undefined for nodes without a place. */
export function locationOf(node: Node): number | undefined {
  const body: unknown = Object.values(node)[0];
  if (typeof body !== 'object' || body === null) {
    return undefined;
  }
  const place = body as { readonly location?: unknown; readonly arg?: unknown };
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) {
    return locationOf(node.TypeCast.arg);
  }
  if ('A_Expr' in node && node.A_Expr.lexpr !== undefined) {
    return locationOf(node.A_Expr.lexpr);
  }
  return typeof place.location === 'number' ? place.location : 'A_Const' in node || 'ColumnRef' in node ? 0 : undefined;
}
