import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { startPostgres } from '../../services/postgres.js';
import { startSluice, type SluiceServer } from '../../services/sluice.js';
import { checkHistory, countKinds } from './check-history.js';
import { recordHistory } from './record-history.js';
import { sqlPlace } from './sql-session.js';

const DATABASE = 'history_catalog';

/** Two gateways on one catalog, 8 writers each: snapshot isolation across both. `main.ts` does it for longer. */
describe('lake/history: two gateways on one PostgreSQL catalog', function () {
  this.timeout(180_000);
  let directory: string;
  const gateways: SluiceServer[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-history-'));
    const data = join(directory, 'data');
    mkdirSync(data);
    const postgres = await startPostgres();
    const client = new Client(postgres);
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
    await client.query(`CREATE DATABASE ${DATABASE}`);
    await client.end();
    const catalog = `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${DATABASE}`;
    for (const name of ['one', 'two']) {
      gateways.push(await startSluice({ data, state: join(directory, name), executors: 2, threads: 1, extra: ['--catalog', catalog] }));
    }
  });

  after(async () => {
    for (const gateway of gateways) {
      await gateway.stop();
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows no lost update, dirty or fuzzy read, phantom or forbidden cycle', async () => {
    const { history, final, refusals } = await recordHistory({
      places: gateways.map(({ user, host, port, database }) =>
        sqlPlace(`postgres://${user}@${host}:${port}/${database}`, 'BEGIN ISOLATION LEVEL REPEATABLE READ'),
      ),
      clientsPerPlace: 8,
      durationMs: 20_000,
      committedMin: 50,
      seed: 5,
    });
    const anomalies = checkHistory(history, { order: 'real_time', final });
    assert.deepEqual(anomalies.slice(0, 5), [], countKinds(anomalies));
    const unexpected = [...refusals].filter(([code]) => code !== '40001');
    assert.deepEqual(unexpected, []);
    assert(history.filter((transaction) => transaction.outcome === 'ok').length >= 50);
  });
});
