import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startPostgres } from '../../services/postgres.js';
import { checkHistory, countKinds } from './check-history.js';
import { recordHistory, type Recording } from './record-history.js';
import { sqlPlace } from './sql-session.js';

/** The checker on a database known to do right at one level and wrong at the other. */
describe('lake/history: a real PostgreSQL', function () {
  this.timeout(60_000);

  it('has no anomaly at REPEATABLE READ', async () => {
    const { history, final } = await record('REPEATABLE READ');
    const committed = history.filter((transaction) => transaction.outcome === 'ok').length;
    assert(committed >= 250, `only ${committed} transactions committed`);
    const anomalies = checkHistory(history, { order: 'real_time', final });
    assert.deepEqual(anomalies.slice(0, 5), [], countKinds(anomalies));
  });

  it('has lost updates, fuzzy reads, phantoms and read skew at READ COMMITTED', async () => {
    const { history, final } = await record('READ COMMITTED');
    const kinds = new Set(checkHistory(history, { order: 'real_time', final }).map((anomaly) => anomaly.kind));
    for (const kind of ['lost_update', 'fuzzy_read', 'phantom', 'G_single'] as const) {
      assert(kinds.has(kind), `${kind} not found, only ${[...kinds].join(', ')}`);
    }
  });
});

async function record(level: string): Promise<Recording> {
  const server = await startPostgres();
  const url = `postgres://${server.user}@${server.host}:${server.port}/${server.database}`;
  const place = sqlPlace(url, `BEGIN ISOLATION LEVEL ${level}`);
  return recordHistory({ places: [place, place], clientsPerPlace: 4, durationMs: 2500, committedMin: 250, seed: 7 });
}
