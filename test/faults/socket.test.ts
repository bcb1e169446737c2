import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import { serialize } from 'pg-protocol';
import { RawConnection } from '../clients/raw-connection.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { residentBytes } from '../services/process-tree.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { assertWorks } from './long-query.js';

describe('faults/socket', function () {
  this.timeout(60_000);
  let server: SluiceServer;

  before(async () => {
    server = await startSluice({ data: await smallSampleDirectory() });
  });

  afterEach(async () => {
    await assertWorks(server);
  });

  after(async () => {
    await server?.stop();
  });

  it('garbage instead of a start-up message closes the connection', async () => {
    for (const garbage of [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), randomBytes(500), Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
      const connection = await RawConnection.open(server.port);
      connection.send(garbage);
      await connection.untilClosed();
    }
  });

  it('garbage after start-up is a protocol violation and closes the connection', async () => {
    for (const garbage of [
      Buffer.from([0x01, 0, 0, 0, 4]),
      Buffer.from('Z\0\0\0\x05I'),
      Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0x51, 0, 0, 0, 0]),
    ]) {
      const connection = await RawConnection.start(server.port);
      connection.send(garbage);
      const messages = await connection.until('error').catch(() => []);
      const error = messages.at(-1);
      if (error !== undefined && 'code' in error) {
        assert.equal(error.code, '08P01');
      }
      connection.socket.resume();
      await connection.untilClosed();
    }
  });

  it('a message that claims a gigabyte costs no memory', async () => {
    const connection = await RawConnection.start(server.port);
    const resident = residentBytes(server.pid);
    connection.send(Buffer.from([0x51, 0x40, 0, 0, 0]), Buffer.alloc(100_000, 0x20));
    await sleep(500);
    assert(residentBytes(server.pid) - resident < 64 * 1024 * 1024);
    connection.drop();
  });

  it('connections that say nothing, or half a message, do not disturb others', async () => {
    const silent = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(server.port)));
    const halves = await Promise.all(Array.from({ length: 5 }, () => RawConnection.start(server.port)));
    for (const half of halves) {
      half.send(serialize.query('SELECT 1').subarray(0, 7));
    }
    await assertWorks(server);
    for (const connection of [...silent, ...halves]) {
      connection.drop();
    }
  });

  it('mutated conversations never take the server down', async () => {
    const conversation = Buffer.concat([
      serialize.parse({ name: 's', text: 'SELECT $1::int, origin FROM flights LIMIT 3' }),
      serialize.bind({ statement: 's', values: ['1'] }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
      serialize.query("SELECT 1; SELECT 'two'"),
    ]);
    for (let round = 0; round < 60; round += 1) {
      const bytes = Buffer.from(conversation);
      // Positions and values from a fixed sequence: a failing round can be run again.
      for (let change = 0; change < 3; change += 1) {
        bytes[(round * 131 + change * 977) % bytes.length] = (round * 89 + change * 53) % 256;
      }
      const connection = await RawConnection.start(server.port);
      connection.send(bytes.subarray(0, bytes.length - (round % 4)));
      connection.socket.end();
      await connection.untilClosed();
    }
  });
});
