import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { ENDLESS_SQL } from '../faults/long-query.js';
import { startSharedCatalogCluster, type SharedCatalogCluster, type TestCluster } from './test-cluster.js';

/** Seconds of work. */
const SLOW_SQL = 'SELECT count(*) AS n FROM flights a, flights b WHERE a.delay > 60 AND a.distance * b.delay = 7';

describe('cluster: jobs', function () {
  this.timeout(90_000);
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

  it('run without their connection, with its settings, and are waited for through any gateway', async () => {
    await first.query("SET TimeZone = 'Asia/Tokyo'");
    const id = await submit(first, "CREATE TABLE made AS SELECT current_setting('TimeZone') AS zone, count(*) AS n FROM flights");
    await first.query('RESET TimeZone');
    assert.equal(await valueOf(second, 'SELECT wait_job($1)', id), 'SELECT 1');
    assert.deepEqual((await second.query('SELECT zone, n::int FROM made')).rows, [{ zone: 'Asia/Tokyo', n: 60_000 }]);
    const { rows } = await first.query('SELECT state, tag, attempts FROM sluice_jobs WHERE job_id = $1', [id]);
    assert.deepEqual(rows, [{ state: 'done', tag: 'SELECT 1', attempts: 1 }]);
    assert.equal(await valueOf(first, 'SELECT drop_job($1)', id), true);
    await assert.rejects(second.query('SELECT wait_job($1)', [id]), { code: '42704' });
  });

  it('fail with the statement’s error', async () => {
    const id = await submit(first, 'SELECT 1 / (delay - delay) FROM flights');
    await assert.rejects(second.query('SELECT wait_job($1)', [id]), { code: '22012', message: 'division by zero' });
    assert.equal(await valueOf(first, 'SELECT drop_job($1)', id), true);
  });

  it('are cancelled from any gateway', async () => {
    const id = await submit(first, ENDLESS_SQL);
    await sleep(1_000);
    await assert.rejects(second.query('SELECT drop_job($1)', [id]), { code: '55006' });
    const started = performance.now();
    assert.equal(await valueOf(second, 'SELECT cancel_job($1)', id), true);
    await assert.rejects(second.query('SELECT wait_job($1)', [id]), { code: '57014' });
    assert(performance.now() - started < 3_000);
    assert.equal(await valueOf(second, 'SELECT cancel_job($1)', id), false);
    await second.query('SELECT drop_job($1)', [id]);
  });

  it('refuse what needs a client', async () => {
    const id = await submit(first, 'COPY flights TO STDOUT');
    await assert.rejects(second.query('SELECT wait_job($1)', [id]), { code: '0A000' });
    await second.query('SELECT drop_job($1)', [id]);
    await assert.rejects(first.query("SELECT submit_job('SELECT 1'), 2"), { code: '0A000' });
    await assert.rejects(first.query("SELECT submit_job('SELEC 1')"), { code: '42601' });
  });

  it('go on in another gateway when theirs dies, and store what they store once', async () => {
    await second.query('CREATE TABLE counted (n bigint)');
    const ids: string[] = [];
    while (ids.length < 4) {
      ids.push(await submit(second, `INSERT INTO counted ${SLOW_SQL}`));
    }
    await sleep(500);
    await cluster.gateways[0]?.kill();
    cluster.gateways.splice(0, 1);
    for (const id of ids) {
      await second.query('SELECT wait_job($1)', [id]);
    }
    const { rows } = await second.query('SELECT count(*)::int AS jobs, count(DISTINCT n)::int AS answers FROM counted');
    assert.deepEqual(rows, [{ jobs: 4, answers: 1 }]);
    const attempts = await second.query('SELECT max(attempts) AS most FROM sluice_jobs');
    assert.equal(attempts.rows[0].most, 2, 'one of them ran in the gateway that died');
    for (const id of ids) {
      await second.query('SELECT drop_job($1)', [id]);
    }
  });

  it('sluice_executors lists the executors', async () => {
    const { rows } = await second.query("SELECT state, places, threads FROM sluice_executors WHERE state = 'ready'");
    assert.deepEqual(rows, [{ state: 'ready', places: 2, threads: 2 }]);
  });
});

async function submit(client: Client, statement: string): Promise<string> {
  const id = await valueOf(client, 'SELECT submit_job($1)', statement);
  assert(typeof id === 'string');
  return id;
}

async function valueOf(client: Client, sql: string, argument: string): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text: sql, values: [argument], rowMode: 'array' });
  return rows[0]?.[0];
}
