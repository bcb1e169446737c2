import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { serialize } from 'pg-protocol';
import type { BackendMessage } from 'pg-protocol/dist/messages.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { RawConnection } from './raw-connection.js';

describe('clients/pg-protocol', function () {
  this.timeout(30_000);
  let server: SluiceServer;

  before(async () => {
    server = await startSluice({ data: await smallSampleDirectory() });
  });

  after(async () => {
    await server?.stop();
  });

  it('greets with parameters, a key and ReadyForQuery', async () => {
    const connection = await RawConnection.open(server.port);
    connection.send(serialize.startup({ user: 'sluice', database: 'sluice' }));
    const greeting = names(await connection.until('readyForQuery'));
    assert.equal(greeting[0], 'authenticationOk');
    assert(greeting.includes('parameterStatus') && greeting.includes('backendKeyData'));
    await connection.end();
  });

  it('parses, binds, describes and executes in one flight', async () => {
    const connection = await RawConnection.start(server.port);
    connection.send(
      serialize.parse({ name: 's', text: 'SELECT $1::int + 1 AS n, $2 AS t', types: [0, 25] }),
      serialize.describe({ type: 'S', name: 's' }),
      serialize.bind({ portal: 'p', statement: 's', values: ['41', 'x'] }),
      serialize.describe({ type: 'P', name: 'p' }),
      serialize.execute({ portal: 'p' }),
      serialize.close({ type: 'S', name: 's' }),
      serialize.sync(),
    );
    assert.deepEqual(names(await connection.until('readyForQuery')), [
      'parseComplete',
      'parameterDescription',
      'rowDescription',
      'bindComplete',
      'rowDescription',
      'dataRow',
      'commandComplete',
      'closeComplete',
      'readyForQuery',
    ]);
    await connection.end();
  });

  it('suspends a portal at its row limit and goes on where it stopped', async () => {
    const connection = await RawConnection.start(server.port);
    connection.send(
      serialize.parse({ text: 'SELECT i FROM generate_series(1, 5) AS g(i) ORDER BY i' }),
      serialize.bind({}),
      serialize.execute({ rows: 2 }),
      serialize.flush(),
    );
    const first = await connection.until('portalSuspended');
    connection.send(serialize.execute({ rows: 2 }), serialize.execute({ rows: 2 }), serialize.sync());
    const rest = await connection.until('readyForQuery');
    assert.equal(names(first).filter((name) => name === 'dataRow').length, 2);
    assert.deepEqual(names(rest), ['dataRow', 'dataRow', 'portalSuspended', 'dataRow', 'commandComplete', 'readyForQuery']);
    await connection.end();
  });

  it('skips everything after an error until Sync', async () => {
    const connection = await RawConnection.start(server.port);
    connection.send(
      serialize.parse({ text: 'SELECT * FROM no_such_table' }),
      serialize.bind({}),
      serialize.execute({}),
      serialize.parse({ text: 'SELECT 1' }),
      serialize.sync(),
      serialize.query('SELECT 2'),
    );
    assert.deepEqual(names(await connection.until('readyForQuery')), ['error', 'readyForQuery']);
    assert.deepEqual(names(await connection.until('readyForQuery')), ['rowDescription', 'dataRow', 'commandComplete', 'readyForQuery']);
    await connection.end();
  });

  it('answers an empty query and many pipelined ones in order', async () => {
    const connection = await RawConnection.start(server.port);
    connection.send(serialize.query(''));
    assert.deepEqual(names(await connection.until('readyForQuery')), ['emptyQuery', 'readyForQuery']);
    connection.send(...Array.from({ length: 50 }, (_, index) => serialize.query(`SELECT ${index}`)));
    for (let index = 0; index < 50; index += 1) {
      const rows = (await connection.until('readyForQuery')).filter((message) => message.name === 'dataRow');
      assert.equal(rows.length, 1);
      assert.equal('fields' in (rows[0] ?? {}) && JSON.stringify(rows[0]).includes(`"${index}"`), true);
    }
    await connection.end();
  });
});

function names(messages: readonly BackendMessage[]): string[] {
  return messages.map((message) => message.name);
}
