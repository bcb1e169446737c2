import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { Client } from 'pg';
import { outcome, outcomes, startLiveServer, type LiveServer } from './live-session.js';

const CHANGED = '0A000 cached plan must not change result type';

describe('sessions/prepared', function () {
  this.timeout(30_000);
  let live: LiveServer;
  let client: Client;
  let file: string;

  before(async () => {
    live = await startLiveServer();
    file = join(live.data, 'p.csv');
  });

  beforeEach(async () => {
    await client?.end();
    client = await live.server.connect();
    writeFileSync(file, 'a,b\n1,x\n2,y\n');
  });

  after(async () => {
    await client?.end();
    await live?.end();
  });

  it('sees the new rows of a file that was replaced', async () => {
    const byA = { name: 'by-a', text: 'SELECT b FROM p WHERE a = $1', values: [3] };
    assert.deepEqual(
      [await outcome(client, byA), await outcome(client, 'PREPARE s AS SELECT a FROM p'), await outcome(client, 'EXECUTE s')],
      ['', 'PREPARE', '1;2'],
    );
    writeFileSync(file, 'a,b\n1,x\n2,y\n3,z\n');
    assert.deepEqual([await outcome(client, byA), await outcome(client, 'EXECUTE s')], ['z', '1;2;3']);
  });

  it('refuses to give other columns than it was prepared with, as long as it is the same statement', async () => {
    const star = { name: 'star', text: 'SELECT * FROM p' };
    assert.deepEqual([await outcome(client, star), await outcome(client, 'PREPARE s AS TABLE p')], ['1,x;2,y', 'PREPARE']);
    writeFileSync(file, 'a,b,c\n1,x,true\n');
    assert.deepEqual(
      [
        await outcome(client, star),
        await outcome(client, 'EXECUTE s'),
        await outcome(client, star.text),
        await outcome(client, { text: star.text, values: [] }),
      ],
      [CHANGED, CHANGED, '1,x,true', '1,x,true'],
    );
    rmSync(file);
    assert.equal(await outcome(client, star), '42P01 relation "p" does not exist');
  });

  it('infers the types of parameters anew when the same text is parsed again', async () => {
    const text = 'SELECT b FROM p WHERE a = $1';
    assert.equal(await outcome(client, { text, values: ['2'] }), 'y');
    writeFileSync(file, 'a,b\nq,x\nr,y\n');
    assert.equal(await outcome(client, { text, values: ['r'] }), 'y');
  });

  it('follows views that are replaced and dropped', async () => {
    const named = { name: 'named', text: 'SELECT * FROM v' };
    await outcomes(client, ['CREATE VIEW v AS SELECT 1 AS a']);
    assert.equal(await outcome(client, named), '1');
    await outcomes(client, ['CREATE OR REPLACE VIEW v AS SELECT 2 AS a']);
    assert.equal(await outcome(client, named), '2');
    await outcomes(client, ['CREATE OR REPLACE VIEW v AS SELECT 3 AS a, 4 AS b']);
    assert.equal(await outcome(client, named), CHANGED);
    await outcomes(client, ['DROP VIEW v']);
    assert.equal(await outcome(client, named), '42P01 relation "v" does not exist');
  });

  it('binds the arguments of EXECUTE', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "PREPARE s(int, text) AS SELECT $1 + 1, $2 || 'x'",
        "EXECUTE s(1, 'y')",
        'EXECUTE s(NULL, NULL)',
        "EXECUTE s(-5, 'y'::text)",
        'EXECUTE s(1)',
        "EXECUTE s('abc', 'y')",
        'PREPARE s AS SELECT 1',
        'CREATE TEMP TABLE t (a int, b text)',
        'PREPARE i AS INSERT INTO t VALUES ($1, $2)',
        "EXECUTE i(1, 'a')",
        'TABLE t',
        'DEALLOCATE s',
        "EXECUTE s(1, 'y')",
        'DEALLOCATE s',
      ]),
      [
        'PREPARE',
        '2,yx',
        'NULL,NULL',
        '-4,yx',
        '42601 wrong number of parameters for prepared statement "s"',
        '22P02 invalid input syntax for type integer: "abc"',
        '42P05 prepared statement "s" already exists',
        'CREATE',
        'PREPARE',
        'INSERT',
        '1,a',
        'DEALLOCATE',
        '26000 prepared statement "s" does not exist',
        '26000 prepared statement "s" does not exist',
      ],
    );
  });
});
