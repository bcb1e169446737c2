import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Binder } from '../../executor/binder/binder.js';
import { decimal, list, scalar } from '../../planner/types/data-type.js';
import { FLIGHTS, isAlive, temporaryFolder } from './support.js';

describe('executor: binder', function () {
  this.timeout(30_000); // real processes on a busy machine

  const folder = temporaryFolder();
  const warnings: string[] = [];
  let binder: Binder;

  before(async () => {
    binder = await Binder.start({
      stubDirectory: folder,
      spillDirectory: join(folder, 'spill'),
      readableRoots: [dirname(FLIGHTS), folder],
      log: { info: () => undefined, warn: (_fields, message) => warnings.push(message) },
    });
  });

  after(async () => {
    const { processIds } = binder;
    await binder.close();
    assert.deepEqual(processIds.filter(isAlive), []);
    assert.deepEqual(readdirSync(join(folder, 'stubs')), []);
    rmSync(folder, { recursive: true });
  });

  it('plans over a stub, whose path tells the reference', async () => {
    const stub = await binder.stubFor(
      [
        { name: 'a', type: scalar('VARCHAR') },
        { name: 'B c', type: scalar('BIGINT') },
      ],
      7,
    );
    assert.match(stub, /-7\.parquet$/);
    const json = await binder.plan(`SELECT a, sum("B c") FROM read_parquet('${stub}', explicit_cardinality => 1000000) GROUP BY a`);
    assert.match(json, /LOGICAL_AGGREGATE_AND_GROUP_BY/);
    assert(json.includes(stub));
    assert.doesNotMatch(json, /LOGICAL_EMPTY_RESULT/);
  });

  it('makes one stub for a schema and a reference', async () => {
    const columns = [{ name: 'x', type: list(scalar('DATE')) }];
    const stubs = await Promise.all([1, 1, 2].map((index) => binder.stubFor(columns, index)));
    assert.equal(stubs[0], stubs[1]);
    assert.notEqual(stubs[0], stubs[2]);
    assert.deepEqual(await binder.describeFiles(`read_parquet('${stubs[2] ?? ''}')`), columns);
  });

  it('folds constants in the time zone given', async () => {
    const sql = `SELECT '2024-07-01 00:00:00'::TIMESTAMPTZ > TIMESTAMPTZ '2024-06-30 20:00:00+00'`;
    assert.notEqual(await binder.plan(sql, 'UTC'), await binder.plan(sql, 'Asia/Tokyo'));
  });

  it('plans what one of the optimizers loses columns of, and goes on with all of them', async () => {
    const sql = 'SELECT a, b, count(DISTINCT c), count(DISTINCT c + 0) FROM (VALUES (1, 2, 3)) AS v(a, b, c) GROUP BY a, b';
    const before = await binder.plan('SELECT sum(a), avg(a) FROM range(3) AS r(a)');
    assert.match(await binder.plan(sql), /count/);
    assert.equal(await binder.plan('SELECT sum(a), avg(a) FROM range(3) AS r(a)'), before);
  });

  it('reports what does not bind, by type', async () => {
    await assert.rejects(binder.plan('SELECT * FROM nope'), { sqlstate: '42P01', message: 'relation "nope" does not exist' });
    await assert.rejects(binder.plan('SELECT x FROM (SELECT 1 AS a)'), { sqlstate: '42703' });
    await assert.rejects(binder.plan('SELECT FROM FROM'), { sqlstate: '42601' });
    await assert.rejects(binder.describe('SELECT nope(1)'), { sqlstate: '42883' });
  });

  it('describes without running', async () => {
    assert.deepEqual(await binder.describe(`SELECT 1 AS a, NULL::DECIMAL(5, 2)[] AS b, count(*) FROM range(1000000000000)`), [
      { name: 'a', type: scalar('INTEGER') },
      { name: 'b', type: list(decimal(5, 2)) },
      { name: 'count_star()', type: scalar('BIGINT') },
    ]);
  });

  it('reads the footers of real files', async () => {
    const [flights] = await binder.inspectParquet([FLIGHTS]);
    assert.equal(flights?.rowCount, 3_000_000);
    assert.equal(flights.rowGroups.length, 11);
    assert.deepEqual(flights.statistics['delay'], { min: '-1116', max: '1688', nullCount: 0 });
    assert.deepEqual(flights.statistics['date'], { min: '2001-01-01 00:01:00', max: '2001-07-01 00:00:00', nullCount: 0 });
  });

  it('compares the bounds of row groups as numbers and instants, not as text', async () => {
    const path = join(folder, 'bounds [1]*.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(
      `COPY (SELECT a, (a - 5)::DECIMAL(20, 2) AS d, a::DOUBLE AS f, DATE '9999-12-31' + a::INTEGER AS later, CASE WHEN a < 4096 THEN NULL ELSE a END AS n, {'in': a} AS s, NULL::INTEGER AS none FROM range(9000) AS t(a)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
    );
    connection.closeSync();
    const [file] = await binder.inspectParquet([path]);
    assert.equal(file?.rowCount, 9_000);
    assert.equal(file.rowGroups.length, 5);
    assert.deepEqual(file.statistics['a'], { min: '0', max: '8999', nullCount: 0 });
    assert.deepEqual(file.statistics['d'], { min: '-5.00', max: '8994.00', nullCount: 0 });
    assert.deepEqual(file.statistics['f'], { min: '0.0', nullCount: 0 });
    assert.deepEqual(file.statistics['later'], { min: '9999-12-31', max: '10024-08-20', nullCount: 0 });
    assert.deepEqual(file.statistics['n'], { min: '4096', max: '8999', nullCount: 4096 });
    assert.equal(file.statistics['s'], undefined);
    assert.equal(file.statistics['none']?.nullCount, 9_000);
    assert.equal(file.statistics['none']?.min, undefined);
  });

  it('names the file that is missing or broken', async () => {
    const short = join(folder, 'short.parquet');
    writeFileSync(short, readFileSync(FLIGHTS).subarray(0, 10_000));
    await assert.rejects(binder.inspectParquet([FLIGHTS, short]), { sqlstate: 'XX001', message: /short\.parquet/ });
    await assert.rejects(binder.inspectParquet([FLIGHTS, join(folder, 'nope.parquet')]), { sqlstate: '58P01', message: /nope\.parquet/ });
  });

  it('comes back when its process is killed, also under a statement', async () => {
    const [planner] = binder.processIds;
    assert(planner !== undefined);
    const planning = binder.plan('SELECT 1');
    process.kill(planner, 'SIGKILL');
    assert.match(await planning, /LOGICAL_PROJECTION/);
    assert.notEqual(binder.processIds[0], planner);
  });
});
