import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { DataFrame, Session } from '../../gateway/library/index.js';
import { connect } from '../../gateway/library/index.js';
import { writableSampleDirectory } from '../services/sample-data.js';

describe('functions in JavaScript', function () {
  this.timeout(60_000);
  let data: string;
  let session: Session;
  let flights: DataFrame;

  before(async () => {
    data = await writableSampleDirectory();
    session = await connect({ data, executors: 2, threads: 2, memory: '2GB', logLevel: 'error' });
    flights = session.readParquet('flights/*.parquet');
  });

  after(async () => {
    await session.close();
    rmSync(data, { recursive: true, force: true });
  });

  /** The same rows, whatever their order. */
  async function same(frame: DataFrame, sql: string): Promise<void> {
    const twin = session.sql(sql);
    const difference = session.sql(
      '(SELECT * FROM {0} EXCEPT ALL SELECT * FROM {1}) UNION ALL (SELECT * FROM {1} EXCEPT ALL SELECT * FROM {0})',
      await frame.compute(),
      twin,
    );
    assert.ok((await twin.count()) > 0);
    assert.equal(await difference.count(), 0);
  }

  it('map, filter, flatMap and partition rows as SQL does', async () => {
    const columns = { o: 'text', n: 'bigint', at: 'timestamp', parts: 'text[]' };
    await same(
      flights.map((row) => ({ o: String(row['origin']).toLowerCase(), n: Number(row['distance']) * 2, at: row['date'], parts: [row['origin'], null] }), {
        columns,
      }),
      'SELECT lower(origin) AS o, distance * 2 AS n, date AS at, ARRAY[origin, NULL] AS parts FROM flights',
    );
    await same(
      flights.filter((row) => Number(row['delay']) > 60),
      'SELECT * FROM flights WHERE delay > 60',
    );
    await same(
      flights.flatMap((row) => [{ place: row['origin'] }, { place: row['destination'] }], { columns: { place: 'text' } }),
      'SELECT origin AS place FROM flights UNION ALL SELECT destination FROM flights',
    );
    const parted = flights.partition(3, (row) => Number(row['distance']) % 3);
    await same(
      parted.partialSql('SELECT DISTINCT distance % 3 AS k, partition_index() AS p FROM {0}'),
      'SELECT CAST(i AS bigint) AS k, i AS p FROM generate_series(0, 2) AS t(i)',
    );
    await assert.rejects(
      flights
        .partition(3, () => 3)
        .count()
        .then(() =>
          flights
            .partition(3, () => 3)
            .partialSql('SELECT 1 AS a FROM {0}')
            .count(),
        ),
      { sqlstate: '22003' },
    );
  });

  it('take batches as Arrow tables and give tables or rows, partition by partition', async () => {
    const sums = flights
      .repartition(4, { hashBy: 'origin' })
      .mapBatches(
        (table, { scale }: { readonly scale: number }) => {
          const totals = new Map<string, number>();
          for (const row of table) {
            const { origin, distance } = row.toJSON();
            totals.set(String(origin), (totals.get(String(origin)) ?? 0) + Number(distance) * scale);
          }
          return Array.from(totals, ([origin, total]) => ({ origin, total }));
        },
        { columns: { origin: 'text', total: 'bigint' }, parameters: { scale: 10 } },
      )
      .partialSql('SELECT origin, CAST(sum(total) AS bigint) AS total FROM {0} GROUP BY origin');
    await same(sums, 'SELECT origin, CAST(sum(distance) * 10 AS bigint) AS total FROM flights GROUP BY origin');
    await same(
      flights.mapBatches((table) => table),
      'SELECT * FROM flights',
    );
    const made = flights.limit(5).mapBatches((table, _: never, arrow) => arrow.tableFromArrays({ n: Int32Array.of(table.numRows) }), { columns: { n: 'int' } });
    assert.deepEqual(await made.takeAll(), [{ n: 5 }]);
    const files = await flights
      .repartition(2)
      .mapBatches((table) => table.slice(0, 1))
      .writeParquet('firsts');
    assert.equal(files.length, 2);
  });

  it('come from modules, too', async () => {
    const module = join(data, 'functions.mjs');
    writeFileSync(module, 'const least = 1000;\nexport const isFar = (row, { factor }) => Number(row.distance) > least * factor;\n');
    await same(flights.filter({ module, export: 'isFar' }, { parameters: { factor: 2 } }), 'SELECT * FROM flights WHERE distance > 2000');
    await assert.rejects(flights.filter({ module, export: 'isNear' }).count(), { sqlstate: '38000' });
    assert.throws(() => flights.filter({ module: 'functions.mjs', export: 'isFar' }), { sqlstate: '38000' });
  });

  it('know nothing of what is around them, and fail with their own words', async () => {
    const least = 1000;
    await assert.rejects(
      flights.filter((row) => Number(row['distance']) > least).count(),
      (error: Error) => /least is not defined.*parameters/.test(error.message) && 'sqlstate' in error && error.sqlstate === '38000',
    );
    await assert.rejects(
      flights
        .map(
          () => {
            throw new Error('not this row');
          },
          { columns: { a: 'int' } },
        )
        .takeAll(),
      { sqlstate: '38000', message: /not this row/ },
    );
    await assert.rejects(flights.map(() => ({ a: 'x' }), { columns: { a: 'int' } }).takeAll(), { sqlstate: '22P02' });
    assert.throws(() => flights.filter(Boolean.bind(null)), { sqlstate: '38000' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const endless = flights.filter(() => {
      for (;;) {
        // For ever.
      }
    });
    await assert.rejects(endless.count({ signal: stop.signal }), { sqlstate: '57014' });
    assert.equal(await flights.count(), 60_000);
  });

  it('are for superusers', async () => {
    const place = await writableSampleDirectory();
    try {
      const owner = await connect({ data: place, executors: 1 });
      await owner.execute('CREATE ROLE reader LOGIN; GRANT pg_read_server_files TO reader; GRANT SELECT ON flights TO reader');
      await owner.close();
      await assert.rejects(connect({ data: place, executors: 1, user: 'nobody' }), { sqlstate: '28000' });
      await using reader = await connect({ data: place, executors: 1, user: 'reader' });
      assert.equal(await reader.table('flights').count(), 60_000);
      await assert.rejects(
        reader
          .table('flights')
          .filter(() => true)
          .count(),
        { sqlstate: '42501' },
      );
      await assert.rejects(reader.table('flights').writeParquet('mine'), { sqlstate: '42501' });
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
});
