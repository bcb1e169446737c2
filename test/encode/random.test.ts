import type { DuckDBConnection } from '@duckdb/node-api';
import assert from 'node:assert/strict';
import { DEFAULT_OUTPUT_SETTINGS } from '../../gateway/session/backend.js';
import { parameterLiteral } from '../../gateway/parameters/parameter-literal.js';
import { encodeRows, openDuckdb } from './duckdb.js';

const ROWS = 5000;

/** DuckDB's own text is the oracle where it is laid out as Postgres's. Values are drawn from hashes of the row number. */
const COLUMNS: readonly (readonly [type: string, expression: string, oid: number, oracle?: string])[] = [
  ['TINYINT', '(hash(i) % 256)::BIGINT - 128', 21],
  ['SMALLINT', '((hash(i) >> (hash(i + 1) % 16)) % 65536)::BIGINT - 32768', 21],
  ['INTEGER', '((hash(i) >> (32 + hash(i + 1) % 32)))::BIGINT * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END) // 2', 23],
  ['BIGINT', '((hash(i) >> (1 + hash(i + 1) % 63)))::BIGINT * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END)', 20],
  ['UBIGINT', 'hash(i) >> (hash(i + 1) % 64)', 1700],
  ['HUGEINT', '(hash(i)::HUGEINT * (hash(i + 1) >> (1 + hash(i + 2) % 63))::HUGEINT) * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END)', 1700],
  ['DECIMAL(4, 1)', '(hash(i) % 19999)::BIGINT / 10.0 - 999.9', 1700],
  ['DECIMAL(9, 4)', '((hash(i) >> (40 + hash(i + 1) % 24)))::DECIMAL(38, 4) / 1000', 1700],
  ['DECIMAL(18, 13)', '((hash(i) >> (20 + hash(i + 1) % 44)))::DECIMAL(38, 13) / 1000000000', 1700],
  ['DECIMAL(18, 6)', '((hash(i) >> (20 + hash(i + 1) % 44)))::DECIMAL(38, 6) / 1000000 * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END)', 1700],
  ['DECIMAL(38, 9)', '((hash(i) >> (hash(i + 1) % 64)))::DECIMAL(38, 9)', 1700],
  ['DATE', "DATE '2000-01-01' + ((hash(i) % 1500000)::INTEGER - 700000)", 1082, "replace(v::VARCHAR, '(BC)', 'BC')"],
  ['TIMESTAMP', 'make_timestamp(((hash(i) >> (9 + hash(i + 1) % 50)))::BIGINT)', 1114],
  ['TIME', 'make_time((hash(i) % 24)::BIGINT, (hash(i + 1) % 60)::BIGINT, (hash(i + 2) % 60000000)::DOUBLE / 1e6)', 1083],
  [
    'UUID',
    "(left(md5(i::VARCHAR), 8) || '-' || substr(md5(i::VARCHAR), 9, 4) || '-' || substr(md5(i::VARCHAR), 13, 4) || '-' || substr(md5(i::VARCHAR), 17, 4) || '-' || right(md5(i::VARCHAR), 12))::UUID",
    2950,
  ],
  ['VARCHAR', "repeat(CASE hash(i + 1) % 4 WHEN 0 THEN 'a' WHEN 1 THEN 'é' WHEN 2 THEN '世' ELSE '\"' END, (hash(i) % 40)::INTEGER)", 25],
  ['BIT', "ltrim(bin(hash(i) >> (hash(i + 1) % 63)) || '1', '')", 1562],
  ['BIGNUM', '(hash(i)::HUGEINT * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END))', 1700],
];

describe('encode: random values', () => {
  let connection: DuckDBConnection;

  before(async () => {
    connection = await openDuckdb();
  });

  after(() => {
    connection.closeSync();
  });

  for (const [type, expression, oid, oracle] of COLUMNS) {
    it(`writes ${type} as DuckDB prints it, with NULLs between`, async () => {
      const values = `SELECT CASE WHEN hash(i + 9) % 6 = 0 THEN NULL ELSE (${expression})::${type} END AS v FROM range(${ROWS}) t(i)`;
      const rows = await encodeRows(connection, `SELECT v, (${oracle ?? 'v'})::VARCHAR FROM (${values})`, [], DEFAULT_OUTPUT_SETTINGS);
      assert.equal(rows.length, ROWS);
      for (const [value, text] of rows) {
        assert.equal(value?.toString(), text?.toString());
      }
    });

    // Parameters are DECIMAL, of at most 38 digits.
    it(`reads the binary form of ${type} back`, async () => {
      const encoding = { type: { oid, modifier: -1 }, format: 'binary' } as const;
      const text = { type: { oid, modifier: -1 }, format: 'text' } as const;
      const sample = await encodeRows(
        connection,
        `SELECT v, v FROM (SELECT (${expression})::${type} AS v FROM range(200) t(i))`,
        [encoding, text],
        DEFAULT_OUTPUT_SETTINGS,
      );
      const short = sample.filter(([, value]) => type !== 'HUGEINT' || String(value).replace('-', '').length <= 38);
      assert(short.length > sample.length / 2);
      const literals = short.map(([bytes]) => parameterLiteral({ format: 'binary', bytes: bytes ?? null }, oid));
      const back = await encodeRows(
        connection,
        `SELECT ${literals.join(', ')}`,
        literals.map(() => text),
        DEFAULT_OUTPUT_SETTINGS,
      );
      assert.deepEqual(
        back[0]?.map(String),
        short.map(([, value]) => String(value)),
      );
    });
  }

  it('writes doubles and floats that read back the same', async () => {
    const doubles = `SELECT CASE WHEN i % 2 = 0 THEN (hash(i) % 100000000)::DOUBLE / 100 ELSE (hash(i)::DOUBLE / 1e9) * pow(10, (hash(i + 1) % 600)::INTEGER - 300) END AS v FROM range(${ROWS}) t(i)`;
    const rows = await encodeRows(
      connection,
      `SELECT v, v, v::FLOAT, v::FLOAT FROM (${doubles}) WHERE abs(v) < 3e38`,
      [
        { type: null, format: 'text' },
        { type: null, format: 'binary' },
        { type: null, format: 'text' },
        { type: null, format: 'binary' },
      ],
      DEFAULT_OUTPUT_SETTINGS,
    );
    assert(rows.length > ROWS / 2);
    for (const [doubleText, double, floatText, float] of rows) {
      assert.equal(Number(doubleText), double?.readDoubleBE());
      assert.equal(Math.fround(Number(floatText)), float?.readFloatBE());
    }
  });

  it('writes timestamptz at the offsets Intl gives', async () => {
    for (const timeZone of ['Europe/London', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Pacific/Apia']) {
      const rows = await encodeRows(
        connection,
        'SELECT v, epoch_ms(v) FROM (SELECT make_timestamptz(((hash(i) % 4102444800)::BIGINT) * 1000000) AS v FROM range(400) t(i))',
        [],
        { ...DEFAULT_OUTPUT_SETTINGS, timeZone },
      );
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      for (const [text, millis] of rows) {
        assert.equal(text?.toString().slice(0, 19), format.format(Number(millis)), `${timeZone} ${String(millis)}`);
        assert.equal(
          Date.parse(
            String(text)
              .replace(' ', 'T')
              .replace(/([+-]\d\d)$/, '$1:00'),
          ),
          Number(millis),
        );
      }
    }
  });
});
