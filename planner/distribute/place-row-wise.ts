import type { FilterNode, ProjectionNode, UnnestNode } from '../plan/nodes.js';
import { afterConditions } from './estimate.js';
import { columnRange, keepColumns, onEachTask, type Placed } from './placed.js';

/** A filter works on each row by itself and stays with the rows, however they lie. */
export function placeFilter(node: FilterNode, input: Placed): Placed {
  return onEachTask(input, (piece) => ({
    plan: { ...node, input: piece.plan },
    layout: node.projection === null ? piece.layout : keepColumns(piece.layout, node.projection),
    estimate: afterConditions(piece.estimate, node.conditions),
  }));
}

/** A projection; partitioning stays known for the columns it hands on. */
export function placeProjection(node: ProjectionNode, input: Placed): Placed {
  const sources = node.expressions.map((expression) => (expression.kind === 'ref' ? expression.index : null));
  return onEachTask(input, (piece) => ({
    plan: { ...node, input: piece.plan },
    layout: keepColumns(piece.layout, sources),
    estimate: piece.estimate,
  }));
}

/** An unnest repeats its input's columns beside each element. */
export function placeUnnest(node: UnnestNode, input: Placed): Placed {
  return onEachTask(input, (piece) => ({
    plan: { ...node, input: piece.plan },
    layout: keepColumns(piece.layout, columnRange(0, piece.plan.output.length)),
    estimate: piece.estimate,
  }));
}
