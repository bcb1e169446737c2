import { randomUUID } from 'node:crypto';
import type { CopyEncoding } from '../../executor/encode/copy-encoding.js';
import type { StagedResult, StageRunOptions } from '../../executor/stages/options.js';
import type { DistributedPlan, DistributeOptions } from '../../planner/distribute/distributed-plan.js';
import { distribute } from '../../planner/distribute/distribute.js';
import { readPlan } from '../../planner/bind/read-plan.js';
import { cutIntoStages } from '../../planner/fragment/cut-into-stages.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { PlanNode, ReadPlanResult } from '../../planner/plan/nodes.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import type { QueryContext } from './query-context.js';
import type { ParameterConstants } from './whole-query.js';
import { outputOf, stubSql } from './whole-query.js';

/** A query after the distributed planner, or the reason why it runs whole; either way with what the planner has to tell the client. */
export type PlannedQuery =
  | {
      readonly kind: 'staged';
      readonly logical: PlanNode;
      readonly distributed: DistributedPlan;
      readonly staged: StagedPlan;
      readonly notices: readonly SqlNotice[];
    }
  | { readonly kind: 'whole'; readonly reason: string; readonly notices: readonly SqlNotice[] };

/** Binds the query over stubs, reads DuckDB's plan, places the exchanges, cuts it into stages. */
export async function planQuery(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  mode: 'auto' | 'distributed',
): Promise<PlannedQuery> {
  const logical = await bindQuery(context, query, parameters);
  if (logical.kind === 'unknown') {
    return { kind: 'whole', reason: logical.reason, notices: [] };
  }
  const distributed = distribute(logical.plan, {
    references: query.references,
    hints: query.hints,
    blocks: query.blocks,
    ...(query.columns === null ? {} : { outputNames: query.columns.map((column) => column.name) }),
    mode,
    ...distributeSettings(context),
  });
  if (distributed.whole) {
    // One task is the whole query: it then runs as it was translated, with all of DuckDB's threads.
    return { kind: 'whole', reason: distributed.wholeReasons.join('; '), notices: distributed.notices };
  }
  const staged = cutIntoStages(distributed, { references: query.references, parallelism: context.pool.parallelism });
  return { kind: 'staged', logical: logical.plan, distributed, staged, notices: distributed.notices };
}

/** What the session's settings and the engine say of distribution. */
export function distributeSettings(
  context: Pick<QueryContext, 'setting' | 'pool'>,
): Pick<DistributeOptions, 'parallelism' | 'partitionCount' | 'broadcastByteLimit' | 'thresholdBytes' | 'rulesOff'> {
  const partitions = Number(context.setting('sluice.partitions'));
  const disabledRules = context.setting('sluice.disabled_rules');
  return {
    parallelism: context.pool.parallelism,
    partitionCount: partitions === 0 ? null : partitions,
    broadcastByteLimit: Number(context.setting('sluice.broadcast_limit')),
    thresholdBytes: Number(context.setting('sluice.distribute_threshold')),
    rulesOff: new Set(disabledRules === '' ? [] : disabledRules.split(',').map((rule) => rule.trim())),
  };
}

/**
 * DuckDB's optimized logical plan of the query. Where DuckDB fails to give one (its serializer has faults of its own), the
 * query runs whole: what is wrong with the query itself is then reported by that run.
 */
export async function bindQuery(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants): Promise<ReadPlanResult> {
  const sql = await stubSql(context, query, parameters);
  try {
    return readPlan(await context.binder.plan(sql, context.setting('TimeZone')));
  } catch (error) {
    if (error instanceof SqlError && error.sqlstate !== SQLSTATE.crash_shutdown) {
      return { kind: 'unknown', reason: `DuckDB gives no plan of it: ${error.message}${error.detail === undefined ? '' : ` (${error.detail})`}` };
    }
    throw error;
  }
}

/** Runs a staged plan and streams its last stage's rows. */
export function runStaged(
  context: QueryContext,
  query: TranslatedQuery,
  staged: StagedPlan,
  formats: readonly ('text' | 'binary')[],
  signal: AbortSignal,
  copy?: CopyEncoding,
): Promise<StagedResult> {
  const encoding = copy === undefined ? {} : { copy };
  return context.pool.runStaged(
    staged,
    { ...outputOf(query, formats), ...encoding, ...taskSettings(context), settings: context.outputSettings(), queryId: randomUUID() },
    signal,
  );
}

/** What the session says of its queries' tasks. */
export function taskSettings(context: Pick<QueryContext, 'setting'>): Pick<StageRunOptions, 'taskRetries' | 'speculation'> {
  const retries = Number(context.setting('sluice.task_retries'));
  const speculation = context.setting('sluice.speculation');
  return {
    ...(retries < 0 ? {} : { taskRetries: retries }),
    ...(speculation === 'off' || speculation === 'aggressive' ? { speculation } : {}),
  };
}
