import type { Stage, StagedPlan } from '../../planner/fragment/staged-plan.js';

/** Bugs a planner could have: rows of one split are never read; equal keys are not brought together. */
export const PLANTED_BUGS: readonly string[] = ['lost-split', 'unpartitioned-hash'];

/** The plan with one of the bugs in it. */
export function spoilPlan(plan: StagedPlan, bug: string | undefined): StagedPlan {
  if (bug === 'lost-split') {
    return { ...plan, stages: plan.stages.map(loseSplit) };
  }
  if (bug === 'unpartitioned-hash') {
    return { ...plan, stages: plan.stages.map(dealRound) };
  }
  throw new Error(`PLANTED_BUG must be one of ${PLANTED_BUGS.join(', ')}, not ${bug}`);
}

function loseSplit(stage: Stage): Stage {
  return stage.tasks.kind === 'splits' && stage.tasks.splits.length > 1
    ? { ...stage, tasks: { kind: 'splits', splits: stage.tasks.splits.slice(0, -1) } }
    : stage;
}

function dealRound(stage: Stage): Stage {
  return stage.output.kind === 'hash' ? { ...stage, output: { ...stage.output, keys: [] } } : stage;
}
