import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { DataFrame, Session } from '../../gateway/library/index.js';
import { connect } from '../../gateway/library/index.js';
import { writableSampleDirectory } from '../services/sample-data.js';

describe('data frames give what their SQL gives', function () {
  this.timeout(60_000);
  let data: string;
  let session: Session;
  let flights: DataFrame;

  before(async () => {
    data = await writableSampleDirectory();
    session = await connect({ data, executors: 2, threads: 1, memory: '2GB' });
    flights = session.readParquet('flights/*.parquet');
  });

  after(async () => {
    await session.close();
    rmSync(data, { recursive: true, force: true });
  });

  /** Compares a frame's rows with those of a query, in any order unless the query says one. */
  async function same(frame: DataFrame, sql: string): Promise<void> {
    const [own, twin] = await Promise.all([frame.takeAll(), session.sql(sql).takeAll()]);
    const isOrdered = /\border by\b[^)]*$/i.test(sql);
    const texts = (rows: readonly unknown[]): readonly string[] => {
      const all = rows.map((row) => JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)));
      return isOrdered ? all : all.toSorted();
    };
    assert.ok(twin.length > 0, 'a twin without rows shows nothing');
    assert.deepEqual(texts(own), texts(twin));
  }

  it('reads by path, folder, pattern and name, some columns or all', async () => {
    await same(session.readParquet('flights').aggregate('count(*) AS n', 'sum(delay) AS d'), 'SELECT count(*) AS n, sum(delay) AS d FROM flights');
    await same(
      session.readParquet(['flights/part-0.parquet', 'flights/part-1.parquet']).aggregate('count(*) AS n'),
      `SELECT count(*) AS n FROM read_parquet(ARRAY['flights/part-0.parquet', 'flights/part-1.parquet'])`,
    );
    await same(session.readCsv('airports.csv', { columns: ['iata', 'city'], options: { header: true } }), 'SELECT iata, city FROM airports');
    await same(session.table('airports').select('iata', 'state'), 'SELECT iata, state FROM public.airports');
  });

  it('maps, filters, unnests, unites, joins, groups, sorts and limits', async () => {
    await same(
      flights.map(['origin', 'distance * 2 AS twice']).filter('twice > 5000'),
      'SELECT origin, distance * 2 AS twice FROM flights WHERE distance * 2 > 5000',
    );
    await same(
      session.sql('SELECT iata FROM airports').flatMap(['iata', 'unnest(ARRAY[1, 2]) AS k']).filter(`iata < '05'`),
      `SELECT * FROM (SELECT iata, unnest(ARRAY[1, 2]) AS k FROM airports) a WHERE iata < '05'`,
    );
    await same(flights.select('origin').union(flights.select('destination')).distinct(), 'SELECT origin FROM flights UNION SELECT destination FROM flights');
    const airports = session.table('airports');
    for (const type of ['inner', 'left', 'full'] as const) {
      const joined = flights
        .limit(0)
        .union(flights.filter('delay > 300'))
        .join(airports, { type, on: 'l.origin = r.iata', select: ['l.origin', 'r.city'] });
      await same(joined, `SELECT l.origin, r.city FROM (SELECT * FROM flights WHERE delay > 300) l ${type} JOIN airports r ON l.origin = r.iata`);
    }
    await same(
      airports.join(flights, { type: 'anti', on: 'l.iata = r.origin', select: 'l.iata' }),
      'SELECT iata FROM airports WHERE iata NOT IN (SELECT origin FROM flights)',
    );
    await same(
      flights.groupBy('origin', 'distance > 1000 AS far').aggregate('avg(delay) AS d', 'count(*) AS n'),
      'SELECT origin, distance > 1000 AS far, avg(delay) AS d, count(*) AS n FROM flights GROUP BY 1, 2',
    );
    await same(
      flights.sort('distance DESC', 'date', 'origin', 'destination').limit(7, 3),
      'SELECT * FROM flights ORDER BY distance DESC, date, origin, destination LIMIT 7 OFFSET 3',
    );
    assert.equal(await flights.count(), 60_000);
    assert.equal((await flights.take(5)).length, 5);
  });

  it('takes queries over frames, in PostgreSQL’s and in DuckDB’s own syntax', async () => {
    const far = flights.filter('distance > 2000');
    await same(
      session.sql(
        `WITH a AS (SELECT * FROM {0}) SELECT '{0}' AS text, count(*) AS n FROM a JOIN {1} AS p ON a.origin = p.iata -- {9}`,
        far,
        session.table('airports'),
      ),
      `SELECT '{0}' AS text, count(*) AS n FROM flights a JOIN airports p ON a.origin = p.iata WHERE distance > 2000`,
    );
    await same(
      session.sql('FROM {0} SELECT origin, max(delay) AS d GROUP BY ALL', far).filter('d > 7 / 2'),
      'SELECT origin, max(delay) AS d FROM flights WHERE distance > 2000 GROUP BY 1 HAVING max(delay) > 3',
    );
    await assert.rejects(session.sql('SELECT * FROM {1}', far).count(), { sqlstate: '42P02' });
    await assert.rejects(session.sql('SELECT 1; SELECT 2').count(), { sqlstate: '42601' });
    await assert.rejects(flights.map(['origin', 'destination AS origin']).takeAll(), { sqlstate: '42701' });
    await assert.rejects(session.readParquet('../elsewhere').count(), { sqlstate: '42501' });
  });

  it('parts rows in every way, and runs SQL in each part', async () => {
    const counts =
      'SELECT count(*) AS n, min(origin) AS first, max(origin) AS last, count(DISTINCT origin) AS origins, partition_index() AS p, partition_count() AS parts FROM {0}';
    const parted: readonly (readonly [string, DataFrame, number])[] = [
      ['files', flights.repartition(3), 3],
      ['rows', flights.repartition(5, { by: 'rows' }), 5],
      ['hash', flights.repartition(6, { hashBy: 'origin' }), 6],
      ['range', flights.repartition(4, { rangeBy: 'origin' }), 4],
      ['random', flights.repartition(4, { random: 7 }), 4],
      ['value', flights.map('*, CAST(distance % 3 AS int) AS k').repartition(3, { by: 'k' }), 3],
      ['expression', flights.partition(3, 'distance % 3'), 3],
      [
        'nested',
        flights.repartition([
          { count: 2, hashBy: 'origin' },
          { count: 2, hashBy: ['destination'] },
        ]),
        4,
      ],
      ['derived', flights.groupBy('origin', 'destination').count().repartition(2), 2],
    ];
    for (const [name, frame, count] of parted) {
      const rows = await frame.partialSql(counts).sort('p').takeAll();
      const total = name === 'derived' ? await frame.count() : 60_000;
      assert.deepEqual(
        rows.map(({ p }) => p),
        Array.from({ length: count }, (_, index) => index),
        name,
      );
      assert.ok(
        rows.every(({ parts }) => parts === count),
        name,
      );
      assert.equal(
        rows.reduce((sum, { n }) => sum + Number(n), 0),
        total,
        name,
      );
      if (name === 'hash') {
        assert.equal(
          rows.reduce((sum, { origins }) => sum + Number(origins), 0),
          224,
        );
      }
      if (name === 'range') {
        rows.slice(1).forEach((row, index) => assert.ok(String(rows[index]?.['last']) < String(row['first'])));
      }
      assert.ok(
        rows.every(({ n }) => Number(n) > 0),
        name,
      );
    }
    await assert.rejects(
      flights
        .partition(2, 'distance')
        .count()
        .then(() => flights.partition(2, 'distance').partialSql(counts).count()),
      { sqlstate: '22003' },
    );
    await assert.rejects(flights.repartition(2, { hashBy: 'nothing' }).partialSql(counts).count(), { sqlstate: '42703' });
    assert.throws(() => flights.repartition(0), RangeError);
    assert.throws(() => flights.repartition(2, { hashBy: 'a', rangeBy: 'b' }), TypeError);
  });

  it('brings equal partitions of several frames together, whatever their keys’ types', async () => {
    const left = flights.map(['CAST(distance AS int) AS k', 'origin']).repartition(5, { hashBy: 'k' });
    const right = flights.map('CAST(distance AS numeric(20, 2)) AS k').distinct().repartition(5, { hashBy: 'k' });
    const joined = session.partialSql('SELECT l.k, count(*) AS n FROM {0} AS l JOIN {1} AS r ON l.k = r.k GROUP BY 1', left, right);
    await same(joined, 'SELECT CAST(distance AS int) AS k, count(*) AS n FROM flights GROUP BY 1');
    await same(
      session.partialSql(
        'SELECT origin, count(*) AS n FROM {0} WHERE origin IN (SELECT iata FROM {1}) GROUP BY 1',
        left.repartition(3, { hashBy: 'origin' }),
        session.table('airports'),
      ),
      'SELECT origin, count(*) AS n FROM flights WHERE origin IN (SELECT iata FROM airports) GROUP BY 1',
    );
    await assert.rejects(session.partialSql('SELECT 1 AS a FROM {0}, {1}', left, right.repartition(4, { hashBy: 'k' })).count(), { sqlstate: '22023' });
  });

  it('goes on with SQL over what ran by partitions, and computes a shared part once', async () => {
    const parted = flights
      .repartition(4, { hashBy: 'origin' })
      .filter('delay > 0')
      .partialSql('SELECT origin, count(*) AS n, sum(delay) AS d FROM {0} GROUP BY 1');
    const both = parted.join(parted, { using: 'origin', select: ['origin', 'l.n', 'r.d'] });
    await same(both, 'SELECT origin, count(*) AS n, sum(delay) AS d FROM flights WHERE delay > 0 GROUP BY 1');
    const plan = await both.explain();
    assert.equal(plan.split('Per partition: SQL').length, 2, plan);
    const shuffled = flights.randomShuffle(3, { seed: 1 });
    await same(session.sql('SELECT sum(distance) AS d, count(*) AS n FROM {0}', shuffled), 'SELECT sum(distance) AS d, count(*) AS n FROM flights');
    await same(
      parted.repartition(2, { hashBy: 'n' }).partialSql('SELECT max(n) AS m FROM {0}').aggregate('max(m) AS m'),
      'SELECT max(n) AS m FROM (SELECT count(*) AS n FROM flights WHERE delay > 0 GROUP BY origin) a',
    );
  });

  it('writes datasets whose files are the partitions, in every mode', async () => {
    const sorted = flights.repartition(3, { rangeBy: 'distance' }).partialSort('distance');
    const files = await sorted.writeParquet('out/sorted');
    assert.equal(files.length, 3);
    assert.ok(files.every((file) => existsSync(join(data, file))));
    const ranges = await Promise.all(
      files.map(async (file) => (await session.readParquet(file).aggregate('min(distance) AS a', 'max(distance) AS b').takeAll())[0]),
    );
    ranges.slice(1).forEach((range, index) => assert.ok(Number(ranges[index]?.['b']) < Number(range?.['a'])));
    await assert.rejects(sorted.writeParquet('out/sorted'), { sqlstate: '58P02' });
    await flights.limit(5).writeParquet('out/sorted', { mode: 'overwrite' });
    assert.equal(await session.readParquet('out/sorted').count(), 5);
    await flights.limit(2).writeParquet('out/sorted', { mode: 'append' });
    assert.equal(await session.readParquet('out/sorted').count(), 7);
    await flights
      .filter('distance > 2500')
      .repartition(2)
      .writeCsv('out/far', { options: { delimiter: ';' } });
    await same(
      session.readCsv('out/far/*.csv').aggregate('count(*) AS n', 'sum(distance) AS d'),
      'SELECT count(*) AS n, sum(distance) AS d FROM flights WHERE distance > 2500',
    );
    await flights.writeParquet('out/by', { partitionBy: 'origin', options: { compression: 'zstd' } });
    assert.ok(readdirSync(join(data, 'out/by')).includes('origin=ORD'));
    const lazy = flights.limit(11).writeParquetLazy('out/lazy');
    assert.equal(existsSync(join(data, 'out/lazy')), false);
    assert.equal(await lazy.count(), 11);
    assert.equal(await session.readParquet('out/lazy').count(), 11);
  });

  it('keeps what was computed until it is told not to', async () => {
    mkdirSync(join(data, 'changing'));
    await session.sql('SELECT 1 AS a').writeParquet('changing/a.parquet');
    const frame = session.readParquet('changing').repartition(2, { hashBy: 'a' });
    const above = frame.partialSql('SELECT count(*) AS n FROM {0}').aggregate('sum(n) AS n');
    await session.wait(frame);
    assert.equal(frame.isComputed, true);
    await session.sql('SELECT 2 AS a').writeParquet('changing/b.parquet');
    assert.deepEqual(await above.takeAll(), [{ n: 1n }]);
    await frame.recompute();
    assert.deepEqual(await above.takeAll(), [{ n: 2n }]);
  });

  it('explains frames as it explains statements, at all levels and in all formats', async () => {
    const plain = flights.groupBy('origin').count();
    const [own] = await session.execute(`EXPLAIN (FRAGMENTS) SELECT count(*) FROM flights`);
    assert.ok(own !== undefined && own.rows.length > 0);
    for (const frame of [plain, flights.repartition(2).partialSql('SELECT 1 AS a FROM {0}')]) {
      for (const level of ['translated', 'logical', 'distributed', 'fragments'] as const) {
        assert.ok((await frame.explain({ level })).length > 0);
      }
      assert.ok(Array.isArray(JSON.parse(await frame.explain({ format: 'json' }))));
      assert.match(await frame.explain({ format: 'dot' }), /^digraph/);
    }
  });

  it('reports progress and ends when it is told to', async () => {
    const seen: string[] = [];
    await flights
      .repartition(4, { hashBy: 'origin' })
      .partialSql('SELECT * FROM {0} ORDER BY date')
      .count({ onProgress: ({ stage, stageCount, tasksDone, taskCount }) => seen.push(`${stage}/${stageCount} ${tasksDone}/${taskCount}`) });
    assert.ok(seen.includes('2/3 4/4') || seen.includes('2/2 4/4'), seen.join(', '));
    const stop = new AbortController();
    const long = session.sql('SELECT count(*) AS n FROM {0} a, {0} b, {0} c WHERE a.delay + b.delay < c.delay', flights).count({ signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    await assert.rejects(long, { sqlstate: '57014' });
    assert.equal(await flights.count(), 60_000);
  });

  it('runs statements, and frames see what they stored', async () => {
    await session.execute('CREATE TABLE kept (a int, b text); INSERT INTO kept VALUES (1, $$x$$), (2, NULL)');
    assert.deepEqual(await session.table('kept').sort('a').takeAll(), [
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ]);
    assert.deepEqual(await session.execute('SELECT b FROM kept WHERE a = 1'), [{ tag: 'SELECT 1', rows: [{ b: 'x' }] }]);
    await assert.rejects(session.execute('SELECT * FROM nowhere'), { sqlstate: '42P01' });
  });
});

describe('connect', function () {
  this.timeout(60_000);

  it('refuses options that make no sense, and ends with its process’s work', async () => {
    await assert.rejects(connect({ data: '/nowhere/at/all' }), /--data/);
    const data = await writableSampleDirectory();
    try {
      await assert.rejects(connect({ data, memory: 'much' }), /memory/);
      await assert.rejects(connect({ data, settings: { 'sluice.partitions': 'many' } }), { sqlstate: '22023' });
      const session = await connect({ data, executors: 1, settings: { 'sluice.partitions': 3 } });
      assert.deepEqual((await session.execute('SHOW sluice.partitions'))[0]?.rows, [{ 'sluice.partitions': '3' }]);
      await session.close();
      await session.close();
      assert.equal(readdirSync(join(data, '.sluice', 'temporary')).length, 0);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
});
