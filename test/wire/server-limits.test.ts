import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { PORTAL_COUNT_MAX } from '../../gateway/server/portals.js';
import { PREPARED_STATEMENT_COUNT_MAX } from '../../gateway/server/prepared-statements.js';
import { waitUntil } from '../services/sluice.js';
import { ask, reportFields, startConstantServer, typesOf } from './constant-server.js';
import { SYNC, TERMINATE, bind, closeTarget, parse, query, startup } from './frontend-bytes.js';
import { RawClient } from './raw-client.js';

describe('wire server at its limits', () => {
  it('refuses one session too many, and takes the next when one has left', async () => {
    const running = await startConstantServer({ connectionCountMax: 2 });
    try {
      const first = await running.connect();
      await running.connect();
      const third = await RawClient.connect(running.server.host, running.server.port);
      third.send(startup({ user: 'tester' }));
      const refusal = await third.until('Z');
      assert.equal(typesOf(refusal), 'E');
      assert.deepEqual([reportFields(refusal[0])['S'], reportFields(refusal[0])['C']], ['FATAL', '53300']);
      first.send(TERMINATE);
      await first.next();
      await waitUntil('the place is free', 1_000, () => running.server.connectionCount() === 1);
      await running.connect();
    } finally {
      await running.close();
    }
  });

  it('closes a connection that does not start up in time', async () => {
    const running = await startConstantServer({ startupDeadlineMs: 50 });
    try {
      const client = await RawClient.connect(running.server.host, running.server.port);
      client.send(Buffer.from([0, 0]));
      assert.equal((await client.rest()).length, 0);
    } finally {
      await running.close();
    }
  });

  it('shuts down: idle sessions at once, busy ones after their grace, everything freed', async () => {
    const running = await startConstantServer();
    const idle = await running.connect();
    const busy = await running.connect();
    busy.send(query('sleep'));
    await sleep(50);
    const closing = running.server.close(300);
    const startedAt = Date.now();
    assert.equal(reportFields((await idle.until('Z'))[0])['C'], '57P01');
    assert(Date.now() - startedAt < 250, 'the idle session waited for the busy one');
    const last = await busy.until('Z');
    assert.deepEqual([typesOf(last), reportFields(last[0])['C'], reportFields(last[0])['S']], ['E', '57P01', 'FATAL']);
    assert(Date.now() - startedAt >= 250, 'the busy session had no grace');
    await closing;
    assert.equal(running.counters.backendsClosed, 2);
    await assert.rejects(RawClient.connect(running.server.host, running.server.port));
  });

  it('lets a busy session finish within the grace', async () => {
    const running = await startConstantServer();
    const busy = await running.connect();
    busy.socket.pause();
    busy.send(query('rows 60000 1000'));
    await sleep(100);
    const closing = running.server.close(5_000);
    busy.socket.resume();
    const messages = await busy.until('!');
    assert.equal(messages.filter(({ type }) => type === 'D').length, 60_000);
    assert.equal(typesOf(messages.slice(-3)), 'CZE');
    await closing;
  });

  it('frees the place of a session whose factory refuses it', async () => {
    const running = await startConstantServer({
      connectionCountMax: 1,
      startSession: () => Promise.reject(new TypeError('no session today')),
    });
    try {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const client = await RawClient.connect(running.server.host, running.server.port);
        client.send(startup({ user: 'tester' }));
        const messages = await client.until('Z');
        assert.equal(typesOf(messages), 'RE');
        assert.equal(reportFields(messages[1])['C'], 'XX000');
      }
    } finally {
      await running.close();
    }
  });

  it('bounds the statements and portals of a connection, and takes more when some are closed', async () => {
    const running = await startConstantServer();
    try {
      const client = await running.connect();
      client.send(...Array.from({ length: PREPARED_STATEMENT_COUNT_MAX + 1 }, (_, index) => parse(`s${index}`, 'done')), SYNC);
      const parsed = await client.until('Z');
      assert.equal(typesOf(parsed), `${'1'.repeat(PREPARED_STATEMENT_COUNT_MAX)}EZ`);
      assert.equal(reportFields(parsed.at(-2))['C'], '53400');
      client.send(closeTarget('S', 's0'), parse('more', 'done'), SYNC);
      assert.equal(typesOf(await client.until('Z')), '31Z');
      await ask(client, 'begin');
      client.send(...Array.from({ length: PORTAL_COUNT_MAX + 1 }, (_, index) => bind(`p${index}`, 'more')), SYNC);
      const bound = await client.until('Z');
      assert.equal(typesOf(bound), `${'2'.repeat(PORTAL_COUNT_MAX)}EZ`);
      assert.equal(reportFields(bound.at(-2))['C'], '53400');
      await ask(client, 'rollback');
      client.send(bind('again', 'more'), SYNC);
      assert.equal(typesOf(await client.until('Z')), '2Z');
    } finally {
      await running.close();
    }
  });
});
