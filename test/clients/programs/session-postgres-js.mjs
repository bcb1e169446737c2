// postgres.js: prepared statements in text, cursors, COPY streams, transactions.
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { attempt, check, load, runChecks, versionOf } from './checks.mjs';

const postgres = load('postgres');
const sql = postgres({ max: 2, onnotice: () => undefined });

check('types both ways', async () => [
  await sql`SELECT ${1}::int4 AS i, ${'9007199254740993'}::int8 AS l, ${1.5}::float8 AS f, ${'naïve'}::text AS t, ${true}::bool AS b, ${new Date('2024-07-01T12:00:00Z')}::timestamptz AS z, ${[1, 2]}::int4[] AS a, ${Buffer.from([0, 255])}::bytea AS y, ${sql.json({ k: [1] })}::jsonb AS j, ${null}::text AS n, ${'12.50'}::numeric AS m, ${'2020-01-02'}::date AS d`,
  (await sql`SELECT 1 AS a, 'x'::varchar(3) AS b`).columns.map(({ name, type }) => [name, type]),
]);
check('inserts of objects, returning, counts', async () => {
  await sql`CREATE TABLE pj_rows (id int, name text, tags text[])`;
  const inserted = await sql`INSERT INTO pj_rows ${sql(
    [
      { id: 1, name: 'a', tags: ['x'] },
      { id: 2, name: 'b', tags: null },
    ],
    'id',
    'name',
    'tags',
  )} RETURNING *`;
  const updated = await sql`UPDATE pj_rows SET ${sql({ name: 'c' }, 'name')} WHERE id IN ${sql([1, 2])}`;
  return [[...inserted], updated.count, updated.command, [...(await sql`SELECT ${sql(['id', 'name'])} FROM ${sql('pj_rows')} ORDER BY ${sql('id')}`)]];
});
check('transactions and savepoints', async () => {
  await sql`CREATE TABLE pj_tx (i int)`;
  await sql.begin('isolation level serializable', async (transaction) => {
    await transaction`INSERT INTO pj_tx VALUES (1)`;
    await attempt(() =>
      transaction.savepoint(async (inner) => {
        await inner`INSERT INTO pj_tx VALUES (2)`;
        await inner`SELECT 1/0`;
      }),
    );
  });
  return [
    await attempt(() => sql.begin(async (transaction) => [await transaction`INSERT INTO pj_tx VALUES (3)`, await transaction`SELECT no_col`])),
    [...(await sql`SELECT i FROM pj_tx`)],
  ];
});
check('cursors and foreach', async () => {
  let total = 0;
  const sizes = [];
  await sql`SELECT i FROM generate_series(1, 25) AS g(i)`.cursor(10, (rows) => {
    sizes.push(rows.length);
  });
  for await (const rows of sql`SELECT i FROM generate_series(1, 1000) AS g(i)`.cursor(100)) {
    total += rows.reduce((sum, row) => sum + row.i, 0);
  }
  let seen = 0;
  await sql`SELECT i FROM generate_series(1, 50) AS g(i)`.forEach(() => {
    seen += 1;
  });
  return [sizes, total, seen];
});
check('copy streams', async () => {
  await sql`CREATE TABLE pj_copy (i int, t text)`;
  await pipeline(Readable.from(['1\ta\n', '2\t\\N\n']), await sql`COPY pj_copy FROM STDIN`.writable());
  const pieces = [];
  for await (const piece of await sql`COPY (SELECT * FROM pj_copy ORDER BY i) TO STDOUT`.readable()) {
    pieces.push(piece.toString());
  }
  return pieces.join('');
});
check('errors, cancel, several statements', async () => {
  const slow = sql`SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11`;
  setTimeout(() => slow.cancel(), 500);
  return [
    await attempt(() => slow),
    await attempt(() => sql`SELECT no_col`),
    await attempt(() => sql`SELECT ${'x'}::int`),
    (await sql.unsafe('SELECT 1 AS a; SELECT 2 AS b')).map((rows) => [...rows]),
    await sql`SELECT ${1}::int AS one`.describe().then(({ types, columns }) => [types, columns.map(({ name, type }) => [name, type])]),
  ];
});
check('listen', () =>
  attempt(async () => {
    let heard;
    const { unlisten } = await sql.listen('pj_channel', (payload) => {
      heard = payload;
    });
    await sql.notify('pj_channel', 'hello');
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    await unlisten();
    return heard;
  }),
);

await runChecks(`postgres.js ${versionOf('postgres')}`);
await sql.end({ timeout: 2 });
process.exit(0);
