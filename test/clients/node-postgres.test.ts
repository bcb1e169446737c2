import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, Pool, type Client } from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { expectError } from '../runner/wire-rows.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

describe('clients/node-postgres', function () {
  this.timeout(30_000);
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    server = await startSluice({ data: await smallSampleDirectory() });
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
  });

  it('binds parameters of every common type and reads values back as JavaScript has them', async () => {
    const date = new Date('2001-02-03T04:05:06.789Z');
    const result = await client.query(
      `SELECT $1::int AS i, $2::bigint AS l, $3::float8 AS f, $4::text AS t, $5::bool AS b, $6::timestamptz AS z, $7::int[] AS a,
         $8::bytea AS y, $9::numeric AS n, $10::json AS j, $11::text AS missing, $12::date::text AS d`,
      [42, '9007199254740993', 1.5, "it's", true, date, [1, 2, 3], Buffer.from([0, 255]), '12.50', { k: [1] }, null, '2001-02-03'],
    );
    assert.deepEqual(result.rows, [
      {
        i: 42,
        l: '9007199254740993',
        f: 1.5,
        t: "it's",
        b: true,
        z: date,
        a: [1, 2, 3],
        y: Buffer.from([0, 255]),
        n: '12.50',
        j: { k: [1] },
        missing: null,
        d: '2001-02-03',
      },
    ]);
  });

  it('runs a named statement again and again', async () => {
    const counts: string[] = [];
    for (const origin of ['LAX', 'ORD', 'LAX']) {
      const result = await client.query<{ n: string }>({
        name: 'by-origin',
        text: 'SELECT count(*) AS n FROM flights WHERE origin = $1',
        values: [origin],
      });
      counts.push(result.rows[0]?.n ?? '');
    }
    assert.equal(counts[0], counts[2]);
    assert.notEqual(counts[0], counts[1]);
    assert(Number(counts[0]) > 100);
  });

  it('infers the types of parameters from where they stand', async () => {
    const result = await client.query('SELECT count(*)::int AS n FROM flights WHERE distance > $1 AND origin = ANY($2) AND date >= $3 LIMIT $4', [
      1000,
      ['LAX', 'SFO'],
      '2001-03-01',
      5,
    ]);
    assert.equal(result.rows.length, 1);
    assert(result.rows[0].n > 0);
  });

  it('reports errors with SQLSTATE and position, and goes on', async () => {
    const error = await expectError(client, 'SELECT no_such FROM flights');
    assert(error instanceof DatabaseError);
    assert.equal(error.code, '42703');
    assert.equal(error.position, '8');
    assert.equal(error.severity, 'ERROR');
    const parameterError = await expectError(client, 'SELECT $1::int', ['abc']);
    assert.equal(parameterError.code, '22P02');
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  });

  it('runs several statements of one simple query', async () => {
    const results: unknown = await client.query("SELECT 1 AS a; SELECT 'x' AS b; SET application_name = 'several'");
    assert(Array.isArray(results));
    assert.deepEqual(
      results.map((result: { rows: unknown[]; command: string }) => [result.command, result.rows]),
      [
        ['SELECT', [{ a: 1 }]],
        ['SELECT', [{ b: 'x' }]],
        ['SET', []],
      ],
    );
  });

  it('reads a result in pieces with pg-cursor and closes it early', async () => {
    const cursor = client.query(new Cursor<{ id: string }>('SELECT i::bigint AS id FROM generate_series(1, 1000) AS g(i) ORDER BY i'));
    assert.deepEqual(
      (await cursor.read(3)).map((row) => Number(row.id)),
      [1, 2, 3],
    );
    assert.deepEqual(
      (await cursor.read(2)).map((row) => Number(row.id)),
      [4, 5],
    );
    await cursor.close();
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
    const whole = client.query(new Cursor('SELECT origin FROM flights'));
    let rows = 0;
    for (let piece = await whole.read(7000); piece.length > 0; piece = await whole.read(7000)) {
      rows += piece.length;
    }
    assert.equal(rows, 60_000);
  });

  it('streams a result with pg-query-stream, and survives a stream dropped half-way', async () => {
    let rows = 0;
    for await (const row of client.query(new QueryStream('SELECT * FROM flights', [], { batchSize: 500 }))) {
      rows += Object.keys(row).length === 5 ? 1 : 0;
    }
    assert.equal(rows, 60_000);
    const stream = client.query(new QueryStream('SELECT a.* FROM flights a, generate_series(1, 100)', [], { batchSize: 100 }));
    for await (const row of stream) {
      assert.equal(typeof row, 'object');
      break;
    }
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  });

  it('serves a pool of connections at once', async () => {
    const pool = new Pool({ host: server.host, port: server.port, user: server.user, database: server.database, max: 8 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const result = await pool.query<{ n: number }>('SELECT $1::int + 1 AS n', [index]);
        return result.rows[0]?.n;
      }),
    );
    await pool.end();
    assert.deepEqual(
      answers,
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  });

  it('keeps temporary objects to their connection', async () => {
    await client.query('CREATE TEMP TABLE mine AS SELECT 1 AS x');
    const other = await server.connect();
    const error = await expectError(other, 'SELECT * FROM mine');
    await other.end();
    assert.equal(error.code, '42P01');
    assert.equal((await client.query('SELECT x FROM mine')).rows[0].x, 1);
  });
});
