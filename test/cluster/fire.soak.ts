import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DatabaseError, type Client } from 'pg';
import { startTestCluster, type TestCluster } from './test-cluster.js';

/** Queries with one answer each, over the small sample, that take from a moment to seconds. */
const QUERIES: readonly string[] = [
  'SELECT count(*) AS n, sum(delay) AS s FROM flights',
  'SELECT /*+ DISTRIBUTED PARTITIONS(5) */ origin, count(*) AS n, sum(delay) AS s FROM flights GROUP BY origin ORDER BY origin',
  `SELECT /*+ DISTRIBUTED PARTITIONS(8) SHUFFLE_HASH(*) */ count(*) AS n, sum(a.delay * b.distance) AS s
   FROM flights a JOIN flights b ON a.origin = b.origin WHERE (a.delay + b.delay) % 7 = 1`,
  `SELECT /*+ DISTRIBUTED PARTITIONS(4) */ a.origin, count(*) AS n FROM flights a JOIN airports p ON a.origin = p.iata
   WHERE a.delay > 10 GROUP BY a.origin ORDER BY n DESC, a.origin LIMIT 20`,
  'SELECT /*+ DISTRIBUTED */ * FROM flights WHERE delay > 60 ORDER BY date, origin, destination, delay, distance',
];

/** A query that has not ended after this time hangs. */
const QUERY_TIMEOUT_MS = 60_000;

/** Errors that say clearly that something was lost. */
const CLEAR: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '53000', '57014', '58030']);

const { values } = parseArgs({ options: { faults: { type: 'string', default: '300' }, seed: { type: 'string', default: '1' } } });
const faultsWanted = Number(values.faults);
let seed = Number(values.seed) >>> 0;

interface Counts {
  faults: number;
  right: number;
  clearErrors: number;
  lostConnections: number;
}

const counts: Counts = { faults: 0, right: 0, clearErrors: 0, lostConnections: 0 };
const kinds = new Map<string, number>();
const codes = new Map<string, number>();
const problems: string[] = [];
/** Queries under way: only faults that hit one count. */
let runningCount = 0;

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => process.exit(1)); // what was started ends with the process
}
const cluster = await startTestCluster({ gateways: 2, executors: 3, places: 1 });
try {
  const expected = await answers(cluster);
  const done = new AbortController();
  const readers = [0, 1, 2].map((reader) => read(cluster, expected, reader, done.signal));
  await setFires(cluster);
  done.abort();
  await Promise.all(readers);
  // Nothing of it is left once all is quiet.
  const client = await cluster.gateway.connect();
  for (const [index, sql] of QUERIES.entries()) {
    assert.deepEqual((await client.query(sql)).rows, expected[index]);
  }
  await client.end();
  await sleep(20_000);
} catch (error) {
  problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await cluster.stop().catch((error: unknown) => problems.push(String(error)));
process.stdout.write(`${JSON.stringify({ ...counts, kinds: Object.fromEntries(kinds), codes: Object.fromEntries(codes) })}\n`);
problems.forEach((problem) => process.stdout.write(`${problem}\n`));
process.stdout.write(`${counts.right + counts.clearErrors + counts.lostConnections} passed, ${problems.length} failed\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function answers({ gateway }: TestCluster): Promise<readonly unknown[]> {
  const client = await gateway.connect();
  const all: unknown[] = [];
  for (const sql of QUERIES) {
    all.push((await client.query(sql)).rows);
  }
  await client.end();
  return all;
}

/** Asks one query after the other, through whichever gateway answers; each must give the right rows or a clear error, in time. */
async function read(from: TestCluster, expected: readonly unknown[], reader: number, done: AbortSignal): Promise<void> {
  let client: Client | null = null;
  for (let turn = reader; !done.aborted; turn += 1) {
    client ??= await connect(from, turn);
    if (client === null) {
      await sleep(100);
      continue;
    }
    const index = turn % QUERIES.length;
    const sql = QUERIES[index] ?? '';
    runningCount += 1;
    const outcome: Outcome | { readonly kind: 'hangs' } = await Promise.race([
      outcomeOf(client, sql),
      sleep(QUERY_TIMEOUT_MS, { kind: 'hangs' as const }, { ref: false }),
    ]);
    runningCount -= 1;
    switch (outcome.kind) {
      case 'rows':
        counts.right += 1;
        try {
          assert.deepEqual(outcome.rows, expected[index]);
        } catch {
          problems.push(`wrong rows of: ${sql}`);
        }
        break;
      case 'error':
        counts.clearErrors += 1;
        codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1);
        if (!CLEAR.has(outcome.code)) {
          problems.push(`${outcome.code} ${outcome.message} of: ${sql}`);
        }
        break;
      case 'lost':
        counts.lostConnections += 1;
        client = null;
        break;
      case 'hangs':
        problems.push(`hangs: ${sql}`);
        client = null;
        break;
    }
  }
  await client?.end().catch(() => undefined);
}

async function connect(to: TestCluster, turn: number): Promise<Client | null> {
  const gateway = to.gateways[turn % Math.max(1, to.gateways.length)];
  try {
    return (await gateway?.connect()) ?? null;
  } catch {
    return null;
  }
}

type Outcome =
  | { readonly kind: 'rows'; readonly rows: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'lost' };

async function outcomeOf(client: Client, sql: string): Promise<Outcome> {
  try {
    return { kind: 'rows', rows: (await client.query(sql)).rows };
  } catch (error) {
    return error instanceof DatabaseError && error.code !== '57P01' ? { kind: 'error', code: error.code ?? '', message: error.message } : { kind: 'lost' };
  }
}

/** Sets fires until as many hit a running query as are wanted. */
async function setFires(to: TestCluster): Promise<void> {
  const fires: readonly (readonly [name: string, set: () => Promise<void>])[] = [
    ['executor killed', () => killExecutor(to)],
    ['executor killed', () => killExecutor(to)],
    ['process of an executor killed', () => killChild(to)],
    ['process of an executor killed', () => killChild(to)],
    ['executor stands still', () => freeze(to)],
    ['executor drains', () => drainExecutor(to)],
    ['gateway killed', () => killGateway(to)],
    ['Redis restarted', () => restartRedis(to, 'data')],
    ['Redis emptied', () => restartRedis(to, 'nothing')],
  ];
  while (counts.faults < faultsWanted && problems.length < 20) {
    await sleep(200 + random(600));
    const [name, set] = fires[random(fires.length)] ?? ['', () => Promise.resolve()];
    if (runningCount > 0) {
      counts.faults += 1;
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
    }
    const startedMs = performance.now();
    await set();
    log(`${counts.faults} ${name} (${Math.round(performance.now() - startedMs)} ms), ${counts.right} right`);
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function killExecutor(of: TestCluster): Promise<void> {
  const [victim] = of.executors.splice(random(of.executors.length), 1);
  await victim?.kill();
  await of.addExecutor();
}

async function drainExecutor(of: TestCluster): Promise<void> {
  const [victim] = of.executors.splice(random(of.executors.length), 1);
  const added = of.addExecutor();
  await victim?.stop();
  await added;
}

function killChild(of: TestCluster): Promise<void> {
  const children = of.executors.flatMap((executor) => executor.children());
  const victim = children[random(children.length)];
  if (victim !== undefined) {
    signal(victim.pid, 'SIGKILL');
  }
  return Promise.resolve();
}

/** All processes of an executor, for seconds: less than the time after which it is taken for dead. */
async function freeze(of: TestCluster): Promise<void> {
  const victim = of.executors[random(of.executors.length)];
  if (victim === undefined) {
    return;
  }
  const pids = [victim.pid, ...victim.children().map(({ pid }) => pid)];
  pids.forEach((pid) => signal(pid, 'SIGSTOP'));
  await sleep(1_000 + random(3_000));
  pids.forEach((pid) => signal(pid, 'SIGCONT'));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

async function killGateway(of: TestCluster): Promise<void> {
  const [victim] = of.gateways.splice(random(of.gateways.length), 1);
  await victim?.kill();
  await of.addGateway();
}

async function restartRedis({ redis }: TestCluster, keeps: 'data' | 'nothing'): Promise<void> {
  await redis.kill();
  await sleep(random(2_000));
  await redis.start(keeps);
}

/** A number below a bound, of a sequence that the seed decides. */
function random(bound: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * bound);
}
