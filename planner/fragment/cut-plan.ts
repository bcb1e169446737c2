import type { DistributedPlan } from '../distribute/distributed-plan.js';
import type { Distribution, ExchangeNode, PlanNode, StageInputNode } from '../plan/nodes.js';
import { children, withChildren } from '../plan/plan-children.js';

/** A stage as a plan: its leaves are scans, constants, and inputs from earlier stages. */
export interface CutStage {
  readonly id: number;
  readonly plan: PlanNode;
  /** How its rows are handed on and why; null for the last stage. */
  readonly exchange: { readonly distribution: Distribution; readonly reason: string } | null;
  /** Estimated rows it gives. */
  readonly estimatedRows: number | null;
}

/**
 * Cuts a plan at its exchanges, stages in an order in which each comes after those it reads. An exchange node that
 * occurs several times (by identity) is one stage with several readers.
 */
export function cutPlan(distributed: DistributedPlan): readonly CutStage[] {
  const stages: CutStage[] = [];
  const stageOf = new Map<ExchangeNode, number>();
  const add = (plan: PlanNode, original: PlanNode, exchange: CutStage['exchange']): number => {
    const id = stages.length + 1;
    stages.push({ id, plan, exchange, estimatedRows: distributed.estimates.get(original) ?? null });
    return id;
  };
  const cut = (node: PlanNode): PlanNode => {
    if (node.kind !== 'exchange') {
      const inputs = children(node);
      const after = inputs.map(cut);
      return after.every((input, index) => input === inputs[index]) ? node : withChildren(node, after);
    }
    const known = stageOf.get(node);
    const stage = known ?? add(cut(node.input), node, { distribution: node.distribution, reason: node.reason });
    stageOf.set(node, stage);
    const input: StageInputNode = { kind: 'stage_input', stage, output: node.output };
    return input;
  };
  add(cut(distributed.plan), distributed.plan, null);
  return stages;
}
