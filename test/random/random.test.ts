import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fileURLToPath } from 'node:url';
import { PLANTED_BUGS } from './plan-mutations.js';
import { describeFailure, keepRegressions, queriesOf, readRegressions, runOnPostgres, runOnSluice } from './run.js';

/** 150 queries keep `npm test` quick; CI asks for thousands. */
const COUNT = Number(process.env['SLUICE_RANDOM_COUNT'] ?? '150');
const SEED = Number(process.env['SLUICE_RANDOM_SEED'] ?? '1');
const OPTIONS = { seed: SEED, count: COUNT, connections: 3, failuresMax: 5 };

describe('random', function () {
  this.timeout(60_000 + COUNT * 1000);

  it(`agrees with the oracle on ${COUNT} queries, whole and distributed`, async () => {
    const report = await runOnSluice(OPTIONS, queriesOf(SEED, COUNT));
    keepRegressions(report.failures);
    assert.equal(report.failures.length, 0, report.failures.map(describeFailure).join('\n'));
    assert.equal(report.count, COUNT);
    assert(report.withRows * 2 >= COUNT, `only ${report.withRows} of ${COUNT} return rows`);
    assert(report.inStages * 2 >= COUNT, `only ${report.inStages} of ${COUNT} run in several stages`);
    assert(report.refused * 20 <= COUNT, `${report.refused} of ${COUNT} are refused by oracle and gateway alike`);
  });

  it('agrees on every query that failed once', async () => {
    const regressions = readRegressions();
    const report = await runOnSluice({ ...OPTIONS, failuresMax: 100 }, regressions);
    assert.equal(report.failures.length, 0, report.failures.map(describeFailure).join('\n'));
    assert.equal(report.count, regressions.length);
  });

  it('makes queries that PostgreSQL 15 answers as the oracle does', async () => {
    const count = Math.min(COUNT, 100);
    const report = await runOnPostgres(OPTIONS, queriesOf(SEED, count));
    assert.equal(report.failures.length, 0, report.failures.map(describeFailure).join('\n'));
    assert.equal(report.refused, 0);
    assert(report.unfinished * 20 <= count, `PostgreSQL did not finish ${report.unfinished} of ${count}`);
  });

  for (const bug of PLANTED_BUGS) {
    it(`catches the planted planner bug ${bug}`, async () => {
      // Always the same queries: rows spoiled at random can make the oracle's and the comparator's work endless.
      const queries = queriesOf(1, 60);
      const spoiled = await runOnSluice(
        {
          ...OPTIONS,
          failuresMax: 5,
          sluice: {
            nodeArguments: ['--import', fileURLToPath(new URL('plant-bug.js', import.meta.url))],
            environment: { PLANTED_BUG: bug },
          },
        },
        queries,
      );
      // Caught means: rows differ, and on the same query they do not without the bug.
      const caught = spoiled.failures.filter((failure) => !(failure.difference ?? '').includes(': error '));
      assert(caught.length > 0);
      const sound = await runOnSluice(
        { ...OPTIONS, failuresMax: 5 },
        caught.map((failure) => failure.query),
      );
      assert(sound.failures.length < caught.length, sound.failures.map(describeFailure).join('\n'));
    });
  }

  it('makes the same query from the same seed', () => {
    assert.deepEqual(queriesOf(7, 20), queriesOf(7, 20));
    assert.equal(new Set(queriesOf(1, 100).map((query) => query.sql)).size, 100);
  });
});
