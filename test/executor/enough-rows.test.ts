import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanColumn, ScanShare, Stage, StagedPlan } from '../../planner/fragment/staged-plan.js';
import { scalar } from '../../planner/types/data-type.js';
import { NEVER, SETTINGS, drain, startPool } from './support.js';
import type { TestPool } from './support.js';

const COLUMNS: readonly PlanColumn[] = [{ name: 'c0', type: scalar('BIGINT') }];

function scan(sql: string): ScanShare {
  return { scan: 0, sql: `(${sql})`, fileCount: 1, byteCount: 1, rowCount: 1 };
}

/** A LIMIT 10 in `rowCounts.length` tasks of so many rows, the rows' values naming their task, and one that counts again. */
function limited(rowCounts: readonly number[]): StagedPlan {
  const first: Stage = {
    id: 1,
    description: 'limit',
    fragment: { sql: ['SELECT c0 FROM ', { kind: 'scan', scan: 0 }, ' AS t(c0) LIMIT 10'], columns: COLUMNS },
    tasks: {
      kind: 'splits',
      splits: rowCounts.map((count, task) => [scan(`SELECT ${task} * 1000 + i FROM range(${count}) AS r(i)`)]),
    },
    output: { kind: 'whole' },
    enoughRows: 10,
  };
  const last: Stage = {
    id: 2,
    description: 'limit',
    fragment: { sql: ['SELECT c0 FROM ', { kind: 'exchange', stage: 1, columns: COLUMNS }, ' AS t LIMIT 10'], columns: COLUMNS },
    tasks: { kind: 'single', scans: [] },
    output: { kind: 'result' },
  };
  return { stages: [first, last], columns: COLUMNS };
}

describe('executor: tasks that need not run', function () {
  this.timeout(30_000); // real processes on a busy machine

  let test: TestPool;
  let queryCount = 0;

  before(async () => {
    test = await startPool({ executorCount: 2 });
  });

  after(async () => {
    await test.close();
  });

  const run = async (plan: StagedPlan): Promise<{ values: readonly number[]; taskCounts: readonly number[] }> => {
    const stream = await test.pool.runStaged(plan, { encodings: [], settings: SETTINGS, queryId: `few-${++queryCount}` }, NEVER);
    const rows = await drain(stream);
    assert.deepEqual(readdirSync(join(test.folder, 'shuffle', 'queries')), []);
    return { values: rows.map(([value]) => Number(value)), taskCounts: stream.summary().map(({ tasks }) => tasks.length) };
  };

  it('LIMIT: tasks after those that gave enough rows do not start', async () => {
    const { values, taskCounts } = await run(limited(Array.from({ length: 40 }, () => 100)));
    assert.deepEqual(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.ok((taskCounts[0] ?? 40) < 10, `${taskCounts[0]} of 40 tasks ran`);
  });

  it('LIMIT: a task that runs is stopped', async () => {
    const plan = limited([100, 1]);
    const [first, ...rest] = plan.stages;
    assert.ok(first !== undefined);
    const endless = scan('SELECT count(*) FROM range(1000000000) AS a(i), range(1000000000) AS b(j) WHERE i * j % 7 = 8');
    const stage: Stage = { ...first, tasks: { kind: 'splits', splits: [[scan('SELECT i FROM range(100) AS r(i)')], [endless]] } };
    const { values, taskCounts } = await run({ ...plan, stages: [stage, ...rest] });
    assert.deepEqual(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(taskCounts[0], 1);
  });

  it('LIMIT: the rows are those of the first tasks, whichever ends first', async () => {
    assert.deepEqual((await run(limited([0, 4, 0, 3, 100, 100, 100, 100]))).values, [1000, 1001, 1002, 1003, 3000, 3001, 3002, 4000, 4001, 4002]);
    const few = await run(limited([0, 4, 0, 3]));
    assert.deepEqual(few.values, [1000, 1001, 1002, 1003, 3000, 3001, 3002]);
    assert.equal(few.taskCounts[0], 4);
  });

  it('leaves out tasks whose input is empty, and whole stages', async () => {
    const by = { kind: 'hash' as const, keys: [{ column: 0, type: scalar('BIGINT') }], partitionCount: 50 };
    const rows = (id: number, sql: string): Stage => ({
      id,
      description: 'rows',
      fragment: { sql: ['SELECT c0 FROM ', { kind: 'scan', scan: 0 }, ' AS t(c0)'], columns: COLUMNS },
      tasks: { kind: 'single', scans: [scan(sql)] },
      output: by,
    });
    const joined = (few: string, way: readonly number[]): StagedPlan => ({
      columns: COLUMNS,
      stages: [
        rows(1, 'SELECT i FROM range(1000) AS r(i)'),
        rows(2, few),
        {
          id: 3,
          description: 'join',
          fragment: {
            sql: [
              'SELECT c0 FROM ',
              { kind: 'exchange', stage: 1, columns: COLUMNS },
              ' AS a JOIN ',
              { kind: 'exchange', stage: 2, columns: COLUMNS },
              ' AS b USING (c0)',
            ],
            columns: COLUMNS,
          },
          tasks: { kind: 'partitions', partitionCount: 50, scans: [] },
          output: { kind: 'whole' },
          emptyWith: [way],
        },
        {
          id: 4,
          description: 'count',
          fragment: { sql: ['SELECT count(*) FROM ', { kind: 'exchange', stage: 3, columns: COLUMNS }, ' AS t'], columns: COLUMNS },
          tasks: { kind: 'single', scans: [] },
          output: { kind: 'result' },
          emptyWith: [],
        },
      ],
    });
    const three = await run(joined('SELECT unnest([1, 2, 999])', [2]));
    assert.deepEqual(three.values, [3]);
    assert.ok((three.taskCounts[2] ?? 0) >= 1 && (three.taskCounts[2] ?? 50) <= 3);
    const none = await run(joined('SELECT 1 WHERE false', [2]));
    assert.deepEqual(none.values, [0]);
    assert.equal(none.taskCounts[2], 0);
    assert.equal((await run(joined('SELECT 1 WHERE false', [1, 2]))).taskCounts[2], 50);
  });
});
