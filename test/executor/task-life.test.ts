import assert from 'node:assert/strict';
import { existsSync, rmSync, truncateSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { LeaseDesk } from '../../executor/pool/lease-desk.js';
import type { TaskSettings, TaskWork } from '../../executor/protocol/messages.js';
import type { StageEnvironment, StagedResult } from '../../executor/stages/options.js';
import { runStaged } from '../../executor/stages/run-staged.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import { scalar } from '../../planner/types/data-type.js';
import { drain, FLIGHTS, NEVER, SETTINGS, temporaryFolder } from './support.js';

const COLUMNS = [
  { name: 'c0', type: scalar('VARCHAR') },
  { name: 'c1', type: scalar('BIGINT') },
];
const PARTITION_COUNT = 3;

/** Flights by origin in two phases: three tasks that scan, three that read a partition each. */
const PLAN: StagedPlan = {
  columns: COLUMNS,
  stages: [
    {
      id: 1,
      description: 'partial',
      fragment: { sql: ['SELECT origin, count(*) FROM ', { kind: 'scan', scan: 0 }, ' AS t GROUP BY 1'], columns: COLUMNS },
      tasks: { kind: 'splits', splits: [0, 1, 2].map((part) => [scan(part)]) },
      output: { kind: 'hash', keys: [{ column: 0, type: scalar('VARCHAR') }], partitionCount: PARTITION_COUNT },
    },
    {
      id: 2,
      description: 'final',
      fragment: { sql: ['SELECT c0, sum(c1)::BIGINT FROM ', { kind: 'exchange', stage: 1, columns: COLUMNS }, ' AS e GROUP BY 1'], columns: COLUMNS },
      tasks: { kind: 'partitions', partitionCount: PARTITION_COUNT, scans: [] },
      output: { kind: 'result' },
    },
  ],
};

function scan(part: number): { scan: number; sql: string; fileCount: number; byteCount: number; rowCount: number } {
  const sql = `(SELECT origin FROM read_parquet('${FLIGHTS}', file_row_number => true) WHERE file_row_number // 1000000 = ${part})`;
  return { scan: 0, sql, fileCount: 1, byteCount: 1, rowCount: 1_000_000 };
}

/** A task as it is sent, which a test may change. */
interface Sent {
  readonly work: TaskWork;
  readonly settings: TaskSettings;
  readonly attempt: number;
}

describe('executor: the life of a task', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const shuffleDirectory = join(folder, 'shuffle');
  let processes: LeaseDesk;
  let queryCount = 0;

  before(async () => {
    await mkdir(join(shuffleDirectory, 'queries'), { recursive: true });
    processes = await LeaseDesk.open({
      executorCount: 4,
      executorCountMax: 4,
      threads: 2,
      memoryBytes: 1 << 30,
      spillDirectory: join(folder, 'spill'),
      shuffleDirectory,
      readableRoots: [dirname(FLIGHTS), folder],
      writableRoots: [folder],
      log: { info: () => undefined, warn: () => undefined },
    });
  });

  after(async () => {
    await processes.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a shuffle file that is gone is made again by its producer alone', async () => {
    let lost = '';
    const { result, sent } = await run(({ work, ...rest }) => {
      const [path = ''] = pathsOf(work);
      if (lost === '' && path !== '') {
        lost = path;
        rmSync(path);
      }
      return { work, ...rest };
    });
    await assertRight(result);
    assert(!existsSync(lost));
    assert.equal(sent.filter(({ work }) => isScan(work)).length, 4, 'three tasks, and one of them again');
  });

  it('one that was cut short, too', async () => {
    let isCut = false;
    const { result, sent } = await run(({ work, ...rest }) => {
      const [path = ''] = pathsOf(work);
      if (!isCut && path !== '') {
        isCut = true;
        truncateSync(path, 100);
      }
      return { work, ...rest };
    });
    await assertRight(result);
    assert.equal(sent.filter(({ work }) => isScan(work)).length, 4);
  });

  it('what passes is tried again, as often as is allowed', async () => {
    let failures = 0;
    const failing = (times: number) => (task: Sent) => {
      if (failures < times && isScan(task.work)) {
        failures += 1;
        return withStatement(task, "SELECT error('SLUICE:58030:Could not read from file: Input/output error')");
      }
      return task;
    };
    const { result } = await run(failing(2), { attemptsMax: 3 });
    await assertRight(result);
    failures = 0;
    await assert.rejects(run(failing(100), { attemptsMax: 3 }), (error: Error & { sqlstate?: string; detail?: string }) => {
      assert.equal(error.sqlstate, '58030');
      assert.match(error.detail ?? '', /tried 3 times/);
      return true;
    });
  });

  it('memory that did not suffice is doubled, with no other task of the query beside', async () => {
    let running = 0;
    let beside = 0;
    let failed = false;
    const { result, sent } = await run(
      (task) => {
        if (!failed && isScan(task.work)) {
          failed = true;
          return withStatement(task, "SELECT error('SLUICE:53200:out of memory')");
        }
        if (task.settings.memoryBytes > 512 << 20) {
          beside = running;
        }
        return task;
      },
      { memoryBytes: () => 512 << 20 },
      (change) => {
        running += change;
      },
    );
    await assertRight(result);
    assert.deepEqual(
      sent.filter(({ attempt }) => attempt === 2).map(({ settings }) => settings.memoryBytes),
      [1024 << 20],
    );
    assert.equal(beside, 0);
  });

  it('a straggler gets a copy, and the first of them counts', async () => {
    const started = performance.now();
    let slow = true;
    const { result, sent } = await run(
      (task) => {
        if (slow && isScan(task.work)) {
          slow = false;
          return withStatement(task, 'SELECT count(*) FROM range(100000000000) AS r(a) WHERE a % 7 = 9');
        }
        return task;
      },
      { speculation: 'aggressive' },
    );
    await assertRight(result);
    assert.deepEqual(
      sent.filter(({ attempt }) => attempt > 1).map(({ attempt }) => attempt),
      [101],
    );
    assert(performance.now() - started < 20_000);
  });

  it('the statement’s own errors are final', async () => {
    let count = 0;
    await assert.rejects(
      run((task) => {
        count += 1;
        return withStatement(task, "SELECT error('SLUICE:22012:division by zero')");
      }),
      { sqlstate: '22012' },
    );
    assert(count <= 3);
  });

  async function run(
    change: (task: Sent) => Sent,
    environment: Partial<StageEnvironment> = {},
    count: (change: number) => void = () => undefined,
  ): Promise<{ readonly result: StagedResult; readonly sent: readonly Sent[] }> {
    const sent: Sent[] = [];
    const result = await runStaged(
      PLAN,
      { encodings: [], settings: SETTINGS, queryId: `life-${++queryCount}` },
      {
        acquire: async (signal) => {
          const leased = await processes.acquire(signal);
          return {
            run: (work, settings, attempt = 1) => {
              sent.push({ work, settings, attempt });
              const task = change({ work, settings, attempt });
              count(1);
              return leased.run(task.work, task.settings, attempt);
            },
            release: () => {
              count(-1);
              processes.release(leased);
            },
          };
        },
        threads: 2,
        memoryBytes: () => 256 << 20,
        parallelism: 3,
        attemptsMax: 2,
        queuedAhead: 0,
        speculation: 'off',
        retriesWhole: false,
        shuffleDirectory,
        ...environment,
      },
      NEVER,
    );
    return { result, sent };
  }
});

function pathsOf(work: TaskWork): readonly string[] {
  return work.kind === 'stream' ? work.inputs.flatMap(({ paths }) => paths) : [];
}

function isScan(work: TaskWork): boolean {
  return work.kind === 'collect';
}

/** The task with another statement in place of its own. */
function withStatement(task: Sent, sql: string): Sent {
  return task.work.kind === 'collect' ? { ...task, work: { ...task.work, statements: [sql] } } : task;
}

async function assertRight(result: StagedResult): Promise<void> {
  const rows = await drain(result);
  assert(rows.length > 100);
  assert.equal(
    rows.reduce((sum, row) => sum + Number(row[1]), 0),
    3_000_000,
  );
}
