import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { outcomes } from './live-session.js';

describe('sessions/temporary', () => {
  const data = mkdtempSync(join(tmpdir(), 'sluice-temporary-'));
  let server: SluiceServer | undefined;
  let client: Client;

  before(async () => {
    server = await startSluice({ data, executors: 1 });
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
    rmSync(join(dirname(data), `.${basename(data)}.sluice`), { recursive: true, force: true });
  });

  it('objects make no catalog, until something is stored beside them', async () => {
    const catalog = join(dirname(data), `.${basename(data)}.sluice`);
    assert.deepEqual(
      await outcomes(client, [
        'CREATE TEMP TABLE t (id serial, a int)',
        'INSERT INTO t (a) VALUES (1), (2)',
        'UPDATE t SET a = a + 10 WHERE id = 2',
        'SELECT id, a FROM t ORDER BY id',
        'BEGIN',
        'INSERT INTO t (a) VALUES (3)',
      ]),
      ['CREATE', 'INSERT', 'UPDATE', '1,1;2,12', 'BEGIN', 'INSERT'],
    );
    assert.equal(existsSync(catalog), false);
    assert.deepEqual(
      await outcomes(client, [
        'SAVEPOINT one',
        'INSERT INTO t (a) VALUES (4)',
        'CREATE TABLE lasting AS SELECT * FROM t',
        'INSERT INTO t (a) SELECT * FROM generate_series(100, 200)',
        'SELECT count(*) FROM t',
        'SELECT count(*) FROM lasting',
        'ROLLBACK TO one',
        'SELECT count(*) FROM t',
        'SELECT count(*) FROM lasting',
        'ROLLBACK TO one',
        'CREATE TABLE lasting AS SELECT * FROM t WHERE a <> 1',
        'DELETE FROM t WHERE a = 1',
        'COMMIT',
        'SELECT a FROM t ORDER BY a',
        'SELECT a FROM lasting ORDER BY a',
      ]),
      [
        'SAVEPOINT',
        'INSERT',
        'SELECT',
        'INSERT',
        '105',
        '4',
        'ROLLBACK',
        '3',
        '42P01 relation "lasting" does not exist',
        'ROLLBACK',
        'SELECT',
        'DELETE',
        'COMMIT',
        '3;12',
        '3;12',
      ],
    );
    assert.equal(existsSync(catalog), true);
  });

  it('objects are nobody else’s, and go with their session', async () => {
    assert.ok(server !== undefined);
    const other = await server.connect();
    await outcomes(other, ['CREATE TEMP TABLE theirs AS SELECT * FROM generate_series(1, 1000) AS g(a)']);
    assert.deepEqual(await outcomes(client, ['TABLE theirs', "SELECT count(*) FROM pg_class WHERE relname = 'theirs'"]), [
      '42P01 relation "theirs" does not exist',
      '0',
    ]);
    const earlier = server.leftovers().filter((path) => path.includes('/tables/')).length;
    await other.end();
    for (let round = 0; round < 100 && server.leftovers().filter((path) => path.includes('/tables/')).length === earlier; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(earlier, 1);
    assert.deepEqual(
      server.leftovers().filter((path) => path.includes('/tables/')),
      [],
    );
  });
});
