import type { PlanNode } from '../plan/nodes.js';
import { checkPlan } from '../plan/check-plan.js';
import type { DistributedPlan, DistributeOptions } from './distributed-plan.js';
import { hasUnnamedField } from '../bind/read-type.js';
import { walkPlan } from '../plan/walk-plan.js';
import { findVolatile } from './find-volatile.js';
import { place } from './place.js';
import { placeResult } from './place-result.js';
import { totalBytes } from './place-scan.js';
import { PlacementContext } from './placement-context.js';
import { resolveHints, warn, type ResolvedHints } from './resolve-hints.js';
import { gather } from './exchange.js';
import { shareDelimJoins } from './share-delim-joins.js';

/** In auto mode, tables below this size are read by one task: DuckDB's own threads are faster than exchanges. */
const THRESHOLD_BYTES = 4 * 1024 * 1024 * 1024;

/** Decides what runs where: a plan with exchanges, or the plan as it is with the reason why it stays whole. */
export function distribute(plan: PlanNode, options: DistributeOptions): DistributedPlan {
  const hints = resolveHints(options.hints, options.references, options.blocks);
  const reason = reasonToStayWhole(plan, options, hints);
  const whole = (why: string): DistributedPlan => ({
    plan,
    whole: true,
    wholeReasons: [why],
    notices: [...hints.notices, ...unusedHints(hints)],
    shares: new Map(),
    coarseShares: new Map(),
    coalesces: false,
    splitsSkewed: false,
    skipsEmpty: false,
    ordered: false,
    resources: null,
    estimates: new Map(),
  });
  if (reason !== null) {
    return whole(reason);
  }
  const context = new PlacementContext(options, hints);
  const shared = shareDelimJoins(plan);
  checkPlan(shared.plan);
  context.resultOrder = orderOfResult(shared.plan);
  const placed = placeResult(place(shared.plan, context, shared.keysOfCte), shared.plan, context);
  // What no single stage can give to the client is brought together in one more.
  const result = placed.layout.kind === 'pieces' ? gather(placed, 'the result of several stages', context) : placed;
  checkPlan(result.plan);
  if (movesUnnamedFields(result.plan)) {
    return whole('rows of structs without field names cannot be moved between tasks');
  }
  context.estimates.set(result.plan, result.estimate.rows);
  return {
    plan: result.plan,
    whole: false,
    wholeReasons: [...context.reasons],
    notices: [...hints.notices, ...context.notices, ...unusedHints(hints)],
    shares: context.shares,
    coarseShares: context.coarseShares,
    coalesces: context.coalesces,
    splitsSkewed: context.splitsSkewed,
    skipsEmpty: context.isOn('skip-empty'),
    ordered: context.isResultOrdered,
    resources: hints.resources === null ? null : { threads: hints.resources.cpu, memoryBytes: hints.resources.memoryBytes },
    estimates: context.estimates,
  };
}

/** The ORDER BY that the client sees: only its tasks' rows follow each other. */
export function orderOfResult(plan: PlanNode): PlanNode | null {
  const inner = plan.kind === 'projection' ? plan.input : plan.kind === 'cte' ? plan.body : null;
  return plan.kind === 'order' ? plan : inner === null ? null : orderOfResult(inner);
}

/** Files between stages name every field, so ROW(1, 2) cannot go through one. */
export function movesUnnamedFields(plan: PlanNode): boolean {
  let found = false;
  walkPlan(plan, (node) => {
    found ||= node.kind === 'exchange' && node.output.some(hasUnnamedField);
  });
  return found;
}

function reasonToStayWhole(plan: PlanNode, options: DistributeOptions, hints: ResolvedHints): string | null {
  if (hints.isLocal) {
    return 'hint LOCAL';
  }
  const volatile = findVolatile(plan);
  if (volatile !== null) {
    return `${volatile}() must run exactly once`;
  }
  if (options.references.some((reference) => reference.relation.source.kind === 'system')) {
    return 'system catalogs are read by one task';
  }
  const bytes = totalBytes(options.references);
  const threshold = options.thresholdBytes ?? THRESHOLD_BYTES;
  if (options.mode === 'auto' && !hints.isDistributed && bytes < threshold) {
    return `its tables have ${bytes} bytes, and distribution starts at ${threshold}`;
  }
  return null;
}

/** Join hints that no join could take. */
function unusedHints(hints: ResolvedHints): ReturnType<typeof warn>[] {
  return [...hints.broadcasts.values(), ...hints.shuffles.values()]
    .filter((hint) => !hints.obeyed.has(hint))
    .map((hint) => warn(hint, `hint ${hint.kind.toUpperCase()} had no join to act on`));
}
