import { strict as assert } from 'node:assert';
import { assertSameRows, RoundTrip } from './round-trip.js';
import { readRefusedStatements, readStatements, titleOf } from './statements.js';
import { addSmallTables } from './tables.js';

const GROUPS = ['operators', 'expressions', 'aggregates', 'windows', 'set-operations', 'subqueries', 'types', 'reports'];

describe('plan round trip: SQL -> DuckDB plan -> plan nodes -> SQL gives the same rows', () => {
  let trip: RoundTrip;

  before(async () => {
    trip = await RoundTrip.start();
    await addSmallTables(trip);
  });

  after(() => trip.stop());

  for (const group of GROUPS) {
    describe(group, () => {
      for (const statement of readStatements(group)) {
        it(titleOf(statement), async () => {
          await assertSameRows(trip, statement, await trip.plan(statement), /\border by [^()]*$/i.test(statement) && group === 'reports');
        });
      }
    });
  }

  describe('refused, with a reason', () => {
    for (const { reason, sql } of readRefusedStatements()) {
      it(`${titleOf(sql)}: ${reason}`, async () => {
        assert.deepEqual(await trip.plan(sql), { kind: 'unknown', reason });
      });
    }
  });

  it('a scalar subquery of two rows fails like the original', async () => {
    const statement = 'select t.a, (select k from {u} u where u.a = t.a) from {t} t';
    const outcome = await trip.plan(statement);
    assert.equal(outcome.kind, 'plan');
    await assert.rejects(trip.runOriginal(statement), /More than one row returned by a subquery/);
    await assert.rejects(outcome.kind === 'plan' ? trip.run(outcome.sql) : Promise.resolve(), /More than one row returned by a subquery/);
  });
});
