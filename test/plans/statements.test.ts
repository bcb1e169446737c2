import { strict as assert } from 'node:assert';
import { randomStatement } from '../plan-roundtrip/random-statement.js';
import { readStatements, titleOf } from '../plan-roundtrip/statements.js';
import { addSmallTables } from '../plan-roundtrip/tables.js';
import { assertEqualResults } from './equal-results.js';
import { PlannedTables } from './planned-tables.js';
import { VARIANTS } from './variants.js';

const FILES = ['aggregates', 'expressions', 'operators', 'reports', 'set-operations', 'subqueries', 'types', 'windows'];
const STATEMENTS = 260;
const STATEMENTS_A_TEST = 26;
/** approx_top_k takes any of equally frequent values; the rows of row() no table can hold. */
const LEFT_OUT = /approx_top_k\(|\brow\(/;

describe('distributed statements equal DuckDB', function () {
  // A test of 26 statements takes some six seconds, and more on a busy machine.
  this.timeout(60_000);
  let tables: PlannedTables;
  let turn = 0;

  before(async () => {
    tables = await PlannedTables.start();
    await addSmallTables(tables);
  });

  after(() => tables.stop());

  // Statements take the variants in turn, so that each variant meets statements of every kind.
  async function check(statement: string, count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const variant = VARIANTS[turn % VARIANTS.length];
      turn += 1;
      assert.ok(variant !== undefined);
      await assertEqualResults(tables, statement, variant);
    }
  }

  for (const file of FILES) {
    for (const statement of readStatements(file).filter((each) => !LEFT_OUT.test(each))) {
      it(`${file}: ${titleOf(statement)}`, () => check(statement, 3));
    }
  }

  for (let first = 1; first <= STATEMENTS; first += STATEMENTS_A_TEST) {
    it(`random statements ${first} to ${first + STATEMENTS_A_TEST - 1}`, async () => {
      for (let seed = first; seed < first + STATEMENTS_A_TEST; seed += 1) {
        await check(randomStatement(seed), 1);
      }
    });
  }
});
