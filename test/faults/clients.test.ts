import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import { serialize } from 'pg-protocol';
import { RawConnection } from '../clients/raw-connection.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { residentBytes } from '../services/process-tree.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { assertClean, assertWorks, busyChild, ENDLESS_ROWS_SQL, ENDLESS_SQL, outcomeOf, untilIdle } from './long-query.js';

/** The bound on how long work may go on after a cancel or a lost client; measuring it takes a moment more. */
const STOP_WITHIN_MS = 1000;
/** What a client that does not read may cost the gateway: its buffers and the garbage of filling them. */
const GROWTH_MAX_BYTES = 100 * 1024 * 1024;

/** Greets the server and gives the key that cancels what the connection runs. */
async function startUp(connection: RawConnection): Promise<{ readonly processId: number; readonly secretKey: number }> {
  connection.send(serialize.startup({ user: 'sluice', database: 'sluice' }));
  const greeting = await connection.until('readyForQuery');
  const key = greeting.find((message) => message.name === 'backendKeyData');
  assert(key !== undefined && 'processID' in key && 'secretKey' in key);
  return { processId: Number(key.processID), secretKey: Number(key.secretKey) };
}

describe('faults/clients', function () {
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

  const ENDLESS = [
    ['whole', ENDLESS_SQL],
    ['distributed', ENDLESS_SQL.replace('SELECT', 'SELECT /*+ DISTRIBUTED PARTITIONS(2) */')],
  ] as const;

  for (const [name, sql] of ENDLESS) {
    it(`CancelRequest ends a ${name} query with 57014 within a second`, async () => {
      const connection = await RawConnection.open(server.port);
      const key = await startUp(connection);
      connection.send(serialize.query(sql));
      await busyChild(server);
      const start = performance.now();
      await sendCancel(key.processId, key.secretKey);
      const messages = await connection.until('readyForQuery', 10_000);
      assert(performance.now() - start < STOP_WITHIN_MS, `took ${performance.now() - start} ms`);
      const error = messages.find((message) => message.name === 'error');
      assert(error !== undefined && 'code' in error);
      assert.equal(error.code, '57014');
      connection.send(serialize.query('SELECT 1'));
      await connection.until('readyForQuery');
      await connection.end();
      await untilIdle(server);
    });
  }

  it('a CancelRequest ends a query that is still being read and planned', async () => {
    let late = 0;
    for (const [index, delayMs] of [0, 1, 2, 4, 8, 12, 20, 40, 80, 160].entries()) {
      for (const [, sql] of ENDLESS) {
        const connection = await RawConnection.open(server.port);
        const key = await startUp(connection);
        // Another text each time: a plan made before would be found again.
        connection.send(serialize.query(`${sql} AND a.distance > ${index}`));
        await sleep(delayMs);
        await sendCancel(key.processId, key.secretKey);
        const outcome = connection.until('readyForQuery', 20_000).then((messages) => messages.find((message) => message.name === 'error'));
        const error = await Promise.race([outcome, sleep(STOP_WITHIN_MS).then(() => null)]);
        if (error === null) {
          // The request came before the query: it cancels what runs, and nothing ran yet. Only the shortest delays may see it.
          assert(delayMs <= 2, `a query cancelled after ${delayMs} ms went on`);
          late += 1;
          await sendCancel(key.processId, key.secretKey);
        }
        const failure = error ?? (await outcome);
        assert(failure !== undefined && 'code' in failure);
        assert.equal(failure.code, '57014');
        connection.send(serialize.query('SELECT 1'));
        await connection.until('readyForQuery');
        await connection.end();
      }
    }
    assert(late < 6, `${late} requests were lost`);
    await untilIdle(server);
  });

  it('a CancelRequest with a wrong key changes nothing', async () => {
    const client = await server.connect();
    const outcome = outcomeOf(client, 'SELECT count(*) FROM flights a JOIN flights b ON a.origin = b.origin');
    await sendCancel(1, 12345);
    assert.equal(await outcome, 'answered');
    await client.end();
  });

  it('statement_timeout ends a query with 57014', async () => {
    const client = await server.connect();
    await client.query("SET statement_timeout = '300ms'");
    const start = performance.now();
    assert.equal(await outcomeOf(client, ENDLESS_SQL), '57014');
    assert(performance.now() - start < 300 + STOP_WITHIN_MS);
    await client.end();
    await untilIdle(server);
  });

  for (const [name, sql] of [
    ['computing', ENDLESS_SQL],
    ['streaming', ENDLESS_ROWS_SQL],
    ['distributed streaming', ENDLESS_ROWS_SQL.replace('SELECT', 'SELECT /*+ DISTRIBUTED PARTITIONS(2) */')],
  ] as const) {
    it(`a client lost while ${name} stops the work`, async () => {
      const connection = await RawConnection.start(server.port);
      connection.send(serialize.query(sql));
      await busyChild(server);
      connection.drop();
      await untilIdle(server, STOP_WITHIN_MS + 2000);
    });
  }

  it('a client that does not read stops production, and costs the gateway little memory', async () => {
    const connection = await RawConnection.start(server.port);
    await sleep(300);
    const base = residentBytes(server.pid);
    const children = new Map(server.children().map((child) => [child.pid, residentBytes(child.pid)]));
    connection.socket.pause();
    connection.send(serialize.query(ENDLESS_ROWS_SQL));
    let growthMax = 0;
    for (let look = 0; look < 20; look += 1) {
      await sleep(150);
      growthMax = Math.max(growthMax, residentBytes(server.pid) - base);
    }
    assert(growthMax < GROWTH_MAX_BYTES, `the gateway grew by ${Math.round(growthMax / 1024 / 1024)} MB`);
    await untilIdle(server);
    for (const child of server.children()) {
      const growth = residentBytes(child.pid) - (children.get(child.pid) ?? 0);
      assert(growth < 8 * GROWTH_MAX_BYTES, `a child grew by ${Math.round(growth / 1024 / 1024)} MB`);
    }
    connection.drop();
    await untilIdle(server);
  });

  it('wrong SQL of many kinds leaves the connection usable', async () => {
    const client = await server.connect();
    for (const sql of [
      'SELEC',
      'SELECT FROM WHERE',
      'SELECT * FROM nowhere',
      "SELECT 'x'::int",
      'SELECT 1/0',
      'DROP DATABASE sluice',
      "SELECT '",
      '/*',
      ')(',
      'SELECT $1',
    ]) {
      assert.match(await outcomeOf(client, sql), /^[0-9A-Z]{5}$/, sql);
    }
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
    await client.end();
  });

  function sendCancel(processId: number, secretKey: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.end(serialize.cancel(processId, secretKey));
      });
      socket.on('data', () => undefined);
      socket.once('error', reject);
      socket.once('close', () => {
        resolve();
      });
    });
  }
});
