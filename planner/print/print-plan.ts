import type { FragmentPiece } from '../fragment/staged-plan.js';
import type { PlanNode } from '../plan/nodes.js';
import { PrintContext } from './print-context.js';
import { printOperator } from './print-operator.js';
import { renderBlock } from './select-block.js';
import { indent, joinLines, line, type SqlLines } from './sql-text.js';

export { printExpression } from './print-expression.js';

/**
 * Prints a plan as one DuckDB query whose columns are c0..cn. Scans and stage inputs are holes: table expressions without
 * alias, a scan's with its `read` columns under their own names, a stage input's with c0..cn.
 */
export function printPlan(plan: PlanNode): readonly FragmentPiece[] {
  const context = new PrintContext();
  const body = renderBlock(printOperator(plan, context, null));
  return joinLines([...printCtes(context), ...body]);
}

function printCtes(context: PrintContext): SqlLines {
  return context.ctes.flatMap((cte, index) => [
    line(`${index === 0 ? 'WITH ' : ''}${cte.name} AS ${cte.isMaterialized ? '' : 'NOT '}MATERIALIZED (`),
    ...indent(cte.lines),
    line(index === context.ctes.length - 1 ? ')' : '),'),
  ]);
}

/** How holes are filled. */
export interface PieceFillers {
  /** The table expression, without alias, of a scan by its reference. */
  readonly scan: (reference: number) => string;
  /** The table expression, without alias, of an earlier stage's rows. */
  readonly exchange: (piece: Extract<FragmentPiece, { readonly kind: 'exchange' }>) => string;
}

/** Fills the holes of a printed plan. */
export function fillPieces(pieces: readonly FragmentPiece[], fillers: PieceFillers): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') {
        return piece;
      }
      switch (piece.kind) {
        case 'scan':
          return fillers.scan(piece.scan);
        case 'exchange':
          return fillers.exchange(piece);
        case 'partition':
          return '0';
      }
    })
    .join('');
}
