import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import Cursor from 'pg-cursor';
import { outcome, outcomes, startLiveServer, type LiveServer } from './live-session.js';

/** Rows joined with themselves by origin: some 100 million of them, seconds of work. */
const SLOW = 'SELECT sum(a.distance + b.distance) FROM flights a JOIN flights b ON a.origin = b.origin JOIN airports c ON c.latitude > b.delay';

const TIMED_OUT = '57014 canceling statement due to statement timeout';

describe('sessions/time-limits', function () {
  this.timeout(30_000);
  let live: LiveServer;
  let client: Client;

  before(async () => {
    live = await startLiveServer();
    client = await live.server.connect();
  });

  after(async () => {
    await client?.end();
    await live?.end();
  });

  it('ends statements that take longer than statement_timeout, and nothing else', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "SET statement_timeout = '200ms'",
        SLOW,
        `CREATE TEMP TABLE slow AS ${SLOW}`,
        `COPY (${SLOW}) TO 'slow'`,
        `EXPLAIN ANALYZE ${SLOW}`,
        'SELECT 1',
        'RESET statement_timeout',
        'TABLE slow',
      ]),
      ['SET', TIMED_OUT, TIMED_OUT, TIMED_OUT, TIMED_OUT, '1', 'RESET', '42P01 relation "slow" does not exist'],
    );
    assert.deepEqual(live.server.leftovers(), []);
  });

  it('does not count the time a portal waits for its client', async () => {
    await client.query("SET statement_timeout = '400ms'");
    const cursor = client.query(new Cursor('SELECT * FROM flights'));
    assert.equal((await cursor.read(10)).length, 10);
    await sleep(600);
    assert.equal((await cursor.read(10)).length, 10);
    await cursor.close();
    assert.equal(await outcome(client, 'RESET statement_timeout'), 'RESET');
  });
});
