import { strict as assert } from 'node:assert';
import { cutIntoStages } from '../../planner/fragment/cut-into-stages.js';
import { distribute } from '../../planner/distribute/distribute.js';
import type { DistributedPlan, DistributeOptions } from '../../planner/distribute/distributed-plan.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { PlanNode } from '../../planner/plan/nodes.js';
import type { Hint } from '../../planner/parse/hint.js';
import type { RelationReference } from '../../planner/translate/translated.js';
import { InProcessExecutor } from './in-process-executor.js';
import type { PlannedTables } from './planned-tables.js';

/** How a statement is distributed in a test. */
export interface Variant {
  readonly name: string;
  readonly partitionCount: number;
  readonly broadcastByteLimit?: number;
  readonly shuffleAll?: boolean;
  readonly rulesOff?: readonly string[];
}

/** The SHUFFLE_HASH(*) hint. */
const SHUFFLE_ALL: Hint = { kind: 'shuffle_hash', relation: '*', block: 0, position: 1 };

/** Options that split even tables of a few rows. */
export function optionsOf(variant: Variant, references: readonly RelationReference[]): DistributeOptions {
  return {
    references,
    hints: variant.shuffleAll === true ? [SHUFFLE_ALL] : [],
    blocks: [{ index: 0, parent: null, position: 1 }],
    mode: 'distributed',
    parallelism: 3,
    partitionCount: variant.partitionCount,
    broadcastByteLimit: variant.broadcastByteLimit ?? 100_000_000,
    splitByteMinimum: 1,
    rulesOff: new Set(variant.rulesOff ?? []),
  };
}

/** Distributes and cuts a plan; the staged plan comes back from JSON unchanged. */
export function stage(
  plan: PlanNode,
  variant: Variant,
  references: readonly RelationReference[],
): { readonly distributed: DistributedPlan; readonly staged: StagedPlan } {
  const distributed = distribute(plan, optionsOf(variant, references));
  const staged = cutIntoStages(distributed, { references, parallelism: 3 });
  const copy: StagedPlan = JSON.parse(JSON.stringify(staged));
  assert.deepEqual(copy, staged);
  return { distributed, staged: copy };
}

/** Runs a statement in stages and whole, and compares the rows; gives the number of stages, 0 where the plan is not known. */
export async function assertEqualResults(tables: PlannedTables, statement: string, variant: Variant): Promise<number> {
  const bound = await tables.bind(statement);
  if (bound.plan.kind === 'unknown') {
    return 0;
  }
  const { staged } = stage(bound.plan.plan, variant, bound.references);
  const expected = await runOrFail(tables, bound.original);
  if (expected === null) {
    return 0;
  }
  const run = await new InProcessExecutor(tables.connection).run(staged);
  const difference = await differenceOf(tables, run.resultSql, bound.original);
  assert.equal(
    difference,
    null,
    `${variant.name}: ${difference}\n${statement}\n${staged.stages.map((each) => `-- stage ${each.id} ${each.tasks.kind} -> ${JSON.stringify(each.output)}\n${each.fragment.sql.map((piece) => (typeof piece === 'string' ? piece : piece.kind === 'scan' ? `scan${piece.scan}` : piece.kind === 'exchange' ? `stage${piece.stage}` : piece.kind)).join('')}`).join('\n')}`,
  );
  return run.stageCount;
}

/** Null for a statement that fails by itself: then there is nothing to compare. */
async function runOrFail(tables: PlannedTables, sql: string): Promise<true | null> {
  try {
    await tables.connection.run(sql);
    return true;
  } catch {
    return null;
  }
}

async function differenceOf(tables: PlannedTables, actualSql: string, expectedSql: string): Promise<string | null> {
  const actual = await rowsOf(tables, actualSql);
  const expected = await rowsOf(tables, expectedSql);
  const missing = firstDifference(expected.toSorted(), actual.toSorted());
  return missing === null ? null : `${actual.length} rows instead of ${expected.length}: ${missing}`;
}

function firstDifference(expected: readonly string[], actual: readonly string[]): string | null {
  const count = Math.max(expected.length, actual.length);
  for (let index = 0; index < count; index += 1) {
    if (expected[index] !== actual[index]) {
      return `expected ${expected[index]}, got ${actual[index]}`;
    }
  }
  return null;
}

/** Digits that two ways of summing floats agree on. */
const FLOAT_DIGITS = 9;

async function rowsOf(tables: PlannedTables, sql: string): Promise<readonly string[]> {
  const result = await tables.connection.runAndReadAll(sql);
  return result
    .getRows()
    .map((row) =>
      JSON.stringify(row.map((value) => (typeof value === 'number' ? Number(value.toPrecision(FLOAT_DIGITS)) : value === null ? null : String(value)))),
    );
}
