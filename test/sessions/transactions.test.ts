import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { Client } from 'pg';
import { outcomes, startLiveServer, type LiveServer } from './live-session.js';

describe('sessions/transactions', function () {
  this.timeout(30_000);
  let live: LiveServer;
  let client: Client;

  before(async () => {
    live = await startLiveServer();
    client = await live.server.connect();
  });

  beforeEach(async () => {
    await client.query('DISCARD ALL');
  });

  after(async () => {
    await client?.end();
    await live?.end();
  });

  it('undoes all statements of a simple query when one fails', async () => {
    await assert.rejects(client.query('CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1); SELECT 1/0'));
    assert.deepEqual(await outcomes(client, ['TABLE t']), ['42P01 relation "t" does not exist']);
  });

  it('keeps what a COMMIT in the middle of a simple query ended', async () => {
    await assert.rejects(client.query('CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2); SELECT 1/0'));
    assert.deepEqual(await outcomes(client, ['TABLE t']), ['1']);
  });

  it('makes a block of a simple query that leaves one open', async () => {
    await client.query('CREATE TEMP TABLE t (a int); BEGIN; INSERT INTO t VALUES (1)');
    assert.deepEqual(await outcomes(client, ['TABLE t', 'ROLLBACK', 'TABLE t']), ['1', 'ROLLBACK', '42P01 relation "t" does not exist']);
  });

  it('takes only the end of a failed transaction, whatever comments stand before it, and looks at no names in it', async () => {
    const aborted = '25P02 current transaction is aborted, commands ignored until end of transaction block';
    assert.deepEqual(
      await outcomes(client, ['BEGIN', 'SELECT 1/0', 'SELECT * FROM missing', 'SHOW ALL', 'RELEASE a', 'SELEC', '/* why */ -- not\n COMMIT', 'SELECT 1']),
      ['BEGIN', '22012 division by zero', aborted, aborted, aborted, '42601 syntax error at or near "SELEC"', 'ROLLBACK', '1'],
    );
  });

  it('goes back to savepoints with everything', async () => {
    assert.deepEqual(
      await outcomes(client, [
        'BEGIN',
        'CREATE TEMP TABLE t (a int)',
        'SAVEPOINT s',
        'INSERT INTO t VALUES (1)',
        'CREATE VIEW v AS SELECT 1',
        'SELECT 1/0',
        'ROLLBACK TO s',
        'INSERT INTO t VALUES (2)',
        'SELECT * FROM v',
        'ROLLBACK TO s',
        'INSERT INTO t VALUES (3)',
        'COMMIT',
        'TABLE t',
      ]),
      [
        'BEGIN',
        'CREATE',
        'SAVEPOINT',
        'INSERT',
        'CREATE',
        '22012 division by zero',
        'ROLLBACK',
        'INSERT',
        '42P01 relation "v" does not exist',
        'ROLLBACK',
        'INSERT',
        'COMMIT',
        '3',
      ],
    );
  });

  it('writes nothing that others could see in a read-only transaction', async () => {
    assert.deepEqual(
      await outcomes(client, [
        'BEGIN READ ONLY',
        "COPY (SELECT 1 AS a) TO 'read_only'",
        'ROLLBACK',
        'SET default_transaction_read_only = on',
        'CREATE VIEW v AS SELECT 1',
        'CREATE TEMP TABLE t AS SELECT 1 AS a',
      ]),
      [
        'BEGIN',
        '25006 cannot execute COPY TO in a read-only transaction',
        'ROLLBACK',
        'SET',
        '25006 cannot execute CREATE VIEW in a read-only transaction',
        '25006 cannot execute CREATE TABLE AS in a read-only transaction',
      ],
    );
  });

  it('removes the files of temporary tables that nobody can read any more', async () => {
    await outcomes(client, [
      'CREATE TEMP TABLE t AS SELECT 1 AS a',
      'BEGIN',
      'INSERT INTO t VALUES (2)',
      'ROLLBACK',
      'DROP TABLE t',
      'CREATE TEMP TABLE kept AS SELECT 1 AS a',
    ]);
    assert.equal(live.server.leftovers().filter((path) => path.endsWith('.parquet')).length, 1);
    await client.query('DISCARD ALL');
    assert.deepEqual(
      live.server.leftovers().filter((path) => path.endsWith('.parquet')),
      [],
    );
  });
});
