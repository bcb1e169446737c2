import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { outcomes, startLiveServer, type LiveServer } from './live-session.js';

describe('sessions/copy-targets', function () {
  this.timeout(30_000);
  let live: LiveServer;
  let client: Client;

  before(async () => {
    live = await startLiveServer();
    client = await live.server.connect();
  });

  after(async () => {
    await client?.end();
    await live?.end();
  });

  it('never makes a second file or folder of a table’s name', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "COPY (SELECT 1 AS a) TO 'flights.parquet'",
        "COPY (SELECT 1 AS a) TO 'airports' (OVERWRITE)",
        "COPY (SELECT 1 AS a) TO 'airports.json'",
        "COPY (SELECT 1 AS a) TO 'airports.csv'",
        'SELECT count(*) FROM flights',
        'SELECT count(*) FROM airports',
      ]),
      [
        '42P07 relation "flights" already exists',
        '42P07 relation "airports" already exists',
        '42P07 relation "airports" already exists',
        '58P02 "airports.csv" already exists',
        '60000',
        '3376',
      ],
    );
  });

  it('goes by the extension: format, compression, and what contradicts it', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "COPY (SELECT 1 AS a, 'x,\"y' AS b, NULL AS c) TO 'zipped.csv.gz'",
        'TABLE zipped',
        "COPY (SELECT 1 AS a) TO 'wrong.csv' (FORMAT parquet)",
        "COPY (SELECT 1 AS a) TO 'wrong.xyz'",
        "COPY (SELECT 1 AS a) TO 'wrong.parquet.gz'",
        "COPY (SELECT 1 AS a) TO 'wrong' (FORMAT xml)",
      ]),
      [
        'COPY',
        '1,x,"y,NULL',
        '22023 "wrong.csv" would be read as csv, not as parquet',
        '22023 the format of "wrong.xyz" is not known from its name',
        '22023 the format of "wrong.parquet.gz" is not known from its name',
        '22023 COPY format "xml" not recognized',
      ],
    );
    assert.equal(gunzipSync(readFileSync(join(live.data, 'zipped.csv.gz'))).toString(), 'a,b,c\n1,"x,""y",\n');
  });

  it('takes odd names as they are', async () => {
    for (const name of ['quo\'te"d', 'new\nline', 'a b', 'äöü 日本', 'UPPER', '100%', 'semi;colon', '[a-b]*']) {
      const results = await outcomes(client, [`COPY (SELECT 7 AS a) TO '${name.replaceAll("'", "''")}'`, `TABLE "${name.replaceAll('"', '""')}"`]);
      assert.deepEqual(results, ['COPY', '7'], JSON.stringify(name));
      assert.ok(existsSync(join(live.data, name)));
    }
  });

  it('writes all or nothing, whatever goes wrong', async () => {
    const names = readdirSync(live.data).toSorted();
    assert.deepEqual(
      await outcomes(client, [
        "COPY (SELECT 10 / (delay - delay) AS a FROM flights) TO 'broken'",
        "COPY (SELECT 1 AS a, 2 AS a) TO 'broken'",
        "COPY (SELECT 1 AS a, 2 AS b) TO 'broken' (PARTITION_BY (a, a))",
        "COPY (SELECT 1 AS a, 2 AS b) TO 'broken' (PARTITION_BY (a, b))",
        "COPY (SELECT 1 AS a, 2 AS b) TO 'broken' (PARTITION_BY (nope))",
        "COPY (SELECT 1 AS a) TO 'broken.csv' (PARTITION_BY (a))",
        "COPY (SELECT 1 AS a) TO 'broken' (OVERWRITE, APPEND)",
        "COPY (SELECT 1 AS a) TO 'broken' (NOPE 1)",
        "COPY (INSERT INTO x VALUES (1)) TO 'broken'",
        "COPY (SELECT 1 AS a) TO 'airports.csv' (APPEND)",
      ]),
      [
        '22012 division by zero',
        '42701 column "a" specified more than once',
        '42701 column "a" specified more than once',
        '22023 PARTITION_BY must leave at least one column to be written',
        '42703 column "nope" named in PARTITION_BY does not exist',
        '22023 PARTITION_BY needs a folder as its target',
        '42601 OVERWRITE and APPEND cannot be used together',
        '0A000 COPY option "nope" is not supported for format parquet',
        '0A000 COPY query must be a SELECT or VALUES',
        '58P02 rows are added to folders, not to single files: "airports.csv"',
      ],
    );
    assert.deepEqual(readdirSync(live.data).toSorted(), names);
    assert.deepEqual(live.server.leftovers(), []);
  });

  it('replaces a dataset by a query over itself', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "COPY (SELECT 1 AS a) TO 'own'",
        "COPY (SELECT 2 AS a) TO 'own' (APPEND)",
        "COPY (SELECT a + 10 AS a FROM own) TO 'own' (OVERWRITE)",
        'SELECT a FROM own ORDER BY a',
      ]),
      ['COPY', 'COPY', 'COPY', '11;12'],
    );
  });
});
