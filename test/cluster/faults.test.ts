import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { ENDLESS_SQL, outcomeOf } from '../faults/long-query.js';
import { startTestCluster, type TestCluster } from './test-cluster.js';

/** Seconds of work in many tasks, and its one answer. */
const LONG_SHUFFLED = `SELECT /*+ DISTRIBUTED PARTITIONS(12) SHUFFLE_HASH(*) */ count(*) AS n, sum(a.delay * b.distance) AS s
  FROM flights a JOIN flights b ON a.origin = b.origin WHERE (a.delay + b.delay) % 3 = 1`;

describe('cluster under faults', function () {
  this.timeout(90_000);
  let cluster: TestCluster;
  let client: Client;
  let expected: readonly { readonly n: string; readonly s: string }[];

  before(async () => {
    cluster = await startTestCluster({ executors: 3, places: 1 });
    client = await cluster.gateway.connect();
    expected = (await client.query<{ n: string; s: string }>(LONG_SHUFFLED)).rows;
  });

  after(async () => {
    await client?.end();
    await cluster?.stop();
  });

  it('an executor that is killed costs nothing but time', async () => {
    const running = client.query(LONG_SHUFFLED);
    await sleep(400);
    const [victim] = cluster.executors.splice(0, 1);
    await victim?.kill();
    assert.deepEqual((await running).rows, expected);
    await cluster.addExecutor();
  });

  it('a whole query in a killed executor runs again in another', async () => {
    const running = client.query<{ n: string }>('SELECT count(*) AS n FROM flights a JOIN flights b ON a.origin = b.origin WHERE (a.delay + b.delay) % 3 = 1');
    await sleep(300);
    const busy = cluster.executors.findIndex((executor) => executor.children().some((child) => child.state === 'R'));
    const [victim] = cluster.executors.splice(Math.max(0, busy), 1);
    await victim?.kill();
    assert.deepEqual((await running).rows, [{ n: expected[0]?.n }]);
    await cluster.addExecutor();
  });

  it('a Redis that restarts with its data costs nothing but time', async () => {
    const running = client.query(LONG_SHUFFLED);
    await sleep(300);
    await cluster.redis.kill();
    await sleep(500);
    await cluster.redis.start('data');
    assert.deepEqual((await running).rows, expected);
  });

  it('neither does one that lost everything', async () => {
    const running = client.query(LONG_SHUFFLED);
    await sleep(300);
    await cluster.redis.kill();
    await cluster.redis.start('nothing');
    assert.deepEqual((await running).rows, expected);
    assert.deepEqual((await client.query(LONG_SHUFFLED)).rows, expected);
  });

  it('statements can be cancelled while Redis is away', async () => {
    await cluster.redis.kill();
    await client.query("SET statement_timeout = '500ms'");
    const started = performance.now();
    assert.equal(await outcomeOf(client, ENDLESS_SQL), '57014');
    assert(performance.now() - started < 2_000);
    await client.query('RESET statement_timeout');
    await cluster.redis.start('data');
    assert.deepEqual((await client.query(LONG_SHUFFLED)).rows, expected);
  });

  it('a gateway that is killed ends what ran for it', async () => {
    const second = await cluster.addGateway();
    cluster.gateways.pop();
    const connection = await second.connect();
    const outcome = outcomeOf(connection, ENDLESS_SQL);
    await sleep(1_000);
    await second.kill();
    assert.equal(await outcome, 'connection lost');
    const started = performance.now();
    assert.deepEqual((await client.query(LONG_SHUFFLED)).rows, expected);
    assert(performance.now() - started < 20_000);
  });
});
