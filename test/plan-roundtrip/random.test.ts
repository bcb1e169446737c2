import { assertSameRows, RoundTrip } from './round-trip.js';
import { randomStatement } from './random-statement.js';
import { addSmallTables } from './tables.js';

const STATEMENTS = 150;
/** Statements a test, so that a failing one is found by its seed without 150 lines of report. */
const STATEMENTS_A_TEST = 25;

/** Seeds that once failed. */
const REGRESSIONS: readonly number[] = [];

describe('plan round trip of random statements', () => {
  let trip: RoundTrip;

  before(async () => {
    trip = await RoundTrip.start();
    await addSmallTables(trip);
  });

  after(() => trip.stop());

  async function check(seed: number): Promise<void> {
    const statement = randomStatement(seed);
    try {
      await assertSameRows(trip, statement, await trip.plan(statement), false);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }

  for (let first = 1; first <= STATEMENTS; first += STATEMENTS_A_TEST) {
    it(`seeds ${first} to ${first + STATEMENTS_A_TEST - 1}`, async () => {
      for (let seed = first; seed < first + STATEMENTS_A_TEST; seed += 1) {
        await check(seed);
      }
    });
  }

  for (const seed of REGRESSIONS) {
    it(`seed ${seed}`, () => check(seed));
  }
});
