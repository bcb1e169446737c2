import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { runCrashes } from './crash-run.js';
import { startPostgresSystem } from './postgres-system.js';
import type { CrashSystem } from './system.js';
import { newWorkload } from './workload.js';

/** The driver on a database that does right, and on one made to do wrong. */
describe('lake/crash: the driver', function () {
  this.timeout(90_000);
  let system: CrashSystem | undefined;

  afterEach(async () => {
    await system?.stop();
    system = undefined;
  });

  it('finds nothing wrong with PostgreSQL, killed six times at work', async () => {
    system = await startPostgresSystem();
    const report = await runCrashes(system, newWorkload(await system.abilities()), { killCount: 6, seed: 3, timeoutMs: 60_000, log: () => {} });
    assert.deepEqual(report.violations, []);
    assert(report.outcomes.done > 20, JSON.stringify(report));
    assert(report.outcomes.refused + report.outcomes.unknown > 0, 'no kill had any effect');
  });

  it('finds a lost transfer, half a batch, rows that were refused, and half a merge', async () => {
    const real = await startPostgresSystem();
    let recoveries = 0;
    system = {
      ...real,
      recover: async () => {
        await real.recover();
        const damage = DAMAGE[recoveries];
        recoveries += 1;
        if (damage !== undefined) {
          const client = await real.connect();
          await client.query(damage);
          await client.end();
        }
      },
    };
    const report = await runCrashes(system, newWorkload(await system.abilities()), { killCount: DAMAGE.length, seed: 4, timeoutMs: 60_000, log: () => {} });
    for (const expected of [
      /has -?\d+, its transfers make/,
      /acknowledged transfer \d+ is lost/,
      /batch \d+ of \d+ rows has/,
      /batch \d+ was never written/,
      /rows are .*, and must be/,
    ]) {
      assert(
        report.violations.some((violation) => expected.test(violation)),
        `${String(expected)} not among: ${report.violations.join('; ')}`,
      );
    }
  });
});

const DAMAGE: readonly string[] = [
  'UPDATE stock SET version = version + 1 WHERE item = 0',
  'INSERT INTO batches VALUES (1999999, 1, NULL)',
  'DELETE FROM batches WHERE n = 1 AND batch = (SELECT max(batch) FROM batches WHERE n = 2)',
  'DELETE FROM transfers WHERE id = (SELECT max(id) FROM transfers)',
];
