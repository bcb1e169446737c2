import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { Client } from 'pg';
import { outcomes, startLiveServer, type LiveServer } from './live-session.js';

describe('sessions/relations', function () {
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

  it('replaces views without taking columns away, changing their names or their types', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "CREATE TEMP VIEW v AS SELECT 1 AS a, 'x' AS b",
        'CREATE TEMP VIEW v AS SELECT 1',
        'CREATE OR REPLACE TEMP VIEW v AS SELECT 2 AS a',
        "CREATE OR REPLACE TEMP VIEW v AS SELECT 2 AS c, 'x' AS b",
        "CREATE OR REPLACE TEMP VIEW v AS SELECT 'y' AS a, 'x' AS b",
        "CREATE OR REPLACE TEMP VIEW v AS SELECT 2 AS a, 'z' AS b, true AS c",
        'TABLE v',
      ]),
      [
        'CREATE',
        '42P07 relation "v" already exists',
        '42P16 cannot drop columns from view',
        '42P16 cannot change name of view column "a" to "c"',
        '42P16 cannot change data type of view column "a" from integer to text',
        'CREATE',
        '2,z,true',
      ],
    );
  });

  it('names the columns of views and tables before it looks for two of one name', async () => {
    assert.deepEqual(
      await outcomes(client, [
        'CREATE TEMP VIEW v(a, b, c) AS SELECT 1, 2, 3',
        'TABLE v',
        'CREATE TEMP VIEW w(a, b, c, d) AS SELECT 1, 2, 3',
        'CREATE TEMP VIEW w(a, a) AS SELECT 1, 2',
        'CREATE TEMP VIEW w AS SELECT 1, 2',
        'CREATE TEMP TABLE t (a, b) AS SELECT 1, 2, 3',
        'CREATE TEMP TABLE u (a, b) AS SELECT 1',
        'CREATE TEMP TABLE u (a int, a text)',
        'CREATE TEMP TABLE public.u (a int)',
        'CREATE TEMP TABLE u (a int) ON COMMIT DROP',
      ]),
      [
        'CREATE',
        '1,2,3',
        '42601 CREATE VIEW specifies more column names than columns',
        '42701 column "a" specified more than once',
        '42701 column "?column?" specified more than once',
        'SELECT',
        '42601 too many column names were specified',
        '42701 column "a" specified more than once',
        '42P16 cannot create temporary relation in non-temporary schema',
        'CREATE',
      ],
    );
  });

  it('drops what others read only with CASCADE, and all or nothing', async () => {
    assert.deepEqual(
      await outcomes(client, [
        'CREATE TEMP TABLE t AS SELECT 1 AS a',
        'CREATE VIEW v AS SELECT a FROM t',
        'CREATE VIEW w AS SELECT a FROM v',
        'DROP TABLE t',
        'DROP VIEW v',
        'DROP TABLE t, missing',
        'TABLE w',
        'DROP VIEW w, v',
        'CREATE VIEW v AS SELECT a FROM t',
        'DROP TABLE t CASCADE',
        'TABLE v',
        'DROP VIEW t',
        'DROP TABLE flights',
      ]),
      [
        'SELECT',
        'CREATE',
        'CREATE',
        '2BP01 cannot drop table t because other objects depend on it',
        '2BP01 cannot drop view v because other objects depend on it',
        '42P01 table "missing" does not exist',
        '1',
        'DROP',
        'CREATE',
        'DROP',
        '42P01 relation "v" does not exist',
        '42P01 view "t" does not exist',
        '0A000 cannot drop "flights"',
      ],
    );
  });

  it('makes views over temporary tables temporary, and discards them with the tables', async () => {
    const notices: string[] = [];
    const listen = (notice: { readonly message?: string | undefined }): void => {
      notices.push(notice.message ?? '');
    };
    client.on('notice', listen);
    const results = await outcomes(client, [
      'CREATE TEMP TABLE t AS SELECT 1 AS a',
      'CREATE VIEW v AS SELECT a FROM t',
      'CREATE VIEW stays AS SELECT 1 AS a',
      'CREATE VIEW public.x AS SELECT 2 AS a',
      'DISCARD TEMP',
      'TABLE v',
      'TABLE stays',
    ]);
    client.off('notice', listen);
    assert.deepEqual(results, ['SELECT', 'CREATE', 'CREATE', 'CREATE', 'DISCARD', '42P01 relation "v" does not exist', '1']);
    assert.deepEqual(notices, ['view "v" will be a temporary view']);
  });

  it('checks the target columns and the values of INSERT', async () => {
    assert.deepEqual(
      await outcomes(client, [
        'CREATE TEMP TABLE t (a int, b text NOT NULL, c numeric(5,2))',
        "INSERT INTO t (b, a) VALUES ('x', 1), ('y', DEFAULT)",
        'INSERT INTO t (a, a) VALUES (1, 2)',
        'INSERT INTO t (nope) VALUES (1)',
        'INSERT INTO t (a, b) VALUES (1)',
        'INSERT INTO t (a) VALUES (1, 2)',
        'INSERT INTO t (a) VALUES (1)',
        "INSERT INTO t VALUES (1, 'x', 1234)",
        "INSERT INTO t SELECT 3, 'z', 1.005",
        'SELECT * FROM t ORDER BY b',
        'CREATE TEMP VIEW v AS SELECT 1 AS a',
        'INSERT INTO v VALUES (1)',
        "INSERT INTO pg_temp_1.t VALUES (4, 'four')",
        'SELECT a FROM pg_temp.t WHERE a = 4',
        'DROP TABLE pg_temp_1.t',
      ]),
      [
        'CREATE',
        'INSERT',
        '42701 column "a" specified more than once',
        '42703 column "nope" of relation "t" does not exist',
        '42601 INSERT has more target columns than expressions',
        '42601 INSERT has more expressions than target columns',
        '23502 null value in column "b" of relation "t" violates not-null constraint',
        '22003 numeric field overflow',
        'INSERT',
        '1,x,NULL;NULL,y,NULL;3,z,1.01',
        'CREATE',
        '55000 cannot insert into view "v"',
        'INSERT',
        '4',
        'DROP',
      ],
    );
  });

  it('keeps the objects of sessions apart', async () => {
    const other = await live.server.connect();
    try {
      await outcomes(client, ['CREATE TEMP TABLE t AS SELECT 1 AS a', 'CREATE TEMP VIEW v AS SELECT 1 AS a']);
      assert.deepEqual(await outcomes(other, ['TABLE t', 'TABLE v', 'CREATE TEMP TABLE t AS SELECT 2 AS a', 'TABLE t']), [
        '42P01 relation "t" does not exist',
        '42P01 relation "v" does not exist',
        'SELECT',
        '2',
      ]);
      assert.deepEqual(await outcomes(client, ['TABLE t']), ['1']);
    } finally {
      await other.end();
    }
  });
});
