import assert from 'node:assert/strict';
import { chooseTasks, type TaskInputs } from '../../executor/stages/choose-tasks.js';
import { shareOfRows } from '../../executor/stages/share-partition.js';
import type { ShuffleFile } from '../../executor/stages/manifest.js';
import type { PlanColumn, ScanShare, Stage, StagedPlan } from '../../planner/fragment/staged-plan.js';
import { scalar } from '../../planner/types/data-type.js';
import { NEVER, SETTINGS, drain, rowsOf, startPool } from './support.js';
import type { TestPool } from './support.js';

const COLUMNS: readonly PlanColumn[] = [
  { name: 'c0', type: scalar('BIGINT') },
  { name: 'c1', type: scalar('BIGINT') },
];
const PARTITION_COUNT = 6;

function scan(sql: string): ScanShare {
  return { scan: 0, sql: `(${sql})`, fileCount: 1, byteCount: 1, rowCount: 1 };
}

/** A stage that shuffles rows of k and v by k; two tasks of half the rows each. */
function shuffled(id: number, sql: string): Stage {
  return {
    id,
    description: 'shuffle',
    fragment: { sql: ['SELECT k, v FROM ', { kind: 'scan', scan: 0 }, ' AS t'], columns: COLUMNS },
    tasks: { kind: 'splits', splits: [0, 1].map((half) => [scan(`SELECT * FROM (${sql}) WHERE v % 2 = ${half}`)]) },
    output: { kind: 'hash', keys: [{ column: 0, type: scalar('BIGINT') }], partitionCount: PARTITION_COUNT },
  };
}

function joined(splittable: readonly number[], joinType: string): Stage {
  return {
    id: 3,
    description: 'join',
    fragment: {
      sql: [
        'SELECT count(*), coalesce(sum(a.c1 * coalesce(b.c1, 7)), 0)::BIGINT FROM ',
        { kind: 'exchange', stage: 1, columns: COLUMNS },
        ` AS a ${joinType} JOIN `,
        { kind: 'exchange', stage: 2, columns: COLUMNS },
        ' AS b ON a.c0 = b.c0',
      ],
      columns: COLUMNS,
    },
    tasks: { kind: 'partitions', partitionCount: PARTITION_COUNT, scans: [], coalesces: true, splittable },
    output: { kind: 'result' },
  };
}

// One key has half of the rows of `many`.
const MANY = 'SELECT CASE WHEN i % 2 = 0 THEN 1 ELSE i % 5000 END AS k, i AS v FROM range(600000) AS t(i)';
const FEW = 'SELECT i AS k, i * 3 AS v FROM range(4000) AS t(i)';

describe('executor: skewed partitions', function () {
  this.timeout(30_000); // real processes on a busy machine

  let test: TestPool;
  let queryCount = 0;

  before(async () => {
    test = await startPool({ executorCount: 2 });
  });

  after(async () => {
    await test.close();
  });

  const run = async (plan: StagedPlan): Promise<{ rows: readonly (readonly (string | null)[])[]; taskCount: number }> => {
    const stream = await test.pool.runStaged(plan, { encodings: [], settings: SETTINGS, queryId: `skew-${++queryCount}` }, NEVER);
    const rows = await drain(stream);
    return { rows, taskCount: stream.summary().at(-1)?.tasks.length ?? 0 };
  };

  for (const joinType of ['INNER', 'LEFT']) {
    it(`${joinType.toLowerCase()} join with one key of half the rows: several tasks share it, the sums stay`, async () => {
      const [[count, sum] = []] = await rowsOf(
        test.pool,
        `SELECT count(*), sum(a.v * coalesce(b.v, 7))::BIGINT FROM (${MANY}) AS a ${joinType} JOIN (${FEW}) AS b ON a.k = b.k`,
      );
      const totals = new Map<boolean, number>();
      for (const isShared of [true, false]) {
        const { rows, taskCount } = await run({
          stages: [shuffled(1, MANY), shuffled(2, FEW), joined(isShared ? [1] : [], joinType)],
          columns: COLUMNS,
        });
        assert.equal(
          rows.reduce((total, row) => total + BigInt(row[0] ?? 0), 0n),
          BigInt(count ?? 0),
        );
        assert.equal(
          rows.reduce((total, row) => total + BigInt(row[1] ?? 0), 0n),
          BigInt(sum ?? 0),
        );
        totals.set(isShared, taskCount);
      }
      // Of 600,000 rows the partition of key 1 has 350,000, 3.5 times the mean.
      assert.equal(totals.get(false), PARTITION_COUNT);
      assert.equal(totals.get(true), PARTITION_COUNT - 1 + 4);
    });
  }

  it('is shared only where it is far larger than the mean, large enough, and the planner says so', () => {
    assert.deepEqual(counts([100_000, 130_000, 100_000]), ['0', '1', '2']);
    assert.deepEqual(counts([10, 90_000, 10]), ['0', '1', '2']);
    assert.deepEqual(counts([10, 0, 150_000, 10]), ['0', '1', '3', '2 of 1: 0/3', '2 of 1: 1/3', '2 of 1: 2/3']);
    assert.deepEqual(counts([10, 0, 150_000, 10], [2]), ['0', '1', '2', '3']);
    assert.equal(counts(Array.from({ length: 1000 }, (_, index) => (index === 0 ? 10_000_000 : 1))).length, 999 + 32);
  });

  it('shares are every row once, whatever the files', () => {
    const files = [file('a', 7), file('b', 0), file('c', 5), file('d', 1)];
    for (const count of [1, 2, 3, 5, 13, 20]) {
      const rows = Array.from({ length: count }, (_, index) => shareOfRows(files, index, count))
        .flat()
        .flatMap(({ file: { path, rowCount }, rows: range }) =>
          Array.from({ length: range?.count ?? rowCount }, (_, index) => `${path}${(range?.first ?? 0) + index}`),
        );
      assert.equal(rows.length, 13);
      assert.equal(new Set(rows).size, 13);
    }
  });
});

function textOf({ partitions, share }: TaskInputs): string {
  return `${partitions?.join(',') ?? 'all'}${share === undefined ? '' : ` of ${share.stage}: ${share.index}/${share.count}`}`;
}

function counts(rowCounts: readonly number[], splittable: readonly number[] = [1]): readonly string[] {
  const rowCount = rowCounts.reduce((sum, count) => sum + count, 0);
  const stage: Stage = { ...joined(splittable, 'INNER'), tasks: { kind: 'partitions', partitionCount: rowCounts.length, scans: [], splittable } };
  return chooseTasks(stage, { rowCount, byteCount: 1, partitions: [{ stage: 1, rowCounts, commonRowCount: 0 }] }).map(textOf);
}

function file(path: string, rowCount: number): ShuffleFile {
  return { path, rowCount, byteCount: 1, partition: 0 };
}
