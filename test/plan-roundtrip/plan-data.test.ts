import { strict as assert } from 'node:assert';
import { JsonTextError, NumberText, parseJsonText } from '../../planner/bind/json-text.js';
import { readPlan } from '../../planner/bind/read-plan.js';
import { checkPlan } from '../../planner/plan/check-plan.js';
import type { Expression } from '../../planner/plan/expressions.js';
import type { PlanNode, ScanNode, StageInputNode } from '../../planner/plan/nodes.js';
import { children, withChildren } from '../../planner/plan/plan-children.js';
import { referencedColumns, shiftRefs, substituteRefs } from '../../planner/plan/rewrite-expression.js';
import { copyThroughJson, findNode, rewritePlan, walkPlan } from '../../planner/plan/walk-plan.js';
import { explainLogical } from '../../planner/print/explain-logical.js';
import { fillPieces, printPlan } from '../../planner/print/print-plan.js';
import { scalar } from '../../planner/types/data-type.js';
import { RoundTrip } from './round-trip.js';
import { readStatements } from './statements.js';
import { addSmallTables } from './tables.js';

const BIGINT = scalar('BIGINT');
const VARCHAR = scalar('VARCHAR');

const SCAN: ScanNode = {
  kind: 'scan',
  reference: 3,
  read: ['a', 'Odd name'],
  readTypes: [BIGINT, VARCHAR],
  filters: [],
  projection: [1, 0],
  output: [VARCHAR, BIGINT],
};

function ref(index: number, type = BIGINT): Expression {
  return { kind: 'ref', index, type };
}

describe('lossless JSON', () => {
  it('keeps 64-bit integers, floats as written, Infinity and NaN', () => {
    assert.deepEqual(parseJsonText('[9007199254740993, -5, 0.1, -0.0, 1e300, Infinity, -Infinity, NaN]'), [
      9007199254740993n,
      -5,
      new NumberText('0.1'),
      new NumberText('-0.0'),
      new NumberText('1e300'),
      new NumberText('Infinity'),
      new NumberText('-Infinity'),
      new NumberText('NaN'),
    ]);
  });

  it('reads nested values, words and escapes', () => {
    assert.deepEqual(parseJsonText(' {"a": [true, false, null], "b\\u0000": {"c": "x\\"\\n"}} '), {
      a: [true, false, null],
      'b\0': { c: 'x"\n' },
    });
  });

  for (const text of ['', '{', '[1', '{"a" 1}', '"x', '[1] 2', 'nul', '['.repeat(3000)]) {
    it(`refuses ${text.slice(0, 10)}`, () => {
      assert.throws(() => parseJsonText(text), JsonTextError);
    });
  }
});

describe('reading is strict', () => {
  const SELECT_ONE =
    '{"error":false,"plans":[{"type":"LOGICAL_LIMIT","children":[{"type":"LOGICAL_DUMMY_SCAN","children":[]}],"limit_val":{"type":"UNSET"},"offset_val":{"type":"UNSET"}}]}';

  it('reads a known node', () => {
    assert.equal(readPlan(SELECT_ONE).kind, 'plan');
  });

  it('refuses a field it was not written for', () => {
    assert.deepEqual(readPlan(SELECT_ONE.replace('"limit_val"', '"with_ties":true,"limit_val"')), {
      kind: 'unknown',
      reason: 'LIMIT has the field with_ties, which this version does not know',
    });
  });

  it('refuses an operator it does not know, and reports errors', () => {
    assert.deepEqual(readPlan('{"error":false,"plans":[{"type":"LOGICAL_NEW_JOIN","children":[]}]}'), { kind: 'unknown', reason: 'new join is not known' });
    assert.deepEqual(readPlan('{"error":true,"error_message":"no"}'), {
      kind: 'unknown',
      reason: "DuckDB cannot write this statement's plan: no",
    });
  });
});

describe('checkPlan', () => {
  it('accepts a plan whose references and types agree', () => {
    checkPlan({
      kind: 'projection',
      input: SCAN,
      expressions: [ref(1)],
      names: ['a'],
      output: [BIGINT],
    });
  });

  const BROKEN: readonly (readonly [string, PlanNode])[] = [
    ['a reference out of range', { kind: 'projection', input: SCAN, expressions: [ref(2)], names: [null], output: [BIGINT] }],
    ['a reference of another type', { kind: 'filter', input: SCAN, conditions: [ref(0)], projection: null, output: SCAN.output }],
    ['an output that is not what the node gives', { ...SCAN, output: [BIGINT, VARCHAR] }],
    [
      'a join key out of range',
      {
        kind: 'join',
        joinType: 'semi',
        left: SCAN,
        right: SCAN,
        conditions: [{ left: ref(1), right: ref(5), comparison: '=' }],
        residual: null,
        leftProjection: null,
        rightProjection: null,
        output: SCAN.output,
      },
    ],
    [
      'union inputs that differ',
      {
        kind: 'union',
        inputs: [SCAN, { ...SCAN, projection: [0], output: [BIGINT] }],
        output: SCAN.output,
      },
    ],
  ];
  for (const [what, plan] of BROKEN) {
    it(`refuses ${what}`, () => {
      assert.throws(() => checkPlan(plan));
    });
  }
});

describe('expressions', () => {
  const sum: Expression = {
    kind: 'call',
    name: '+',
    schema: null,
    arguments: [ref(0), ref(2)],
    isOperator: true,
    type: BIGINT,
  };

  it('shift and substitute', () => {
    assert.deepEqual(referencedColumns(shiftRefs(sum, 3)), [3, 5]);
    assert.deepEqual(referencedColumns(substituteRefs(sum, [ref(7), ref(8), ref(7)])), [7]);
    assert.throws(() => substituteRefs(sum, [ref(7)]));
  });
});

describe('printing', () => {
  it('leaves holes for scans and earlier stages', () => {
    const input: StageInputNode = { kind: 'stage_input', stage: 2, output: [BIGINT] };
    const join: PlanNode = {
      kind: 'join',
      joinType: 'inner',
      left: SCAN,
      right: input,
      conditions: [{ left: ref(1), right: ref(0), comparison: '=' }],
      residual: null,
      leftProjection: [0],
      rightProjection: null,
      output: [VARCHAR, BIGINT],
    };
    checkPlan(join);
    const pieces = printPlan(join);
    assert.deepEqual(
      pieces.filter((piece) => typeof piece !== 'string'),
      [
        { kind: 'scan', scan: 3 },
        { kind: 'exchange', stage: 2, columns: [{ name: 'c0', type: BIGINT }] },
      ],
    );
    assert.equal(
      fillPieces(pieces, {
        scan: (reference) => `r${reference}`,
        exchange: (piece) => `s${piece.stage}`,
      }),
      'SELECT t1."Odd name" AS c0, t2.c0 AS c1\nFROM r3 AS t1\nJOIN s2 AS t2 ON t1.a = t2.c0',
    );
  });
});

describe('plans of real statements', () => {
  let trip: RoundTrip;

  before(async () => {
    trip = await RoundTrip.start();
    await addSmallTables(trip);
  });

  after(() => trip.stop());

  it('children and withChildren are a pair, rewriting without change keeps identity, copies are equal', async () => {
    for (const group of ['operators', 'subqueries', 'set-operations', 'windows', 'reports']) {
      for (const statement of readStatements(group)) {
        const outcome = await trip.plan(statement);
        assert.equal(outcome.kind, 'plan');
        if (outcome.kind === 'plan') {
          walkPlan(outcome.plan, (node) => assert.deepEqual(withChildren(node, children(node)), node));
          assert.equal(
            rewritePlan(outcome.plan, (node) => node),
            outcome.plan,
          );
          assert.deepEqual(copyThroughJson(outcome.plan), outcome.plan);
          assert.notEqual(explainLogical(outcome.plan, (reference) => `r${reference}`).length, 0);
        }
      }
    }
  });

  it('a pushed filter stands on the scan, a long IN list is no join', async () => {
    const outcome = await trip.plan('select b from {t} where x > 1.5 and a in (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 40)');
    assert.equal(outcome.kind, 'plan');
    if (outcome.kind === 'plan') {
      const scan = findNode(outcome.plan, (node): node is ScanNode => node.kind === 'scan');
      assert.equal(scan?.filters.length, 1);
      assert.equal(
        findNode(outcome.plan, (node): node is PlanNode => node.kind === 'join'),
        undefined,
      );
    }
  });

  it('explains a plan in names that people know', async () => {
    const outcome = await trip.plan('select t.b, sum(u.k) as total from {t} t join {u} u on t.b = u.b where t.x > 1 group by t.b order by total desc limit 3');
    assert.equal(outcome.kind, 'plan');
    if (outcome.kind === 'plan') {
      assert.deepEqual(
        explainLogical(outcome.plan, (reference) => ['t', 'u'][reference] ?? ''),
        [
          'Top 3 by total DESC NULLS LAST',
          '  Project t.b, sum(u.k) AS total',
          '    Aggregate by t.b: sum(u.k)',
          '      Inner join on u.b = t.b',
          '        Scan u (b, k)',
          "        Scan t (b, x) where t.x > CAST('1.0' AS DOUBLE)",
        ],
      );
    }
  });
});
