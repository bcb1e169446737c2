import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { smallSampleDirectory } from '../services/sample-data.js';
import { isAlive } from '../services/process-tree.js';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';
import { assertClean, assertWorks, busyChild, ENDLESS_SQL, outcomeOf, untilIdle } from './long-query.js';

describe('faults/processes', function () {
  this.timeout(60_000);
  let server: SluiceServer;

  before(async () => {
    server = await startSluice({ data: await smallSampleDirectory(), executors: 2, threads: 1 });
    await untilIdle(server);
  });

  afterEach(async () => {
    await assertWorks(server);
    await assertClean(server);
    await untilIdle(server);
  });

  after(async () => {
    await server?.stop();
  });

  it('a killed executor fails its query alone, and the connection goes on', async () => {
    const client = await server.connect();
    const other = await server.connect();
    const outcome = outcomeOf(client, ENDLESS_SQL);
    const child = await busyChild(server);
    process.kill(child.pid, 'SIGKILL');
    assert.match(await outcome, /^(57P02|57P01|58000|53200)$/);
    assert.equal((await client.query('SELECT count(*) AS n FROM flights')).rows[0].n, '60000');
    assert.equal((await other.query('SELECT count(*) AS n FROM flights')).rows[0].n, '60000');
    await client.end();
    await other.end();
  });

  it('an executor killed in the middle of a distributed query does no other harm', async () => {
    const client = await server.connect();
    const outcome = outcomeOf(
      client,
      `SELECT /*+ DISTRIBUTED PARTITIONS(4) PARTITION(a, FILES, 4) PARTITION(b, FILES, 4) */ a.origin, count(*)
       FROM flights a JOIN flights b ON a.origin = b.destination JOIN (VALUES (1), (2), (3), (4), (5), (6)) v(x) ON a.delay + b.delay <> x GROUP BY 1`,
    );
    const child = await busyChild(server);
    process.kill(child.pid, 'SIGKILL');
    assert.match(await outcome, /^(57P02|57P01|53200|answered)$/);
    await client.end();
  });

  it('every idle child (the binder among them) may die', async () => {
    await assertWorks(server);
    for (const child of server.children()) {
      process.kill(child.pid, 'SIGKILL');
      await waitUntil('the child is gone', 5000, () => !isAlive(child));
      const client = await server.connect();
      // A death that nobody noticed yet may cost the next statement, no more.
      await outcomeOf(client, 'SELECT /*+ DISTRIBUTED */ origin, count(*) FROM flights GROUP BY origin');
      const second = await outcomeOf(client, 'SELECT /*+ DISTRIBUTED */ destination, count(*) FROM flights GROUP BY destination');
      assert.equal(second, 'answered');
      await client.end();
    }
  });

  it('children killed while statements are being planned fail those at most', async () => {
    const client = await server.connect();
    let outcomes: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const planned = Array.from({ length: 10 }, (_, index) =>
        outcomeOf(
          client,
          `EXPLAIN (DISTRIBUTED) SELECT /*+ DISTRIBUTED */ origin, count(*) FROM flights WHERE distance > ${round * 10 + index} GROUP BY origin`,
        ),
      );
      for (const child of server.children()) {
        process.kill(child.pid, 'SIGKILL');
      }
      outcomes = [...outcomes, ...(await Promise.all(planned))];
    }
    assert.deepEqual(
      outcomes.filter((outcome) => !/^(answered|57P0[12])$/.test(outcome)),
      [],
    );
    assert(outcomes.includes('answered'));
    await client.end();
  });

  it('a query that needs more memory than there is fails with 53200 or spills, and ends there', async () => {
    const client = await server.connect();
    const outcome = await outcomeOf(
      client,
      "SELECT length(string_agg(a.origin || b.destination || repeat('x', 200), '')) FROM flights a, (SELECT * FROM flights LIMIT 2000) b",
    );
    assert.match(outcome, /^(53200|53100|57P02|54000|22000|22003|answered)$/);
    await client.end();
  });
});
