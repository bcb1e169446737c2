/** A COPY FROM STDIN into a new table `t`, run on both servers. */
export interface CopyInCase {
  readonly name: string;
  readonly kind?: 'temporary';
  readonly table: string;
  readonly copy: string;
  readonly data: string | Buffer;
  /** What Sluice gives where that is not what PostgreSQL gives. */
  readonly differs?: (postgres: string) => string;
}

const AB = 'CREATE TABLE t (a int, b text)';

function text(name: string, data: string | Buffer, options = '', table = AB): CopyInCase {
  return { name: `text: ${name}`, table, copy: `COPY t FROM STDIN ${options}`, data };
}

function csv(name: string, data: string | Buffer, options = '', table = AB): CopyInCase {
  return { name: `csv: ${name}`, table, copy: `COPY t FROM STDIN (FORMAT csv${options})`, data };
}

function value(type: string, ...values: readonly string[]): readonly CopyInCase[] {
  return values.map((one) => ({
    name: `${type}: ${JSON.stringify(one)}`,
    table: `CREATE TABLE t (a int, b ${type})`,
    copy: 'COPY t FROM STDIN',
    data: `1\t${one}\n2\t\\N\n`,
  }));
}

/** Data, options and errors. */
export const COPY_IN_CASES: readonly CopyInCase[] = [
  text('rows', '1\tone\n2\ttwo\n'),
  { ...text('into a temporary table', '1\tone\n2\ttwo\n'), kind: 'temporary' },
  {
    ...text('a serial column without values', 'x\n\\N\ny\n', '', 'CREATE TABLE t (n serial, b text, a int DEFAULT 7)'),
    copy: 'COPY t (b) FROM STDIN',
  },
  text('a serial column with values', '5\tx\n4\t\\N\n', '', 'CREATE TABLE t (n serial, b text)'),
  text('an identity column with values', '5\tx\n4\t\\N\n', '', 'CREATE TABLE t (n int GENERATED ALWAYS AS IDENTITY, b text)'),
  text('no last newline', '1\tone\n2\ttwo'),
  text('no rows', ''),
  text('NULL', '1\t\\N\n\\N\ttwo\n'),
  text('empty text', '1\t\n'),
  text('escapes', '1\ta\\tb\\nc\\\\d\\be\\ff\\rg\\vh\n2\t\\x41\\101\\x4\\q\\8\n3\tx\\\ny\n'),
  text('an escaped delimiter', '1\ta\\\tb\n'),
  text('what looks like NULL', '1\t\\\\N\n2\t\\N \n3\tx\\N\n'),
  text('utf-8', '1\tgrün 日本 😀\n2\t\\xc3\\xbc\n'),
  text('control characters', '1\t\u0001a\u0001n\u001f\n2\t\u0001n\n3\t\u0001\n'),
  text('a byte order mark', '\ufeff1\tx\n'),
  text('a byte order mark in text', '\ufeffx\t1\n', '(FORMAT text)', 'CREATE TABLE t (b text, a int)'),
  text('carriage return and newline', '1\tone\r\n2\ttwo\r\n'),
  text('carriage returns', '1\tone\r2\ttwo\r'),
  text('mixed ends', '1\tone\n2\ttwo\r\n'),
  text('mixed ends, the other way', '1\tone\r\n2\ttwo\n'),
  text('mixed ends, a return in a line', '1\tone\r\n2\tt\rwo\r\n'),
  text('end marker', '1\tone\n\\.\n2\ttwo\n'),
  text('end marker behind a value', '1\tone\\.\n2\ttwo\n'),
  text('a corrupt end marker', '1\tone\n\\.x\n'),
  text('an end marker of another style', '1\tone\r\n\\.\n'),
  text('a backslash at the end', '1\tone\\'),
  text('an empty line', '1\tone\n\n2\ttwo\n'),
  text('one column', 'x\n\n\\N\ny\n', '', 'CREATE TABLE t (a text)'),
  text('one column, NULL is empty', 'x\n\ny\n', "(NULL '')", 'CREATE TABLE t (a text)'),
  text('too few columns', '1\tone\n2\n'),
  text('too many columns', '1\tone\n2\ttwo\tthree\n'),
  text('a wrong number', '1\tone\nx\ttwo\n3\tthree\n'),
  text('a wrong number before a wrong line', 'x\tone\n2\n'),
  text('a wrong line before a wrong number', '1\nx\tone\n'),
  text('a long wrong value', `1\tone\n${'y'.repeat(150)}\ttwo\n`),
  text('a number out of range', '99999999999\tone\n'),
  text('bytes that are not utf-8', Buffer.from('1\tone\n2\t\xff\n', 'latin1')),
  text('bytes cut short', Buffer.from('1\tone\n2\t\xe4x\n', 'latin1')),
  text('a NUL', '1\tone\n2\ta\0b\n'),
  text('an escaped NUL', '1\tone\n2\ta\\0b\n'),
  text('delimiter', '1|o\\|ne\n2|t\two\n', "(DELIMITER '|')"),
  text('delimiter is a capital letter', '1Xone\n', "(DELIMITER 'X')"),
  text('null text', '1\tnil\nnil\ttwo\n3\t\\nil\n', "(NULL 'nil')"),
  text('null text with a backslash', '1\ta\\b\n2\ta\\bc\n', "(NULL 'a\\b')"),
  text('old syntax', '1;NULL\n2;two\n', "WITH DELIMITER AS ';' NULL AS 'NULL'"),
  text('header', 'a\tb\n1\tone\n', '(HEADER)'),
  text('header only', 'a\tb\n', '(HEADER true)'),
  text('header matches', 'a\tb\n1\tone\n', '(HEADER MATCH)'),
  text('header does not match', 'a\tc\n1\tone\n', '(HEADER MATCH)'),
  text('header is short', 'a\n1\tone\n', '(HEADER MATCH)'),
  text('header with NULL', '\\N\tb\n1\tone\n', '(HEADER MATCH)'),
  text('an error counts the header', 'a\tb\n1\tone\nx\ttwo\n', '(HEADER)'),
  text('FREEZE and ENCODING', '1\tone\n', "(ENCODING 'UTF8', FORMAT text)"),
  { name: 'some columns', table: 'CREATE TABLE t (a int, b text, c int DEFAULT 7)', copy: 'COPY t (b, a) FROM STDIN', data: 'one\t1\ntwo\t2\n' },
  { name: 'defaults', table: "CREATE TABLE t (a int, b text DEFAULT 'x' || 'y', c int DEFAULT 7)", copy: 'COPY t (a) FROM STDIN', data: '1\n2\n' },
  { name: 'an unknown column', table: AB, copy: 'COPY t (a, z) FROM STDIN', data: '' },
  { name: 'a column twice', table: AB, copy: 'COPY t (a, a) FROM STDIN', data: '' },
  { name: 'an unknown table', table: AB, copy: 'COPY nowhere FROM STDIN', data: '' },
  { name: 'WHERE', table: AB, copy: "COPY t FROM STDIN WHERE a > 1 AND b <> 'three'", data: '1\tone\n2\ttwo\n3\tthree\n' },
  { name: 'NOT NULL', table: 'CREATE TABLE t (a int NOT NULL, b text)', copy: 'COPY t FROM STDIN', data: '1\tone\n\\N\ttwo\n', differs: withoutDetail },
  {
    name: 'WHERE before NOT NULL',
    table: 'CREATE TABLE t (a int NOT NULL, b text)',
    copy: 'COPY t FROM STDIN WHERE a IS NOT NULL',
    data: '1\tone\n\\N\ttwo\n',
  },
  { name: 'varchar(3)', table: 'CREATE TABLE t (a int, b varchar(3))', copy: 'COPY t FROM STDIN', data: '1\tabc\n2\tabc   \n3\täöü\n' },
  { name: 'varchar(3), too long', table: 'CREATE TABLE t (a int, b varchar(3))', copy: 'COPY t FROM STDIN', data: '1\tabc\n2\tabcd\n' },
  { name: 'char(3), too long', table: 'CREATE TABLE t (a int, b char(3))', copy: 'COPY t FROM STDIN', data: '1\tab\n2\tabcd\n' },
  csv('rows', '1,one\n2,two\n'),
  csv('quotes', '1,"o,n""e"\n2,"two\nlines"\n3,t"h,r"ee\n4,"a\r\nb"\n'),
  csv('NULL and empty', '1,\n2,""\n,x\n'),
  csv('one column', 'x\n\n""\ny\n', '', 'CREATE TABLE t (a text)'),
  csv('spaces stay', '1, one \n'),
  csv('null text', '1,nil\n2,"nil"\n', ", NULL 'nil'"),
  csv('FORCE_NULL', '1,""\n2,"x"\n', ', FORCE_NULL (b)'),
  csv('FORCE_NOT_NULL', '1,\n2,x\n', ', FORCE_NOT_NULL (b)'),
  csv('FORCE_NULL of an unknown column', '', ', FORCE_NULL (z)'),
  csv('FORCE_NULL of a column that is not copied', '', ', FORCE_NULL (b)', AB),
  csv('other quote and escape', "1;'o\\'ne\\\\'\n2;'t''wo'\n", ", DELIMITER ';', QUOTE '''', ESCAPE '\\'"),
  csv('header', 'x,y\n1,one\n', ', HEADER'),
  csv('header matches', 'a,"b"\n1,one\n', ', HEADER match'),
  csv('header does not match', 'a,"c"\n1,one\n', ', HEADER match'),
  csv('lines inside quotes count', '1,"a\nb\nc"\nx,two\n'),
  csv('an open quote', '1,one\n2,"two\n'),
  csv('too few columns', '1,one\n2\n'),
  csv('too many columns', '1,one\n2,two,three\n'),
  csv('carriage return and newline', '1,one\r\n2,"t\r\nwo"\r\n'),
  csv('an unquoted return', '1,one\n2,t\rwo\n'),
  csv('an unquoted newline', '1,one\r\n2,two\n'),
  csv('end marker', '1,one\n\\.\n2,two\n'),
  csv('no end marker', '1,\\.\n2,"\\."\n'),
  csv('a number in quotes', '"1","one"\n'),
  csv('a letter as delimiter', '1xone\n2x"x"\n', ", DELIMITER 'x'"),
  csv('a wrong number', '1,one\n"x",two\n'),
  ...value('boolean', 't', 'f', 'TRUE', 'yes', 'on', '1', '0', 'no', 'of', 'fal', 'o', '2', ''),
  ...value('smallint', '1', '-32768', '32768', ' 7 ', '+5', '1.5', '1e2', '0x10', ''),
  ...value('integer', '2147483647', '2147483648', '-0', '007', '1_000'),
  ...value('bigint', '9223372036854775807', '9223372036854775808', 'x'),
  ...value('real', '1.5', '1e10', '1e39', 'NaN', 'Infinity', '-inf', '16777217', '.5', '5.'),
  ...value('double precision', '0.1', '1e308', '1e309', '1e-400', 'nan', 'infinity', '1.7976931348623157e308', 'x', '4.35', '123456789012345678'),
  ...value('numeric(10,2)', '1.005', '-1.005', '1.00499999999999999999999', '99999999.99', '99999999.995', '1e3', '.5', '5.', 'abc', ' 12 '),
  ...value('numeric', 'x'),
  {
    name: 'numeric without a scale keeps 16 decimals',
    table: 'CREATE TABLE t (a int, b numeric)',
    copy: 'COPY t FROM STDIN',
    data: '1\t1.5\n',
    differs: (rows) => rows.replace('1.5', '1.5000000000000000'),
  },
  {
    name: 'numeric without a scale is never rounded',
    table: 'CREATE TABLE t (a int, b numeric)',
    copy: 'COPY t FROM STDIN',
    data: '1\t0.12345678901234567\n',
    differs: () =>
      'CREATE TABLE;\n22003 value overflows numeric format | D: A column of type numeric without a scale keeps 16 decimals. | H: Declare the column as numeric(precision, scale). | W: COPY t, line 1, column b: "0.12345678901234567";\nCOPY 0;',
  },
  ...value('text', ' spaces ', 'NULL', "it's", '\\\\.'),
  ...value('bytea', '\\\\x00ff', '\\\\xAB', 'abc', '\\\\\\\\', '\\\\001', '\\\\x0', '\\\\xzz'),
  ...value('date', '2020-02-29', '2021-02-29', '2020-1-5', 'January 8, 1999', '20200105', 'infinity', '0044-03-15 BC', '0000-01-01', 'x', '10000-01-01'),
  ...value('time', '12:34:56', '12:34:56.789', '24:00:00', '25:00:00', '12:34:56.1234567'),
  ...value(
    'timestamp',
    '2020-01-01 12:00:00',
    '2020-01-01T12:00:00.5',
    '2020-01-01',
    '2020-01-01 24:00:00',
    '2020-01-01 23:59:60',
    'infinity',
    '2020-02-30 00:00:00',
    'epoch',
    '2020-01-01 12:00:00.1234567',
    '1999-01-08 04:05:06 PM',
    '2020-01-01 12:00:00+05',
  ),
  ...value(
    'timestamptz',
    '2020-01-01 12:00:00',
    '2020-01-01 12:00:00+05:30',
    '2020-01-01 12:00:00-03',
    '2020-01-01 12:00:00 Europe/Berlin',
    '2020-01-01T12:00:00Z',
    '-infinity',
    '2020-01-01',
  ),
  ...value('interval', '1 day', '01:02:03', '1 year 2 mons 3 days 04:05:06', '-1 day +02:00:00', 'P1Y2M3DT4H5M6S', '1.5 hours', 'x', '2 days 03:04:05.5'),
  ...value('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{a0eebc999c0b4ef8bb6d6bb9bd380a11}', 'x'),
  ...value('int[]', '{1,2,3}', '{}', '{1,NULL,3}', '{ 1 , 2 }', '{1,x}', '{1,,2}', '1,2', '{"1"}'),
  ...value('text[]', '{a,b}', '{"a,b","c\\\\"d"}', '{NULL,"NULL"}', '{""}', '{a b}', '{}', '{null}'),
  ...value('json', '{"a": 1}', 'null', '"x"'),
];

function withoutDetail(outcome: string): string {
  return outcome.replace(/ \| D: Failing row contains [^|]*(?= \| )/, '');
}
