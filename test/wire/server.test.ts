import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { waitUntil } from '../services/sluice.js';
import { ask, reportFields, startConstantServer, typesOf, type ConstantServer } from './constant-server.js';
import { FLUSH, SYNC, TERMINATE, bind, cancelRequest, execute, parse, query, startup } from './frontend-bytes.js';
import { RawClient } from './raw-client.js';

describe('wire server over constants', () => {
  let running: ConstantServer;
  beforeEach(async () => {
    running = await startConstantServer();
  });
  afterEach(async () => {
    await running.close();
  });

  it('answers a small statement in one write, simple and extended', async () => {
    const client = await running.connect();
    assert.equal(typesOf(await ask(client, 'rows 1')), 'TDCZ');
    assert.equal(client.chunkLengths.length, 1);
    client.send(parse('', 'rows 1'), bind('', ''), execute(''), SYNC);
    assert.equal(typesOf(await client.until('Z')), '12DCZ');
    assert.equal(client.chunkLengths.length, 2);
  });

  it('reads messages that arrive byte by byte, and many that arrive at once', async () => {
    const client = await running.connect();
    for (const byte of Buffer.concat([query('rows 2'), SYNC])) {
      client.send(Buffer.from([byte]));
    }
    assert.equal(typesOf(await client.until('Z')), 'TDDCZ');
    await client.until('Z');
    client.send(...Array<Buffer>(5_000).fill(query('done')));
    for (let round = 0; round < 5_000; round += 1) {
      assert.equal(typesOf(await client.until('Z')), 'CZ');
    }
  });

  it('sends every field of an error, in the order of Postgres', async () => {
    const client = await running.connect();
    const [error] = await ask(client, 'fail');
    assert.equal(error?.body.toString('utf8'), 'SERROR\0VERROR\0C22012\0Mfailed as told\0Da detail\0Ha hint\0P6\0ss\0tt\0cc\0\0');
  });

  it('hides an internal error from the client and logs it; the connection goes on', async () => {
    const client = await running.connect();
    const [error] = await ask(client, 'crash');
    const fields = reportFields(error);
    assert.equal(fields['C'], 'XX000');
    assert(!JSON.stringify(fields).includes('secret'));
    assert(running.logged.some(({ level, text }) => level === 'error' && text.includes('a secret of the implementation')));
    assert.equal(typesOf(await ask(client, 'rows 1')), 'TDCZ');
  });

  it('ends the connection by a FATAL error of its session', async () => {
    const client = await running.connect();
    client.send(query('die'));
    const messages = await client.until('Z');
    assert.equal(typesOf(messages), 'E');
    assert.equal(reportFields(messages[0])['S'], 'FATAL');
    await waitUntil('the backend is closed', 2_000, () => running.counters.backendsClosed === 1);
  });

  it('sends notices before CommandComplete, and changed settings before ReadyForQuery', async () => {
    const client = await running.connect();
    assert.equal(typesOf(await ask(client, 'notice hello; set TimeZone X; set TimeZone Y')), 'NCCCSZ');
    assert.equal(typesOf(await ask(client, 'set TimeZone X; set TimeZone Y')), 'CCZ');
  });

  it('ends the implicit transaction once a round, and says whether it failed', async () => {
    const client = await running.connect();
    await ask(client, 'done; done');
    await ask(client, 'done; fail; done');
    client.send(parse('', 'done'), bind('', ''), execute(''), FLUSH);
    await client.until('C');
    assert.deepEqual(running.counters.implicitEnds, [false, true]);
    client.send(SYNC, parse('', 'syntax'), SYNC, SYNC);
    await client.until('Z');
    await client.until('Z');
    await client.until('Z');
    assert.deepEqual(running.counters.implicitEnds, [false, true, false, true, false]);
  });

  it('cuts a batch at the row limit and sends the rest by the next Execute', async () => {
    const client = await running.connect();
    client.send(parse('', 'rows 250 5'), bind('p', ''), execute('p', 7), execute('p', 93), execute('p', 101), execute('p'), SYNC);
    const types = typesOf(await client.until('Z'));
    assert.equal(types, `12${'D'.repeat(7)}s${'D'.repeat(93)}s${'D'.repeat(101)}s${'D'.repeat(49)}CZ`);
    assert.equal(running.counters.streamsClosed, 1);
  });

  it('stops producing while the client does not read, and goes on when it does', async () => {
    const client = await running.connect();
    client.socket.pause();
    client.send(query('rows 4000000 1000'));
    let produced = -1;
    await waitUntil('production stands still', 8_000, async () => {
      const before = running.counters.rowsProduced;
      await sleep(150);
      produced = running.counters.rowsProduced;
      return produced > 0 && produced === before;
    });
    // What fits the two kernel buffers and the server's own: megabytes, not the four gigabytes asked for.
    assert(produced < 40_000, `${produced} rows were produced for a client that reads nothing`);
    client.socket.resume();
    await waitUntil('production goes on', 5_000, () => running.counters.rowsProduced > produced);
    client.close();
    await waitUntil('the stream is closed', 2_000, () => running.counters.streamsClosed === 1);
    await waitUntil('the backend is closed', 2_000, () => running.counters.backendsClosed === 1);
  });

  it('cancels a statement whose client does not read', async () => {
    const client = await RawClient.connect(running.server.host, running.server.port);
    client.send(startup({ user: 'tester' }));
    const key = (await client.until('Z')).find(({ type }) => type === 'K')?.body ?? Buffer.alloc(8);
    client.socket.pause();
    client.send(query('rows 4000000 1000'));
    await sleep(300);
    const other = await RawClient.connect(running.server.host, running.server.port);
    other.send(cancelRequest(key.readInt32BE(0), key.subarray(4)));
    await waitUntil('the stream is closed', 2_000, () => running.counters.streamsClosed === 1);
    client.close();
  });

  it('cancels only for the right secret', async () => {
    const client = await RawClient.connect(running.server.host, running.server.port);
    client.send(startup({ user: 'tester' }, [3, 2]));
    const key = (await client.until('Z')).find(({ type }) => type === 'K')?.body ?? Buffer.alloc(8);
    const processId = key.readInt32BE(0);
    const secret = key.subarray(4);
    assert.equal(secret.length, 32);
    client.send(query('sleep'));
    const wrong = Buffer.from(secret);
    wrong[31] = (wrong[31] ?? 0) ^ 1;
    for (const tried of [wrong, secret.subarray(0, 4), Buffer.concat([secret, secret])]) {
      const other = await RawClient.connect(running.server.host, running.server.port);
      other.send(cancelRequest(processId, tried));
      assert.equal((await other.rest()).length, 0);
    }
    await assert.rejects(client.next(200), /nothing for 200 ms/);
    const right = await RawClient.connect(running.server.host, running.server.port);
    right.send(cancelRequest(processId, secret));
    assert.equal(reportFields((await client.until('Z'))[0])['C'], '57014');
    client.close();
  });

  it('aborts what a vanished client ran, and closes its portals', async () => {
    const sleeper = await running.connect();
    sleeper.send(query('sleep'));
    const holder = await running.connect();
    await ask(holder, 'begin');
    holder.send(parse('', 'rows 500'), bind('p', ''), execute('p', 1), SYNC);
    await holder.until('Z');
    assert.equal(running.server.connectionCount(), 2);
    sleeper.close();
    holder.close();
    await waitUntil('both backends are closed', 1_000, () => running.counters.backendsClosed === 2);
    assert.equal(running.counters.streamsClosed, 1);
    assert.equal(running.server.connectionCount(), 0);
  });

  it('frees a session on Terminate', async () => {
    const client = await running.connect();
    client.send(TERMINATE);
    assert.equal(await client.next(), null);
    await waitUntil('the backend is closed', 1_000, () => running.counters.backendsClosed === 1);
  });

  it('forgets statements on DEALLOCATE', async () => {
    const client = await running.connect();
    client.send(parse('a', 'done'), parse('b', 'done'), SYNC);
    await client.until('Z');
    await ask(client, 'deallocate a');
    client.send(bind('', 'b'), bind('', 'a'), SYNC);
    assert.equal(typesOf(await client.until('Z')), '2EZ');
  });

  it('never mixes connections up', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => running.connect()));
    await Promise.all(
      clients.map(async (client, index) => {
        for (let round = 1; round <= 20; round += 1) {
          const messages = await ask(client, `rows ${index * 7 + round} ${index + 1}`);
          assert.equal(messages.filter(({ type }) => type === 'D').length, index * 7 + round);
          assert(messages.every(({ type, body }) => type !== 'D' || body.length === index + 7));
        }
      }),
    );
  });
});
