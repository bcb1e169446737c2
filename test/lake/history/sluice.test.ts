import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { checkHistory, countKinds } from './check-history.js';
import { startTwoGateways, type Gateways } from './gateways.js';
import { recordHistory } from './record-history.js';
import { sqlPlace } from './sql-session.js';

/** Two gateways on one PostgreSQL catalog, 8 writers each: snapshot isolation across both. `main.ts` does it for longer. */
describe('lake/history: two gateways on one PostgreSQL catalog', function () {
  this.timeout(150_000);
  let gateways: Gateways | undefined;

  before(async () => {
    gateways = await startTwoGateways();
  });

  after(async () => {
    await gateways?.stop();
  });

  it('shows no lost update, dirty or fuzzy read, phantom or forbidden cycle', async () => {
    const { history, final, refusals } = await recordHistory({
      places: (gateways?.urls ?? []).map((url) => sqlPlace(url, 'BEGIN ISOLATION LEVEL REPEATABLE READ')),
      clientsPerPlace: 8,
      durationMs: 8000,
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
