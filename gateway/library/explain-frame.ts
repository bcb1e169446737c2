import type { PartitionedPlan } from '../../planner/dataframe/partitioned-plan.js';
import { explainDistributed } from '../../planner/explain/explain-distributed.js';
import type { ExplainDocument } from '../../planner/explain/explain-document.js';
import { explainFragments } from '../../planner/explain/explain-fragments.js';
import { printExplain } from '../../planner/explain/print-explain.js';
import type { ExplainFormat, ExplainLevel } from '../../planner/parse/read-explain.js';
import { explainLogical } from '../../planner/print/explain-logical.js';
import { fillTemplate } from '../../planner/translate/translated.js';
import { explain } from '../statements/explain.js';
import { withoutRoot } from '../query/explain-query.js';
import type { BoundFrame } from './bind-frame.js';
import { stageFrame } from './run-frame.js';

/** What EXPLAIN says of a frame's plan: of a plain query what it says of any. */
export async function explainFrame(frame: BoundFrame, level: ExplainLevel, format: ExplainFormat): Promise<string> {
  const document = await documentOf(frame, level);
  return withoutRoot(frame.context, printExplain(document, format, null, [])).join('\n');
}

async function documentOf(frame: BoundFrame, level: ExplainLevel): Promise<ExplainDocument> {
  if (frame.isPlain && frame.plan.kind === 'statement') {
    return await explain(frame.context, frame.plan.statement.query, [], level);
  }
  switch (level) {
    case 'translated':
      return { kind: 'query', lines: statementsOf(frame.plan).flatMap((plan) => [`-- ${titleOf(plan)}`, sqlOf(plan)]) };
    case 'logical':
      return { kind: 'outline', lines: statementsOf(frame.plan).flatMap(logicalLines) };
    case 'distributed':
    case 'fragments': {
      const { staged, partitions } = stageFrame(frame);
      return level === 'fragments' ? explainFragments(staged) : explainDistributed(staged, partitions.distributed, { references: partitions.references });
    }
  }
}

/** The parts of a plan, those that others read first. */
function statementsOf(root: PartitionedPlan): readonly PartitionedPlan[] {
  const found = new Set<PartitionedPlan>();
  const visit = (plan: PartitionedPlan): void => {
    if (!found.has(plan)) {
      const inputs = plan.kind === 'repartition' ? [plan.input] : [...plan.statement.partitioned.values()];
      inputs.forEach(visit);
      found.add(plan);
    }
  };
  visit(root);
  return [...found];
}

function titleOf(plan: PartitionedPlan): string {
  switch (plan.kind) {
    case 'statement':
      return 'query';
    case 'repartition':
      return `repartition ${JSON.stringify(plan.partitioning)}`;
    case 'per_partition':
      return `per partition: ${plan.description}`;
  }
}

function sqlOf(plan: PartitionedPlan): string {
  return plan.kind === 'repartition'
    ? ''
    : fillTemplate(plan.statement.query, {
        reference: (reference) => reference.alias,
        parameter: (number) => (number === 1 ? 'partition_index()' : 'partition_count()'),
      });
}

function logicalLines(plan: PartitionedPlan): readonly string[] {
  if (plan.kind !== 'statement' || plan.statement.logical === null) {
    return [titleOf(plan)];
  }
  const { query, logical } = plan.statement;
  return explainLogical(logical, (index) => query.references[index]?.alias ?? `reference ${index}`);
}
