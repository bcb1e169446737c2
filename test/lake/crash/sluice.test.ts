import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { runCrashes } from './crash-run.js';
import { startSluiceSystem } from './sluice-system.js';
import type { CrashSystem } from './system.js';
import { newWorkload } from './workload.js';

/** The small form: a few kills for each kind of catalog. The soak form is `main.ts`. */
describe('lake/crash: Sluice', function () {
  this.timeout(100_000);
  let system: CrashSystem | undefined;

  afterEach(async () => {
    await system?.stop();
    system = undefined;
  });

  for (const kind of ['duckdb', 'postgres'] as const) {
    it(`loses and halves nothing when killed at work, catalog in ${kind}`, async () => {
      system = await startSluiceSystem(kind);
      const report = await runCrashes(system, newWorkload(await system.abilities()), { killCount: 3, seed: 11, timeoutMs: 60_000, log: () => {} });
      assert.deepEqual(report.violations, []);
      assert(report.outcomes.done > 10, JSON.stringify(report));
    });
  }
});
