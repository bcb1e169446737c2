import { strict as assert } from 'node:assert';
import { emptyWith } from '../../planner/fragment/empty-with.js';
import type { CutStage } from '../../planner/fragment/cut-plan.js';
import { splittableInputs } from '../../planner/fragment/splittable-inputs.js';
import type { AggregateNode, Distribution, JoinNode, JoinType, PlanNode } from '../../planner/plan/nodes.js';
import { scalar } from '../../planner/types/data-type.js';

const BIGINT = scalar('BIGINT');

function input(stage: number): PlanNode {
  return { kind: 'stage_input', stage, output: [BIGINT] };
}

function join(joinType: JoinType, left: PlanNode, right: PlanNode): JoinNode {
  return { kind: 'join', joinType, left, right, conditions: [], residual: null, leftProjection: null, rightProjection: null, output: [BIGINT, BIGINT] };
}

function aggregate(of: PlanNode, name: string, more: Partial<AggregateNode> = {}, distinct = false): AggregateNode {
  const call = { name, arguments: [{ kind: 'ref' as const, index: 0, type: BIGINT }], distinct, filter: null, orderBy: [], boundArguments: [], type: BIGINT };
  const groups = [{ kind: 'ref' as const, index: 0, type: BIGINT }];
  return { kind: 'aggregate', input: of, groups, groupingSets: null, aggregates: [call], groupingCalls: [], output: [BIGINT, BIGINT], ...more };
}

/** Stages 1 and 2 give hashed rows, stage 3 all rows to everybody. */
function splittable(plan: PlanNode): readonly number[] {
  const hash: Distribution = { kind: 'hash', keys: [{ column: 0, type: BIGINT }], partitionCount: 9 };
  const stages = [hash, hash, { kind: 'broadcast' as const }].map((distribution, index): CutStage => ({
    id: index + 1,
    plan: input(index + 1),
    exchange: { distribution, reason: '' },
    estimatedRows: null,
  }));
  return splittableInputs(plan, stages);
}

describe('inputs of which several tasks may share a partition', () => {
  it('are the sides of a join whose other side may be repeated', () => {
    assert.deepEqual(splittable(join('inner', input(1), input(2))), [1, 2]);
    assert.deepEqual(splittable(join('left', input(1), input(2))), [1]);
    assert.deepEqual(splittable(join('anti', input(1), input(2))), [1]);
    assert.deepEqual(splittable(join('right_semi', input(1), input(2))), [2]);
    assert.deepEqual(splittable(join('full', input(1), input(2))), []);
  });

  it('are not read twice, and not by every task anyway', () => {
    assert.deepEqual(splittable(join('inner', input(1), input(1))), []);
    assert.deepEqual(splittable(join('inner', input(1), input(3))), [1]);
  });

  it('are below aggregates only where another stage merges, and nothing is counted as distinct', () => {
    assert.deepEqual(splittable(aggregate(input(1), 'sum')), []);
    assert.deepEqual(splittable(aggregate(input(1), 'sum', { isPartial: true })), [1]);
    assert.deepEqual(splittable(aggregate(input(1), 'count', { isPartial: true }, true)), []);
  });

  it('have partners that every task computes alike', () => {
    assert.deepEqual(splittable(join('left', input(1), aggregate(input(2), 'sum'))), [1]);
    assert.deepEqual(splittable(join('left', input(1), aggregate(input(2), 'first'))), []);
    assert.deepEqual(splittable(join('left', input(1), { kind: 'window', input: input(2), calls: [], output: [BIGINT] })), []);
    assert.deepEqual(splittable(join('left', input(1), { kind: 'limit', input: input(2), limit: 1, offset: 0, output: [BIGINT] })), []);
  });
});

describe('inputs without which a stage gives no rows', () => {
  it('follow from the kind of join', () => {
    assert.deepEqual(emptyWith(join('inner', input(1), input(2))), [[1], [2]]);
    assert.deepEqual(emptyWith(join('left', input(1), input(2))), [[1]]);
    assert.deepEqual(emptyWith(join('right_anti', input(1), input(2))), [[2]]);
    assert.deepEqual(emptyWith(join('full', input(1), input(2))), [[1, 2]]);
    assert.deepEqual(emptyWith(join('full', input(1), join('inner', input(2), input(3)))), [
      [1, 2],
      [1, 3],
    ]);
  });

  it('are none below an aggregate that gives a row of no rows', () => {
    assert.deepEqual(emptyWith(aggregate(input(1), 'sum')), [[1]]);
    assert.deepEqual(emptyWith(aggregate(input(1), 'sum', { groups: [] })), []);
    assert.deepEqual(emptyWith(aggregate(input(1), 'sum', { groupingSets: [[0], []] })), []);
  });

  it('are all of a union', () => {
    assert.deepEqual(emptyWith({ kind: 'union', inputs: [input(1), input(2), { kind: 'empty', output: [BIGINT] }], output: [BIGINT] }), [[1, 2]]);
    assert.deepEqual(emptyWith({ kind: 'union', inputs: [input(1), { kind: 'single_row', output: [BIGINT] }], output: [BIGINT] }), []);
  });
});
