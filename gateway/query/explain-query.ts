import { explainDistributed } from '../../planner/explain/explain-distributed.js';
import { explainFragments } from '../../planner/explain/explain-fragments.js';
import { explainLogical } from '../../planner/print/explain-logical.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import type { PlannedQuery } from './planned-query.js';
import { bindQuery } from './planned-query.js';
import type { QueryContext } from './query-context.js';
import type { ParameterConstants } from './whole-query.js';
import { wholeSql } from './whole-query.js';

type Staged = Extract<PlannedQuery, { readonly kind: 'staged' }>;

/** DuckDB's optimized logical plan as a tree of lines. */
export async function explainLogicalPlan(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants): Promise<readonly string[]> {
  const result = await bindQuery(context, query, parameters);
  if (result.kind === 'unknown') {
    return [`DuckDB's plan holds something Sluice does not know: ${result.reason}`];
  }
  return explainLogical(result.plan, (index) => query.references[index]?.alias ?? `reference ${index}`);
}

/** A query that runs as one fragment, with the reason. */
export function explainWhole(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  reason: string,
  level: 'distributed' | 'fragments',
): readonly string[] {
  if (level === 'fragments') {
    return ['-- Stage 1: 1 task', ...withoutRoot(context, wholeSql(query, parameters).split('\n'))];
  }
  const scans = query.references.map(
    (reference) => `  Scan ${reference.alias}${reference.alias === reference.relation.name ? '' : ` (${reference.relation.name})`}`,
  );
  return ['Stage 1 whole query, 1 task -> client', ...scans, `Not distributed: ${reason}`];
}

/** Stages, exchanges and their reasons. */
export function explainDistribution(context: QueryContext, query: TranslatedQuery, planned: Staged): readonly string[] {
  return withoutRoot(context, explainDistributed(planned.staged, planned.distributed, { references: query.references }));
}

/** Each stage's SQL. */
export function explainFragmentSql(context: QueryContext, planned: Staged): readonly string[] {
  return withoutRoot(context, explainFragments(planned.staged));
}

/** Paths are shown relative to the data root: shorter, and the same on every machine. */
function withoutRoot(context: QueryContext, lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(`${context.dataRoot}/`, ''));
}
