import type { ExplainDocument } from '../../planner/explain/explain-document.js';
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
export async function explainLogicalPlan(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants): Promise<ExplainDocument> {
  const result = await bindQuery(context, query, parameters);
  if (result.kind === 'unknown') {
    return { kind: 'outline', lines: [`DuckDB's plan holds something Sluice does not know: ${result.reason}`] };
  }
  return { kind: 'outline', lines: explainLogical(result.plan, (index) => query.references[index]?.alias ?? `reference ${index}`) };
}

/** A query that runs as one fragment, with the reason. */
export function explainWhole(query: TranslatedQuery, parameters: ParameterConstants, reason: string, level: 'distributed' | 'fragments'): ExplainDocument {
  if (level === 'fragments') {
    return { kind: 'fragments', fragments: [{ stage: 1, taskCount: 1, sql: wholeSql(query, parameters) }] };
  }
  const operators = query.references.map(
    (reference) => `Scan ${reference.alias}${reference.alias === reference.relation.name ? '' : ` (${reference.relation.name})`}`,
  );
  const stage = { stage: 1, taskCount: 1, tasks: 'whole query, 1 task', output: 'client', reason: null, rowCount: null, byteCount: null, operators };
  return { kind: 'stages', stages: [stage], reasons: [reason] };
}

/** Stages, exchanges and their reasons. */
export function explainDistribution(query: TranslatedQuery, planned: Staged): ExplainDocument {
  return explainDistributed(planned.staged, planned.distributed, { references: query.references });
}

/** Each stage's SQL. */
export function explainFragmentSql(planned: Staged): ExplainDocument {
  return explainFragments(planned.staged);
}

/** Paths are shown relative to the data root: shorter, and the same on every machine. */
export function withoutRoot(context: QueryContext, lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(`${context.dataRoot}/`, ''));
}
