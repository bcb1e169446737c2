import type { RoundTrip } from './round-trip.js';

/** Forty rows with NULLs in most columns, duplicates, and a struct and a list. */
const T = `SELECT (i * 7) % 13 - 3 AS a,
  CASE WHEN i % 5 = 0 THEN NULL ELSE chr(97 + (i % 4)::INTEGER) || 'b' END AS b,
  DATE '2020-01-01' + (i * 13 % 50)::INTEGER AS d,
  CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 31 % 17) / 4.0::DOUBLE END AS x,
  ((i * 37) % 1000)::DECIMAL(12, 2) AS n,
  CASE WHEN i % 9 = 0 THEN NULL ELSE {'p': i % 3, 'q': 'z' || (i % 4)} END AS s,
  CASE WHEN i % 6 = 0 THEN NULL ELSE [i % 3, NULL, i % 5] END AS l,
  i % 3 = 0 AS f
  FROM range(40) AS r(i)`;

/** Fifteen rows to join with; `a` is an INTEGER where t's is a BIGINT. */
const U = `SELECT (CASE WHEN i % 4 = 0 THEN NULL ELSE (i * 5) % 11 END)::INTEGER AS a, chr(97 + (i % 5)::INTEGER) || 'b' AS b, (i * 3) % 20 AS k FROM range(15) AS r(i)`;

/** No rows. */
const E = `SELECT 1 AS a, 'x' AS b, 2::BIGINT AS k WHERE false`;

/** A column of every type Parquet holds, with extreme values, ordinary ones, and NULLs. */
const TYPES = `SELECT * FROM (VALUES
  (127::TINYINT, 32767::SMALLINT, 2147483647, 9223372036854775807, 255::UTINYINT, 18446744073709551615::UBIGINT, 'inf'::FLOAT, 'nan'::DOUBLE,
   9999999.99::DECIMAL(9, 2), 9999999999999999999999999999999999999.9::DECIMAL(38, 1), 'é😀', '\\x00\\xFF'::BLOB, true,
   'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID, DATE 'infinity', TIME '23:59:59.999999', TIMESTAMP 'infinity', TIMESTAMPTZ 'infinity',
   INTERVAL '1 month 2 days 3 seconds', [1, 2], {'a': 1, 'b': 'x'}, MAP {1: 'q'}, '{"a":1}'::JSON, 'a'::ENUM('a', 'b')),
  (-128, -32768, -2147483648, -9223372036854775808, 0, 0, '-inf', '-inf', -9999999.99, -9999999999999999999999999999999999999.9, '', '', false,
   '00000000-0000-0000-0000-000000000000', DATE '0044-03-15 (BC)', TIME '00:00:00', TIMESTAMP '0001-01-01 00:00:00',
   TIMESTAMPTZ '1900-01-01 00:00:00+00', INTERVAL '0 days', [], {'a': NULL, 'b': NULL}, MAP {}, 'null', 'b'),
  (1, 2, 3, 4, 2, 5, 0.1, 0.1, 1.5, 2.5, 'a''b', 'abc', false, 'ffffffff-ffff-ffff-ffff-ffffffffffff', DATE '2020-02-29', TIME '12:00:00',
   TIMESTAMP '2020-01-01 00:00:00.123456', TIMESTAMPTZ '2020-06-01 00:00:00+02', INTERVAL '1 day', [3, NULL], {'a': 5, 'b': 'y'}, MAP {2: NULL}, '[1,2]', 'a'),
  (${Array.from({ length: 24 }, () => 'NULL').join(', ')}))
  AS v(ti, si, i, bi, u8, ub, f, d, de, de38, vc, bl, bo, uu, dt, tm, ts, tz, iv, li, st, m, js, e)`;

/** Makes the small tables the statements are written over. */
export async function addSmallTables(trip: Pick<RoundTrip, 'addTable'>): Promise<void> {
  await trip.addTable('t', T);
  await trip.addTable('u', U);
  await trip.addTable('e', E);
  await trip.addTable('types', TYPES);
}
