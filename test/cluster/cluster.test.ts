import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { ENDLESS_ROWS_SQL, ENDLESS_SQL, outcomeOf } from '../faults/long-query.js';
import { startExecutor } from '../services/executor.js';
import { waitUntil } from '../services/sluice.js';
import { startSharedCatalogCluster, startTestCluster, type SharedCatalogCluster, type TestCluster } from './test-cluster.js';

const SHUFFLED = `SELECT /*+ DISTRIBUTED PARTITIONS(6) SHUFFLE_HASH(*) */ a.origin, count(*) AS n, sum(b.delay) AS delay
  FROM flights a JOIN flights b ON a.origin = b.destination AND a.delay = b.delay GROUP BY a.origin ORDER BY a.origin`;

describe('cluster', function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let client: Client;

  before(async () => {
    cluster = await startTestCluster();
    client = await cluster.gateway.connect();
  });

  after(async () => {
    await client?.end();
    await cluster?.stop();
  });

  it('answers whole and distributed queries alike', async () => {
    const whole = await client.query<{ n: string }>('SELECT count(*) AS n FROM flights');
    assert.equal(whole.rows[0]?.n, '60000');
    const shuffled = await client.query(SHUFFLED);
    const local = await client.query(SHUFFLED.replace(/\/\*.*\*\//, '/*+ LOCAL */'));
    assert(shuffled.rows.length > 50);
    assert.deepEqual(shuffled.rows, local.rows);
  });

  it('tells which executor ran each task', async () => {
    await client.query(SHUFFLED);
    const { rows } = await client.query<{ executor: string; known: boolean; n: string }>(
      `SELECT executor, executor IN (SELECT executor_id FROM sluice_executors) AS known, count(*) AS n FROM sluice_tasks
        WHERE query_id = (SELECT query_id FROM sluice_queries WHERE statement = $1 AND state = 'finished' ORDER BY started_at DESC LIMIT 1) GROUP BY executor`,
      [SHUFFLED],
    );
    assert(rows.length >= 1);
    assert(rows.every(({ known, n }) => known && Number(n) > 0));
  });

  it('runs all tasks in executors: the gateway has no process but the binder’s', () => {
    const children = cluster.gateway.children();
    assert.equal(children.length, 2, children.map(({ command }) => command).join('\n'));
  });

  it('stores tables and writes files', async () => {
    await client.query('CREATE TABLE stored AS SELECT origin, count(*) AS n FROM flights GROUP BY origin');
    await client.query("INSERT INTO stored VALUES ('YYY', 1)");
    await client.query('UPDATE stored SET n = n + 1');
    const stored = await client.query<{ n: string }>('SELECT sum(n - 1) AS n FROM stored');
    assert.equal(stored.rows[0]?.n, '60001');
    await client.query("COPY (SELECT /*+ DISTRIBUTED */ * FROM flights WHERE delay > 100) TO 'late' (FORMAT parquet)");
    const late = await client.query<{ same: boolean }>('SELECT (SELECT count(*) FROM late) = (SELECT count(*) FROM flights WHERE delay > 100) AS same');
    assert.equal(late.rows[0]?.same, true);
  });

  it('reports the user’s errors as they are', async () => {
    await assert.rejects(client.query('SELECT 1 / (delay - delay) FROM flights'), { code: '22012' });
    await assert.rejects(client.query('SELECT /*+ DISTRIBUTED PARTITIONS(4) */ origin, sum(1 / (delay - delay)) FROM flights GROUP BY 1'), { code: '22012' });
  });

  it('cancels within a second, in the executor too', async () => {
    await client.query("SET statement_timeout = '500ms'");
    const started = performance.now();
    assert.equal(await outcomeOf(client, ENDLESS_SQL), '57014');
    assert(performance.now() - started < 2_000, `it took ${Math.round(performance.now() - started)} ms`);
    await client.query('RESET statement_timeout');
    await untilIdle();
  });

  it('a reader that stops stops the executor; closing the connection ends the task', async () => {
    const reader = await cluster.gateway.connect();
    await reader.query('BEGIN');
    await reader.query(`DECLARE c CURSOR FOR ${ENDLESS_ROWS_SQL}`);
    await reader.query('FETCH 1000 FROM c');
    await untilIdle();
    await reader.end();
    await untilIdle();
    await client.query('SELECT count(*) FROM flights');
  });

  it('an executor that drains finishes what it runs', async () => {
    const extra = await cluster.addExecutor();
    cluster.executors.pop();
    await sleep(1_500);
    const running = Promise.all(
      Array.from({ length: 6 }, async () => {
        const connection = await cluster.gateway.connect();
        const { rows } = await connection.query<{ n: string }>(
          'SELECT count(*) AS n FROM flights a, flights b WHERE a.delay > 200 AND a.distance * b.delay = 7',
        );
        await connection.end();
        return rows[0]?.n;
      }),
    );
    await sleep(200);
    await extra.stop();
    const counts = await running;
    assert.equal(new Set(counts).size, 1);
    assert.match(extra.log(), /draining/);
  });

  it('refuses an executor over another directory', async () => {
    const other = mkdtempSync(join(tmpdir(), 'sluice-other-'));
    try {
      const options = ['--redis', cluster.redis.url, '--cluster', 'test', '--data', other];
      await assert.rejects(startExecutor(options), /cannot join the cluster: the executor's data directory is/);
      await assert.rejects(startExecutor([...options.slice(0, 4), '--data', cluster.data, '--state', other]), /state directory is/);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('clusters of other names share the Redis and nothing else', async () => {
    const state = mkdtempSync(join(tmpdir(), 'sluice-other-'));
    const other = await startExecutor(['--redis', cluster.redis.url, '--cluster', 'other', '--data', cluster.data, '--state', state]);
    await client.query(SHUFFLED);
    await other.stop();
    rmSync(state, { recursive: true, force: true });
  });

  it('leaves no task in Redis', async () => {
    await waitUntil('no job', 5_000, async () => !(await cluster.keys()).some((key) => /:[0-9a-f]{24}$/.test(key)));
  });

  /** No process of any executor works. */
  async function untilIdle(): Promise<void> {
    let earlier = new Map<number, number>();
    await waitUntil('idle executors', 5_000, async () => {
      const children = cluster.executors.flatMap((executor) => executor.children());
      const busy = children.filter((child) => child.ticks - (earlier.get(child.pid) ?? 0) > 2);
      earlier = new Map(children.map((child) => [child.pid, child.ticks]));
      await sleep(200);
      return busy.length === 0;
    });
  }
});

describe('cluster with several gateways', function () {
  this.timeout(60_000);
  let shared: SharedCatalogCluster;
  let cluster: TestCluster;
  let first: Client;
  let second: Client;

  before(async () => {
    shared = await startSharedCatalogCluster();
    ({ cluster, first, second } = shared);
  });

  after(async () => {
    await shared?.stop();
  });

  it('what one stores the other sees at once', async () => {
    await first.query('CREATE TABLE shared (a int)');
    await second.query('INSERT INTO shared VALUES (1), (2)');
    assert.deepEqual((await first.query('SELECT sum(a)::int AS sum FROM shared')).rows, [{ sum: 3 }]);
    await first.query('DROP TABLE shared');
    await assert.rejects(second.query('SELECT * FROM shared'), { code: '42P01' });
  });

  it('a cancel request reaches the session through the other gateway', async () => {
    const outcome = outcomeOf(first, ENDLESS_SQL);
    await sleep(500);
    const other = cluster.gateways[1];
    assert(other !== undefined);
    const started = performance.now();
    await sendCancel(other.port, first);
    assert.equal(await outcome, '57014');
    assert(performance.now() - started < 1_500, `it took ${Math.round(performance.now() - started)} ms`);
  });

  it('the end of one ends its connections only', async () => {
    await cluster.gateways[0]?.kill();
    cluster.gateways.splice(0, 1);
    assert.deepEqual((await second.query('SELECT count(*)::int AS n FROM flights')).rows, [{ n: 60_000 }]);
    await waitUntil('the other to remove what it left', 30_000, () => cluster.gateway.leftovers().length === 0);
  });
});

/** A CancelRequest with the key of a connection, sent to a port. */
async function sendCancel(port: number, client: Client): Promise<void> {
  assert('processID' in client && typeof client.processID === 'number' && 'secretKey' in client && typeof client.secretKey === 'number');
  const packet = Buffer.alloc(16);
  packet.writeInt32BE(16, 0);
  packet.writeInt32BE(80_877_102, 4);
  packet.writeInt32BE(client.processID, 8);
  packet.writeInt32BE(client.secretKey, 12);
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.end(packet);
  await once(socket, 'close');
}
