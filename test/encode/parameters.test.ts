import type { DuckDBConnection } from '@duckdb/node-api';
import assert from 'node:assert/strict';
import { DEFAULT_OUTPUT_SETTINGS } from '../../gateway/session/backend.js';
import { parameterLiteral } from '../../gateway/parameters/parameter-literal.js';
import { encodeValue, openDuckdb } from './duckdb.js';

const OIDS = {
  bool: 16,
  bytea: 17,
  name: 19,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  json: 114,
  jsonb: 3802,
  float4: 700,
  float8: 701,
  unknown: 705,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
  timetz: 1266,
  numeric: 1700,
  regclass: 2205,
  uuid: 2950,
  varbit: 1562,
  int4Array: 1007,
  textArray: 1009,
} as const;

/** Text, what it is read as, and the type that is written back. */
const ACCEPTED: readonly (readonly [type: keyof typeof OIDS, text: string, expected: string])[] = [
  ...['t', 'true', 'TRUE', ' yes ', 'y', 'on', '1', 'tr'].map((text) => ['bool', text, 't'] as const),
  ...['f', 'false', 'no', 'n', 'off', '0', 'of'].map((text) => ['bool', text, 'f'] as const),
  ['int4', ' +42 ', '42'],
  ['int8', '-9223372036854775808', '-9223372036854775808'],
  ['oid', '-1', '4294967295'],
  ['regclass', '1259', '1259'],
  ['numeric', '1.50', '1.50'],
  ['numeric', '.5', '0.5'],
  ['numeric', '5.', '5'],
  ['numeric', '1e3', '1000'],
  ['numeric', '1.5e-3', '0.0015'],
  ['numeric', '-0.00', '0.00'],
  ['numeric', 'nan', 'NaN'],
  ['numeric', '00012', '12'],
  ['float8', ' 1e5 ', '100000'],
  ['float8', '-inf', '-Infinity'],
  ['float4', '0.1', '0.1'],
  ['text', "o'brien -- '' \\' ; DROP TABLE x; /*", "o'brien -- '' \\' ; DROP TABLE x; /*"],
  ['name', 'pg_class', 'pg_class'],
  ['unknown', "it's", "it's"],
  ['varchar', '', ''],
  ['bytea', 'abc\\\\\\001é', '\\x6162635c01c3a9'],
  ['bytea', '\\xDE ad', '\\xdead'],
  ['uuid', '{0F8FAD5BD9CB469FA16570867728950E}', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['json', ' {"a": "\'"} ', ' {"a": "\'"} '],
  ['varbit', 'x1f', '00011111'],
  ['date', '2024-2-9', '2024-02-09'],
  ['date', '20240229', '2024-02-29'],
  ['date', '02/29/2024', '2024-02-29'],
  ['date', 'Feb 29, 2024', '2024-02-29'],
  ['date', '29-Feb-2024', '2024-02-29'],
  ['date', '2024-02-29T12:00:00Z', '2024-02-29'],
  ['date', '44-03-15 BC'.replace('44', '0044'), '0044-03-15 BC'],
  ['date', 'epoch', '1970-01-01'],
  ['time', '04:05', '04:05:00'],
  ['time', '04:05:06.7 PM', '16:05:06.7'],
  ['time', '2024-01-01 04:05:06', '04:05:06'],
  ['timetz', '04:05:06-08', '04:05:06-08'],
  ['timestamp', '2024-02-29T01:02:03.123456', '2024-02-29 01:02:03.123456'],
  ['timestamp', '2024-02-29 01:02:03+05', '2024-02-29 01:02:03'],
  ['timestamp', '2024-02-29', '2024-02-29 00:00:00'],
  ['timestamptz', '2024-02-29 01:02:03+05:30', '2024-02-28 19:32:03+00'],
  ['timestamptz', '2024-07-01 12:00 Europe/Berlin', '2024-07-01 10:00:00+00'],
  ['timestamptz', '-infinity', '-infinity'],
  ['interval', '1 year 2 months 3 days 04:05:06.5', '1 year 2 mons 3 days 04:05:06.5'],
  ['interval', 'P1Y2M3DT4H5M6.5S', '1 year 2 mons 3 days 04:05:06.5'],
  ['interval', '1.5 days', '1 day 12:00:00'],
  ['interval', '2 weeks ago', '-14 days'],
  ['interval', '1.5 mons', '1 mon 15 days'],
  ['interval', '90', '00:01:30'],
  ['interval', '@ 1 min', '00:01:00'],
  ['interval', '3h', '03:00:00'],
  ['int4Array', ' { 1 , NULL , -3 } ', '{1,NULL,-3}'],
  ['int4Array', '{{1,2},{3,4}}', '{{1,2},{3,4}}'],
  ['int4Array', '[0:1]={5,6}', '{5,6}'],
  ['textArray', '{a, "b,c" ,"null", null, "q\\"x", \'}', '{a,"b,c","null",NULL,"q\\"x",\'}'],
];

/** Text, and the error Postgres gives for it. */
const REFUSED: readonly (readonly [type: keyof typeof OIDS, text: string, sqlstate: string, message: string])[] = [
  ['bool', 'maybe', '22P02', 'invalid input syntax for type boolean: "maybe"'],
  ['int4', 'abc', '22P02', 'invalid input syntax for type integer: "abc"'],
  ['int4', '', '22P02', 'invalid input syntax for type integer: ""'],
  ['int4', '1.0', '22P02', 'invalid input syntax for type integer: "1.0"'],
  ['int4', '2147483648', '22003', 'value "2147483648" is out of range for type integer'],
  ['int2', '-32769', '22003', 'value "-32769" is out of range for type smallint'],
  ['int8', '9223372036854775808', '22003', 'value "9223372036854775808" is out of range for type bigint'],
  ['numeric', '1,5', '22P02', 'invalid input syntax for type numeric: "1,5"'],
  ['numeric', '.', '22P02', 'invalid input syntax for type numeric: "."'],
  ['numeric', '1e999999', '22003', 'value overflows numeric format'],
  ['float8', 'x', '22P02', 'invalid input syntax for type double precision: "x"'],
  ['float8', '1e400', '22003', '"1e400" is out of range for type double precision'],
  ['float4', '1e39', '22003', '"1e39" is out of range for type real'],
  ['uuid', '123', '22P02', 'invalid input syntax for type uuid: "123"'],
  ['json', '{a}', '22P02', 'invalid input syntax for type json'],
  ['bytea', '\\xzz', '22023', 'invalid hexadecimal digit: "z"'],
  ['bytea', '\\xabc', '22023', 'invalid hexadecimal data: odd number of digits'],
  ['bytea', 'a\\9', '22P02', 'invalid input syntax for type bytea'],
  ['varbit', '012', '22P02', '"2" is not a valid binary digit'],
  ['date', 'abc', '22007', 'invalid input syntax for type date: "abc"'],
  ['date', '2023-02-29', '22008', 'date/time field value out of range: "2023-02-29"'],
  ['date', '2024-13-01', '22008', 'date/time field value out of range: "2024-13-01"'],
  ['time', '25:00', '22008', 'date/time field value out of range: "25:00"'],
  ['timestamp', '2024-01-01 xx', '22007', 'invalid input syntax for type timestamp: "2024-01-01 xx"'],
  ['timestamptz', '2024-01-01 00:00 Nowhere/City', '22023', 'time zone "nowhere/city" not recognized'],
  ['interval', 'soon', '22007', 'invalid input syntax for type interval: "soon"'],
  ['int4Array', '1,2', '22P02', 'malformed array literal: "1,2"'],
  ['int4Array', '{1,2', '22P02', 'malformed array literal: "{1,2"'],
  ['int4Array', '{1,,2}', '22P02', 'malformed array literal: "{1,,2}"'],
  ['int4Array', '{{1},{2,3}}', '22P02', 'malformed array literal: "{{1},{2,3}}"'],
  ['int4Array', '{1,x}', '22P02', 'invalid input syntax for type integer: "x"'],
  ['text', 'a\0b', '22021', 'invalid byte sequence for encoding "UTF8": 0x00'],
];

describe('parameters', () => {
  let connection: DuckDBConnection;

  before(async () => {
    connection = await openDuckdb();
  });

  after(() => {
    connection.closeSync();
  });

  for (const [type, text, expected] of ACCEPTED) {
    it(`reads ${type} ${JSON.stringify(text)}`, async () => {
      const literal = parameterLiteral({ format: 'text', bytes: Buffer.from(text) }, OIDS[type]);
      const value = await encodeValue(connection, literal, { type: { oid: OIDS[type], modifier: -1 }, format: 'text' }, DEFAULT_OUTPUT_SETTINGS);
      assert.equal(value?.toString(), expected, literal);
    });
  }

  for (const [type, text, sqlstate, message] of REFUSED) {
    it(`refuses ${type} ${JSON.stringify(text)}`, () => {
      assert.throws(() => parameterLiteral({ format: 'text', bytes: Buffer.from(text) }, OIDS[type]), { name: 'SqlError', sqlstate, message });
    });
  }

  it('refuses bytes that are not UTF-8', () => {
    assert.throws(() => parameterLiteral({ format: 'text', bytes: Buffer.from('61ff', 'hex') }, OIDS.text), {
      sqlstate: '22021',
      message: 'invalid byte sequence for encoding "UTF8": 0xff',
    });
  });

  it('refuses binary forms of the wrong length', () => {
    for (const type of [
      'bool',
      'int2',
      'int4',
      'int8',
      'oid',
      'float4',
      'float8',
      'numeric',
      'date',
      'time',
      'timetz',
      'timestamp',
      'timestamptz',
      'interval',
      'uuid',
      'varbit',
      'int4Array',
    ] as const) {
      assert.throws(() => parameterLiteral({ format: 'binary', bytes: Buffer.from('010203', 'hex') }, OIDS[type]), { sqlstate: '22P03' }, type);
    }
  });

  it('survives random binary forms: a literal or an SqlError, never anything else', () => {
    let state = 42;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    for (const oid of Object.values(OIDS)) {
      for (let round = 0; round < 300; round++) {
        const bytes = Buffer.from(Array.from({ length: random(40) }, () => (random(3) === 0 ? random(256) : random(3))));
        try {
          assert.equal(typeof parameterLiteral({ format: random(2) === 0 ? 'binary' : 'text', bytes }, oid), 'string');
        } catch (error) {
          assert.equal(error instanceof Error && error.name, 'SqlError', String(error));
        }
      }
    }
  });

  it('types NULL', async () => {
    for (const oid of Object.values(OIDS)) {
      const literal = parameterLiteral({ format: 'text', bytes: null }, oid);
      assert.equal(await encodeValue(connection, literal, { type: { oid, modifier: -1 }, format: 'text' }, DEFAULT_OUTPUT_SETTINGS), null);
    }
    assert.equal(parameterLiteral({ format: 'binary', bytes: null }, OIDS.int4), 'CAST(NULL AS INTEGER)');
    assert.equal(parameterLiteral({ format: 'binary', bytes: null }, 0), 'NULL');
  });

  it('reads local times in the session zone, skipped and repeated ones as Postgres does', () => {
    const berlin = { timeZone: 'Europe/Berlin', dateStyle: 'ISO, DMY' };
    const micros = (text: string): number =>
      Number(/'(-?\d+)'/.exec(parameterLiteral({ format: 'text', bytes: Buffer.from(text) }, OIDS.timestamptz, berlin))?.[1]) / 1000;
    assert.equal(micros('2024-01-01 12:00'), Date.parse('2024-01-01T11:00:00Z'));
    assert.equal(micros('01/07/2024 12:00'), Date.parse('2024-07-01T10:00:00Z'));
    assert.equal(micros('2024-03-31 02:30'), Date.parse('2024-03-31T01:30:00Z'));
    assert.equal(micros('2024-10-27 02:30'), Date.parse('2024-10-27T01:30:00Z'));
  });
});
