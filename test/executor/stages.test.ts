import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chooseTasks } from '../../executor/stages/choose-tasks.js';
import type { PlanColumn, ScanShare, Stage, StageOutput, StagedPlan } from '../../planner/fragment/staged-plan.js';
import { scalar } from '../../planner/types/data-type.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { FLIGHTS, NEVER, SETTINGS, drain, rowsOf, startPool, until } from './support.js';
import type { TestPool } from './support.js';

const KEY = scalar('VARCHAR');

function columns(...names: readonly ('VARCHAR' | 'BIGINT' | 'HUGEINT')[]): readonly PlanColumn[] {
  return names.map((name, index) => ({ name: `c${index}`, type: scalar(name) }));
}

/** A third of the flights' rows. */
function share(part: number): ScanShare {
  const sql = `(SELECT origin, delay FROM read_parquet('${FLIGHTS}', file_row_number => true) WHERE file_row_number // 1000000 = ${part})`;
  return { scan: 0, sql, fileCount: 1, byteCount: 1, rowCount: 1_000_000 };
}

const PARTIAL = columns('VARCHAR', 'BIGINT', 'HUGEINT');

function partial(output: StageOutput, sql = 'SELECT origin, count(*), sum(delay) FROM '): Stage {
  return {
    id: 1,
    description: 'partial aggregate',
    fragment: { sql: [sql, { kind: 'scan', scan: 0 }, ' AS t GROUP BY 1'], columns: PARTIAL },
    tasks: { kind: 'splits', splits: [[share(0)], [share(1)], [share(2)]] },
    output,
  };
}

function final(partitionCount: number, sql = 'SELECT c0, sum(c1)::BIGINT, sum(c2)::HUGEINT FROM '): Stage {
  return {
    id: 2,
    description: 'final aggregate',
    fragment: { sql: [sql, { kind: 'exchange', stage: 1, columns: PARTIAL }, ' AS e GROUP BY 1'], columns: PARTIAL },
    tasks: partitionCount === 1 ? { kind: 'single', scans: [] } : { kind: 'partitions', partitionCount, scans: [] },
    output: { kind: 'result' },
  };
}

function twoPhase(partitionCount: number): StagedPlan {
  return { stages: [partial({ kind: 'hash', keys: [{ column: 0, type: KEY }], partitionCount }), final(partitionCount)], columns: PARTIAL };
}

const WHOLE = `SELECT origin, count(*), sum(delay)::HUGEINT FROM read_parquet('${FLIGHTS}') GROUP BY 1 ORDER BY 1`;

describe('executor: staged plans', function () {
  this.timeout(30_000); // real processes on a busy machine

  let test: TestPool;
  let queryCount = 0;

  before(async () => {
    test = await startPool({ executorCount: 2 });
  });

  after(async () => {
    await test.close();
  });

  const options = () => ({ encodings: [], settings: SETTINGS, queryId: `query-${++queryCount}` });
  const shuffleFolders = (): readonly string[] => readdirSync(join(test.folder, 'shuffle', 'queries'));

  for (const partitionCount of [1, 4, 130]) {
    it(`aggregate in two phases over ${partitionCount} partitions`, async () => {
      const stream = await test.pool.runStaged(twoPhase(partitionCount), options(), NEVER);
      const rows = await drain(stream);
      assert.deepEqual(
        rows.toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)),
        await rowsOf(test.pool, WHOLE),
      );
      assert.deepEqual(shuffleFolders(), []);
      const [first, second] = stream.summary();
      assert.equal(first?.tasks.length, 3);
      assert.equal(second?.tasks.length, partitionCount);
      assert.equal(
        second?.tasks.reduce((sum, task) => sum + task.rowCount, 0),
        rows.length,
      );
      assert(first !== undefined && first.tasks.every((task) => task.fileCount > 0 && task.byteCount > 0));
    });
  }

  for (const partitionCount of [4, 130]) {
    it(`takes ${partitionCount} small partitions into one task where it may`, async () => {
      const plan = twoPhase(partitionCount);
      const coalescing = plan.stages.map((stage): Stage =>
        stage.tasks.kind === 'partitions' ? { ...stage, tasks: { ...stage.tasks, coalesces: true } } : stage,
      );
      const stream = await test.pool.runStaged({ ...plan, stages: coalescing }, options(), NEVER);
      const rows = await drain(stream);
      assert.deepEqual(
        rows.toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)),
        await rowsOf(test.pool, WHOLE),
      );
      assert.equal(stream.summary()[1]?.tasks.length, 1);
    });
  }

  it('cuts partitions into as many tasks as their size is worth, none left out', () => {
    const stage: Stage = { ...final(10), tasks: { kind: 'partitions', partitionCount: 10, scans: [], coalesces: true } };
    const tasks = chooseTasks(stage, { rowCount: 150_000, byteCount: 1000, partitions: [] });
    assert.deepEqual(
      tasks.map((task) => task.partitions),
      [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8, 9],
      ],
    );
    assert.equal(chooseTasks(stage, { rowCount: 10, byteCount: 100 * 1024 * 1024, partitions: [] }).length, 10);
  });

  it('read an exchange without partitions whole in every task', async () => {
    const stage: Stage = {
      ...final(1, 'SELECT any_value(c0), count(*), sum(c1)::HUGEINT FROM '),
      fragment: {
        sql: ['SELECT (SELECT count(*) FROM ', { kind: 'exchange', stage: 1, columns: PARTIAL }, ' AS e) FROM ', { kind: 'scan', scan: 0 }, ' AS t LIMIT 1'],
        columns: columns('BIGINT'),
      },
      tasks: { kind: 'splits', splits: [[share(0)], [share(1)]] },
    };
    const rows = await drain(await test.pool.runStaged({ stages: [partial({ kind: 'whole' }), stage], columns: columns('BIGINT') }, options(), NEVER));
    assert.equal(rows.length, 2);
    assert.equal(rows[0]?.[0], rows[1]?.[0]);
    assert(Number(rows[0]?.[0]) > 229);
  });

  it('run every partition, also when no row falls into it', async () => {
    const stage = final(8, 'SELECT NULL::VARCHAR, count(*), 0::HUGEINT FROM ');
    const plan: StagedPlan = {
      columns: PARTIAL,
      stages: [
        partial({ kind: 'hash', keys: [{ column: 0, type: KEY }], partitionCount: 8 }, "SELECT 'same', count(*), NULL::HUGEINT FROM "),
        {
          ...stage,
          fragment: { sql: ['SELECT NULL::VARCHAR, count(*), 0::HUGEINT FROM ', { kind: 'exchange', stage: 1, columns: PARTIAL }, ' AS e'], columns: PARTIAL },
        },
      ],
    };
    const rows = await drain(await test.pool.runStaged(plan, options(), NEVER));
    assert.deepEqual(
      rows.map((row) => Number(row[1])).toSorted((a, b) => a - b),
      [0, 0, 0, 0, 0, 0, 0, 3],
    );
  });

  it('deal rows round without keys, and lose none', async () => {
    const plan: StagedPlan = {
      ...twoPhase(4),
      stages: [partial({ kind: 'hash', keys: [], partitionCount: 4 }), final(4, 'SELECT NULL::VARCHAR, count(*), sum(c1)::HUGEINT FROM ')],
    };
    const rows = await drain(await test.pool.runStaged(plan, options(), NEVER));
    assert.equal(rows.length, 4);
    assert.equal(
      rows.reduce((sum, row) => sum + Number(row[2]), 0),
      3_000_000,
    );
  });

  it('try a task again when its process is killed', async () => {
    const slow = partial(
      { kind: 'hash', keys: [{ column: 0, type: KEY }], partitionCount: 4 },
      `SELECT origin, count(*), sum(delay + (SELECT count(*) FROM range(60000000) AS r(a) WHERE a % 7 = 9)) FROM `,
    );
    const running = test.pool.runStaged({ ...twoPhase(4), stages: [slow, final(4)] }, options(), NEVER);
    await until(() => test.pool.status().leased === 2, 'two tasks run');
    const victim = test.pool.status().processIds[0];
    assert(victim !== undefined);
    process.kill(victim, 'SIGKILL');
    const stream = await running;
    const rows = await drain(stream);
    assert.deepEqual(
      rows.toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)),
      await rowsOf(test.pool, WHOLE),
    );
    assert.deepEqual(
      stream
        .summary()[0]
        ?.tasks.map((task) => task.attempt)
        .toSorted(),
      [1, 1, 2],
    );
  });

  it('fail at once with the error of a task, and clean up', async () => {
    const failing = partial(
      { kind: 'hash', keys: [{ column: 0, type: KEY }], partitionCount: 4 },
      `SELECT origin, count(*), sum(CASE WHEN delay = 100 THEN error('SLUICE:22003:bigint out of range') ELSE 1 END::BIGINT) FROM `,
    );
    await assert.rejects(test.pool.runStaged({ ...twoPhase(4), stages: [failing, final(4)] }, options(), NEVER), {
      sqlstate: SQLSTATE.numeric_value_out_of_range,
      message: 'bigint out of range',
    });
    assert.deepEqual(shuffleFolders(), []);
    assert.equal(test.pool.status().leased, 0);
    assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
  });

  it('report an error of the last stage that comes after rows', async () => {
    const last = final(4, `SELECT c0, count(*), (CASE WHEN c0 = 'ZZZ' THEN 1 ELSE sum(error('SLUICE:22012:division by zero')::BIGINT) END)::HUGEINT FROM `);
    const running = test.pool
      .runStaged({ ...twoPhase(4), stages: [partial({ kind: 'hash', keys: [{ column: 0, type: KEY }], partitionCount: 4 }), last] }, options(), NEVER)
      .then(drain);
    await assert.rejects(running, { sqlstate: SQLSTATE.division_by_zero });
    assert.deepEqual(shuffleFolders(), []);
  });

  it('stop within a second when cancelled, in the first stage and in the last', async () => {
    const endless = `SELECT origin, count(*), sum(delay + (SELECT count(*) FROM range(1000000000000) AS r(a) WHERE a % 7 = 9)) FROM `;
    const first = partial({ kind: 'hash', keys: [{ column: 0, type: KEY }], partitionCount: 4 }, endless);
    for (const stages of [
      [first, final(4)],
      [twoPhase(4).stages[0], final(4, endless.replace('origin', 'c0').replace('delay', 'c1'))],
    ]) {
      const abort = new AbortController();
      const running = test.pool.runStaged({ columns: PARTIAL, stages: stages.flatMap((stage) => stage ?? []) }, options(), abort.signal);
      running.catch(() => undefined);
      await until(() => test.pool.status().leased === 2, 'tasks run');
      await new Promise((resolve) => {
        setTimeout(resolve, 300);
      });
      const startMs = performance.now();
      abort.abort();
      await assert.rejects(running, { sqlstate: SQLSTATE.query_canceled });
      assert(performance.now() - startMs < 1_500);
      assert.deepEqual(shuffleFolders(), []);
      assert.equal(test.pool.status().leased, 0);
    }
  });

  it('clean up when the reader closes early', async () => {
    const stream = await test.pool.runStaged(twoPhase(4), options(), NEVER);
    await stream.next();
    await stream.close();
    assert.deepEqual(shuffleFolders(), []);
    assert.equal(test.pool.status().leased, 0);
  });

  for (const format of ['parquet', 'csv'] as const) {
    for (const partitionBy of [[], ['origin']]) {
      it(`write ${format} files${partitionBy.length > 0 ? ' by partition' : ''}`, async () => {
        const staging = join(test.folder, `staging-${++queryCount}`);
        const sink = { format, columnNames: ['origin', 'flights', 'delay'], partitionBy, options: {}, singleFile: false };
        const stages = [
          partial({ kind: 'hash', keys: [{ column: 0, type: KEY }], partitionCount: 4 }),
          { ...final(4), output: { kind: 'files', sink } as const },
        ];
        const files = await test.pool.writeFiles(
          { ...twoPhase(4), stages },
          { stagingDirectory: staging, settings: SETTINGS, queryId: `query-${++queryCount}` },
          NEVER,
        );
        assert.equal(
          files.reduce((sum, file) => sum + file.rowCount, 0),
          229,
        );
        assert.equal(new Set(files.map((file) => file.relativePath)).size, files.length);
        assert(files.every((file) => file.byteCount > 0 && file.path === join(staging, file.relativePath)));
        const list = files.map((file) => `'${file.path}'`).join(', ');
        assert.deepEqual(
          await rowsOf(
            test.pool,
            `SELECT origin, flights::BIGINT, delay::HUGEINT FROM read_${format}([${list}], hive_partitioning => ${partitionBy.length > 0}) ORDER BY 1`,
          ),
          await rowsOf(test.pool, WHOLE),
        );
        assert.deepEqual(shuffleFolders(), []);
      });
    }
  }
});
