/** One value, as PostgreSQL writes it and as DuckDB writes it. */
export interface ValueCase {
  readonly postgres: string;
  /** The same value in DuckDB's SQL, where it differs. */
  readonly duckdb?: string;
  /** False where a parameter cannot carry the value to DuckDB in the type it has there. */
  readonly parameter?: false;
}

/** Session settings under which a group of cases is written. */
export interface CaseGroup {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly cases: readonly ValueCase[];
}

const same = (type: string, ...texts: readonly string[]): ValueCase[] => texts.map((text) => ({ postgres: `'${text}'::${type}` }));
const array = (type: string, duckdbType: string, ...pairs: readonly (readonly [postgres: string, duckdb: string])[]): ValueCase[] =>
  pairs.map(([postgres, duckdb]) => ({
    postgres: `'${postgres}'::${type}`,
    duckdb: `CAST(${duckdb} AS ${duckdbType})`,
  }));

const FLOAT8 = [
  '0',
  '-0',
  '1',
  '-1',
  '0.1',
  '1.5',
  '1e15',
  '1e14',
  '123456789012345',
  '1234567890123456',
  '1e20',
  '1e-4',
  '1e-5',
  '0.00012345',
  '1e100',
  '1.7976931348623157e308',
  '5e-324',
  '2.2250738585072014e-308',
  '3.141592653589793',
  'NaN',
  'Infinity',
  '-Infinity',
  '0.3',
  '12345.67',
  '99999999.99',
  '9007199254740993',
  '100',
  '0.05',
];
const FLOAT4 = [
  '0',
  '-0',
  '1',
  '0.1',
  '1e5',
  '1e6',
  '123456',
  '1234567',
  '16777216',
  '1.5e-5',
  '3.4028235e38',
  '1e-45',
  '1.1754944e-38',
  'NaN',
  'Infinity',
  '-Infinity',
  '0.3',
  '2.7182817',
  '9.5367431640625e-7',
  '8388608',
  '3.3554432e7',
  '1.17549435e-38',
  '4.7019774e-38',
  '9.8607613e-32',
];
const NUMERIC: readonly (readonly [text: string, width: number, scale: number])[] = [
  ['0', 1, 0],
  ['0.00', 3, 2],
  ['1', 4, 0],
  ['-1', 4, 0],
  ['1.50', 9, 2],
  ['-0.05', 9, 2],
  ['9999', 4, 0],
  ['10000', 9, 0],
  ['12345678.9', 9, 1],
  ['100000000', 18, 0],
  ['0.0001', 9, 4],
  ['0.00001', 9, 5],
  ['1234.5678', 18, 4],
  ['-99999999999999.9999', 18, 4],
  ['12345678901234567890.123456', 38, 6],
  ['99999999999999999999999999999999999999', 38, 0],
  ['0.99999999999999999999999999999999999999', 38, 38],
  ['-0.00000000000000000001', 38, 20],
  ['10000000000000000', 38, 0],
  ['9007199254740993', 18, 0],
  ['900719925474099.3', 18, 1],
  ['0.1234567890123456', 18, 16],
  ['20000.20', 15, 2],
];

const ENGLISH_TIMES = [
  '1992-01-01 00:00:00',
  '2024-02-29 23:59:59.999999',
  '1970-01-01 00:00:00',
  '1969-12-31 23:59:59.999999',
  '1900-03-01 12:00:00.1',
  '0001-01-01 00:00:00',
  '9999-12-31 23:59:59',
  '10000-01-01 00:00:00',
  '2000-01-01 00:00:00.000001',
  '1600-06-15 08:30:00.25',
  '2300-06-15 08:30:00.123456',
  'infinity',
  '-infinity',
];

/** BC values are made by arithmetic in DuckDB, whose parser skips the letters. */
const BC: ValueCase[] = [
  { postgres: "'0044-03-15 BC'::date", duckdb: 'make_date(-735160)' },
  { postgres: "'0001-12-31 BC'::date", duckdb: 'make_date(-719163)' },
  {
    postgres: "'0044-03-15 01:02:03.5 BC'::timestamp",
    duckdb: 'make_timestamp(-735160 * 86400000000 + 3723500000)',
  },
];

const INTERVALS = [
  '0',
  '1 day',
  '-1 day',
  '1 year 2 mons 3 days 04:05:06.789',
  '-1 year -2 mons +3 days -04:05:06',
  '1 mon -1 day',
  '-1 mon',
  '13 mons',
  '25:00:00',
  '-00:00:00.000001',
  '1 day -01:00:00',
  '100 years',
  '00:00:01',
  '-13 mons +1 day +00:00:01',
];
const interval = (text: string): ValueCase => ({
  postgres: `'${text}'::interval`,
  duckdb: text === '0' ? "INTERVAL '0 days'" : `'${text.replaceAll('+', '')}'::interval`,
});

const PLAIN: ValueCase[] = [
  { postgres: 'true' },
  { postgres: 'false' },
  ...same('int2', '0', '1', '-1', '32767', '-32768'),
  ...same('int4', '0', '9', '10', '99', '100', '12345', '-99999', '1000000', '2147483647', '-2147483648'),
  ...same(
    'int8',
    '0',
    '-1',
    '999999999',
    '1000000000',
    '9007199254740991',
    '9007199254740992',
    '-9007199254740993',
    '9223372036854775807',
    '-9223372036854775808',
    '123456789012',
  ),
  ...['0', '4294967295', '2200'].map((text) => ({
    postgres: `'${text}'::oid`,
    duckdb: `'${text}'::bigint`,
  })),
  ...FLOAT8.map((text) => ({ postgres: `'${text}'::float8`, duckdb: `'${text}'::double` })),
  ...FLOAT4.map((text) => ({ postgres: `'${text}'::float4`, duckdb: `'${text}'::float` })),
  ...NUMERIC.map(([text, width, scale]) => ({
    postgres: `'${text}'::numeric`,
    duckdb: `'${text}'::decimal(${width}, ${scale})`,
  })),
  ...['170141183460469231731687303715884105727', '-170141183460469231731687303715884105727', '0', '-5', '18446744073709551616'].map((text) => ({
    postgres: `'${text}'::numeric`,
    duckdb: `'${text}'::hugeint`,
    parameter: false as const,
  })),
  {
    postgres: "'340282366920938463463374607431768211455'::numeric",
    duckdb: "'340282366920938463463374607431768211455'::uhugeint",
    parameter: false,
  },
  {
    postgres: "'18446744073709551615'::numeric",
    duckdb: "'18446744073709551615'::ubigint",
    parameter: false,
  },
  ...['1234567890123456789012345678901234567890123', '-256', '0', '255', '-1234567890123456789012345678901234567890123'].map((text) => ({
    postgres: `'${text}'::numeric`,
    duckdb: `'${text}'::bignum`,
    parameter: false as const,
  })),
  { postgres: "'255'::int2", duckdb: "'255'::utinyint" },
  { postgres: "'-128'::int2", duckdb: "'-128'::tinyint" },
  { postgres: "'65535'::int4", duckdb: "'65535'::usmallint" },
  { postgres: "'4294967295'::int8", duckdb: "'4294967295'::uinteger" },
  ...same('text', '', 'a', 'exactly12byt', 'thirteen byte', 'grüße, 世界 🦆', 'a"b\\c', 'tab\tnewline\n'),
  { postgres: "repeat('long', 2000)" },
  { postgres: "'x'::varchar" },
  { postgres: "'pg_class'::name", duckdb: "'pg_class'" },
  { postgres: "'happy'::text", duckdb: "'happy'::enum('sad', 'happy')" },
  ...same('json', '{"a": [1, null, "x"]}', '1', '"s"', '[]'),
  { postgres: `'{"a": 1}'::jsonb`, duckdb: `'{"a": 1}'::json` },
  { postgres: "''::bytea", duckdb: "''::blob" },
  { postgres: "'\\x00ff5c27'::bytea", duckdb: "from_hex('00ff5c27')" },
  { postgres: "decode(repeat('ab', 40), 'hex')", duckdb: "from_hex(repeat('ab', 40))" },
  ...same(
    'uuid',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    '80000000-0000-0000-0000-000000000001',
  ),
  ...['1', '0', '101', '10101010', '101010101', '1111111100000000111'].map((bits) => ({
    postgres: `'${bits}'::varbit`,
    duckdb: `'${bits}'::bit`,
  })),
  ...same('time', '00:00:00', '23:59:59.999999', '12:34:56.5', '24:00:00'),
  { postgres: "'12:34:56.5'::time", duckdb: "TIME_NS '12:34:56.5'" },
  ...same('timetz', '12:00:00+00', '12:00:00.5-03', '23:59:59.999999+05:30', '00:00:00-15:59:59', '01:02:03+15:59:59'),
  ...array('int4[]', 'INTEGER[]', ['{1,2,3}', '[1, 2, 3]'], ['{}', '[]'], ['{NULL}', '[NULL]'], ['{1,NULL,3}', '[1, NULL, 3]']),
  ...array('int4[]', 'INTEGER[][]', ['{{1,2},{3,4}}', '[[1, 2], [3, 4]]'], ['{{NULL},{5}}', '[[NULL], [5]]']),
  ...array('int4[]', 'INTEGER[3]', ['{7,8,9}', '[7, 8, 9]']),
  { postgres: "'{}'::int4[]", duckdb: 'CAST([[], []] AS INTEGER[][])', parameter: false },
  ...array('int8[]', 'BIGINT[][][]', ['{{{1,2}},{{3,4}}}', '[[[1, 2]], [[3, 4]]]']),
  ...array(
    'text[]',
    'VARCHAR[]',
    [
      '{a,"b c","",NULL,"NULL","null","{x}","q\\"uo","back\\\\slash","a,b"," lead"}',
      `['a', 'b c', '', NULL, 'NULL', 'null', '{x}', 'q"uo', 'back\\slash', 'a,b', ' lead']`,
    ],
    ['{"a much longer string than twelve bytes",grüße}', "['a much longer string than twelve bytes', 'grüße']"],
  ),
  ...array('float8[]', 'DOUBLE[]', ['{1.5,NaN,-Infinity}', "['1.5', 'NaN', '-Infinity']"]),
  ...array('numeric[]', 'DECIMAL(5, 2)[]', ['{1.50,-2.25}', '[1.50, -2.25]']).map((item) => ({
    ...item,
    parameter: false as const,
  })),
  ...array('bool[]', 'BOOLEAN[]', ['{t,f,NULL}', '[true, false, NULL]']),
  ...array('date[]', 'DATE[]', ['{2020-01-01,infinity}', "['2020-01-01', 'infinity']"]),
  ...array('timestamp[]', 'TIMESTAMP[]', ['{"2020-01-01 00:00:00"}', "['2020-01-01']"]),
  ...array('uuid[]', 'UUID[]', ['{0f8fad5b-d9cb-469f-a165-70867728950e}', "['0f8fad5b-d9cb-469f-a165-70867728950e']"]),
  ...array('bytea[]', 'BLOB[]', ['{"\\\\x00ff"}', "[from_hex('00ff')]"]),
  ...array('interval[]', 'INTERVAL[]', ['{"1 day"}', "['1 day']"]),
  ...array('json[]', 'JSON[]', ['{"{\\"a\\": 1}"}', `['{"a": 1}']`]),
  { postgres: "'1 2 3'::int2vector", duckdb: 'CAST([1, 2, 3] AS SMALLINT[])', parameter: false },
  { postgres: "'1 2'::oidvector", duckdb: 'CAST([1, 2] AS BIGINT[])', parameter: false },
  {
    postgres: `row_to_json(t) FROM (SELECT 1 AS a, 'x"y' AS b, NULL::int AS c, 1.50 AS d, true AS e) t`,
    duckdb: `{'a': 1, 'b': 'x"y', 'c': NULL::int, 'd': 1.50::decimal(3, 2), 'e': true}`,
    parameter: false,
  },
  {
    postgres: `row_to_json(t) FROM (SELECT timestamp '2020-01-01 01:02:03.5' AS a, timestamptz '2020-01-01 00:00:00+00' AS b, date '2020-01-01' AS c, array[1, NULL] AS d, 'NaN'::float8 AS e, interval '1 day' AS f, 1e20::float8 AS g) t`,
    duckdb: `{'a': timestamp '2020-01-01 01:02:03.5', 'b': timestamptz '2020-01-01 00:00:00+00', 'c': date '2020-01-01', 'd': [1, NULL], 'e': 'NaN'::double, 'f': interval '1 day', 'g': 1e20::double}`,
    parameter: false,
  },
];

const dateStyleCases: ValueCase[] = [
  ...same('date', '2024-02-29', '0099-01-02', '12345-01-01'),
  ...same('timestamp', '2024-02-29 23:59:59.5', 'infinity'),
  { postgres: "'2024-02-29 23:59:59.5+00'::timestamptz" },
];
const zoned = (...texts: readonly string[]): ValueCase[] => texts.map((text) => ({ postgres: `'${text}'::timestamptz` }));

const INSTANTS = [
  '2024-03-31 00:59:59+00',
  '2024-03-31 01:00:00+00',
  '2024-10-27 00:59:59.5+00',
  '2024-10-27 01:00:00+00',
  '1970-01-01 00:00:00+00',
  '1945-05-24 00:00:00+00',
  '1900-01-01 00:00:00+00',
  '2024-07-01 12:00:00+00',
  '2037-12-31 23:59:59+00',
  '2100-07-01 00:00:00+00',
  'infinity',
  '-infinity',
];

/** Every group of goldens. */
export const CASE_GROUPS: readonly CaseGroup[] = [
  { name: 'plain', settings: {}, cases: PLAIN },
  {
    name: 'dates',
    settings: {},
    cases: [
      ...same('date', '1992-01-01', '2024-02-29', '0001-01-01', '9999-12-31', '10000-01-01', '1970-01-01', '1969-12-31', '1582-10-15', 'infinity', '-infinity'),
      ...same('timestamp', ...ENGLISH_TIMES),
      ...BC,
    ],
  },
  {
    name: 'timestamps of other precisions',
    settings: {},
    cases: ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS'].flatMap((type) =>
      ['2024-02-29 23:59:59', '1969-12-31 00:00:01', 'infinity'].map((text) => ({
        postgres: `'${text}'::timestamp`,
        duckdb: `'${text}'::${type}`,
      })),
    ),
  },
  { name: 'timestamptz UTC', settings: { TimeZone: 'UTC' }, cases: zoned(...INSTANTS) },
  {
    name: 'timestamptz Berlin',
    settings: { TimeZone: 'Europe/Berlin' },
    cases: zoned(...INSTANTS, '1880-01-01 00:00:00+00', '1893-03-31 23:06:32+00'),
  },
  {
    name: 'timestamptz New York',
    settings: { TimeZone: 'America/New_York' },
    cases: zoned(...INSTANTS, '1883-11-18 16:59:59+00'),
  },
  {
    name: 'timestamptz Kolkata',
    settings: { TimeZone: 'Asia/Kolkata' },
    cases: zoned(...INSTANTS),
  },
  {
    name: 'timestamptz fixed',
    settings: { TimeZone: '<-03:30>+03:30' },
    cases: zoned(...INSTANTS),
  },
  { name: 'interval', settings: {}, cases: INTERVALS.map(interval) },
  ...['iso_8601', 'sql_standard', 'postgres_verbose'].map((style) => ({
    name: `interval ${style}`,
    settings: { IntervalStyle: style },
    cases: INTERVALS.map(interval),
  })),
  ...['SQL, MDY', 'SQL, DMY', 'German', 'Postgres, MDY', 'Postgres, DMY'].map((style) => ({
    name: `DateStyle ${style}`,
    settings: { DateStyle: style, TimeZone: 'UTC' },
    cases: dateStyleCases,
  })),
  {
    name: 'bytea escape',
    settings: { bytea_output: 'escape' },
    cases: [{ postgres: "'\\x00ff5c2741207e7f'::bytea", duckdb: "from_hex('00ff5c2741207e7f')" }],
  },
  {
    name: 'extra_float_digits 0',
    settings: { extra_float_digits: '0' },
    cases: [
      ...FLOAT8.map((text) => ({ postgres: `'${text}'::float8`, duckdb: `'${text}'::double` })),
      ...FLOAT4.map((text) => ({ postgres: `'${text}'::float4`, duckdb: `'${text}'::float` })),
    ],
  },
  {
    name: 'extra_float_digits -3',
    settings: { extra_float_digits: '-3' },
    cases: FLOAT8.map((text) => ({ postgres: `'${text}'::float8`, duckdb: `'${text}'::double` })),
  },
];
