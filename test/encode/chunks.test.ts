import { DuckDBDataChunk } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import assert from 'node:assert/strict';
import { createRowEncoder } from '../../executor/encode/row-encoder.js';
import { resultColumns } from '../../executor/encode/result-columns.js';
import { DEFAULT_OUTPUT_SETTINGS } from '../../gateway/session/backend.js';
import { decodeRows, encodeRows, openDuckdb } from './duckdb.js';

/** DuckDB's rows a chunk. */
const CHUNK_ROWS = 2048;

describe('encode: chunks', () => {
  let connection: DuckDBConnection;

  before(async () => {
    connection = await openDuckdb();
  });

  after(() => {
    connection.closeSync();
  });

  const textRows = async (sql: string): Promise<(string | null)[][]> => {
    const rows = await encodeRows(connection, sql, [], DEFAULT_OUTPUT_SETTINGS);
    return rows.map((row) => row.map((value) => value?.toString('utf8') ?? null));
  };

  for (const count of [0, 1, 63, 64, 65, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS]) {
    it(`keeps ${count} rows in order, NULLs where they belong`, async () => {
      const rows = await textRows(
        `SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE i::INTEGER END, CASE WHEN i % 5 = 0 THEN NULL ELSE 'row number ' || i END, CASE WHEN i % 7 > 0 THEN [i, NULL] END, CASE WHEN i % 2 = 0 THEN i / 4 END FROM range(${count}) t(i)`,
      );
      const expected = Array.from({ length: count }, (_, i) => [
        String(i),
        i % 3 === 0 ? null : String(i),
        i % 5 === 0 ? null : `row number ${i}`,
        i % 7 > 0 ? `{${i},NULL}` : null,
        i % 2 === 0 ? String(i / 4) : null,
      ]);
      assert.deepEqual(rows, expected);
    });
  }

  it('writes an empty batch for a chunk without rows', async () => {
    const result = await connection.stream("SELECT 1 AS a, [1] AS b, {x: 1} AS c, 'a' AS d WHERE false");
    const encoder = createRowEncoder(resultColumns({ names: result.columnNames(), types: result.columnTypes() }, []), DEFAULT_OUTPUT_SETTINGS);
    const chunk = await result.fetchChunk();
    assert(chunk === null || chunk.columnCount === 0 || encoder.encode(chunk).rowCount === 0);
    const typed = DuckDBDataChunk.create(result.columnTypes(), 0);
    assert.deepEqual(encoder.encode(typed), { bytes: Buffer.alloc(0), rowCount: 0 });
  });

  it('takes node-api chunks and low-level ones alike', async () => {
    const result = await connection.stream('SELECT 42 AS a');
    const encoder = createRowEncoder(resultColumns({ names: result.columnNames(), types: result.columnTypes() }, []), DEFAULT_OUTPUT_SETTINGS);
    const chunk = await result.fetchChunk();
    assert(chunk !== null);
    assert.deepEqual(encoder.encode(chunk.chunk), encoder.encode(chunk));
  });

  it('reads constant vectors', async () => {
    const rows = await textRows(`SELECT 7, 'constant text longer than twelve', NULL::INTEGER, [1, 2], {'a': 1, 'b': 'the same long text'} FROM range(3000)`);
    assert.equal(rows.length, 3000);
    const distinct = new Set(rows.map((row) => JSON.stringify(row)));
    assert.deepEqual([...distinct], [JSON.stringify(['7', 'constant text longer than twelve', null, '{1,2}', '{"a":1,"b":"the same long text"}'])]);
  });

  it('reads dictionary vectors, also inside lists and structs', async () => {
    await connection.run("CREATE OR REPLACE TEMP TABLE words AS SELECT i, 'word number ' || (i % 5) || ' of five' AS word FROM range(10000) t(i)");
    const rows = await textRows(
      'SELECT a.i, b.word, [b.word, a.word], {w: b.word, n: b.i} FROM words a JOIN words b ON b.i = a.i % 5 WHERE a.i % 3 = 0 ORDER BY a.i',
    );
    assert.equal(rows.length, 3334);
    rows.forEach((row, position) => {
      const i = position * 3;
      const word = `word number ${i % 5} of five`;
      assert.deepEqual(row, [String(i), word, `{"${word}","${word}"}`, `{"w":"${word}","n":${i % 5}}`]);
    });
  });

  it('reads nested values whose children are constants', async () => {
    const rows = await textRows(
      `SELECT {'k': 1, 'i': i, 's': 'a text longer than twelve bytes'}, list_transform([i, i + 1], lambda x: 7), [[i], [9]] FROM range(2500) t(i)`,
    );
    rows.forEach((row, i) => {
      assert.deepEqual(row, [`{"k":1,"i":${i},"s":"a text longer than twelve bytes"}`, '{7,7}', `{{${i}},{9}}`]);
    });
  });

  it('writes structs, maps and unions as text', async () => {
    assert.deepEqual(
      await textRows(
        `SELECT {'a': NULL, 'b': [1, NULL], 'c': {'d': 'x'}}, MAP {'k': 1, 'l': NULL}, MAP {1: 'x'}, union_value(num := 5), CAST('text' AS UNION(num INTEGER, str VARCHAR)), NULL::STRUCT(a INTEGER)`,
      ),
      [['{"a":null,"b":[1,null],"c":{"d":"x"}}', '{"k":1,"l":null}', '{"1":"x"}', '5', 'text', null]],
    );
    assert.deepEqual(await textRows(`SELECT [{'a': 1}, NULL], CASE WHEN i = 0 THEN union_value(num := NULL::INTEGER) END FROM range(2) t(i)`), [
      ['{"{\\"a\\":1}",NULL}', null],
      ['{"{\\"a\\":1}",NULL}', null],
    ]);
  });

  it('writes ragged and empty lists in text, and refuses ragged ones in binary', async () => {
    assert.deepEqual(await textRows('SELECT [[1], [2, 3]], [[], NULL, [1]], [NULL]::INTEGER[][], []::INTEGER[][]'), [
      ['{{1},{2,3}}', '{{},NULL,{1}}', '{NULL}', '{}'],
    ]);
    for (const value of ['[[1], [2, 3]]', '[[1], NULL]']) {
      await assert.rejects(encodeRows(connection, `SELECT ${value}`, [{ type: null, format: 'binary' }], DEFAULT_OUTPUT_SETTINGS), { sqlstate: '2202E' });
    }
  });

  it('writes strings of every length around the inline and page bounds', async () => {
    const rows = await textRows(
      'SELECT repeat(chr((97 + i % 26)::INTEGER), i::INTEGER) FROM range(9000) t(i) WHERE i < 40 OR i % 97 = 0 OR i BETWEEN 4090 AND 4100 OR i BETWEEN 8186 AND 8196 ORDER BY hash(i)',
    );
    for (const [text] of rows) {
      assert(text !== undefined && text !== null);
      assert.equal(text, String.fromCharCode(97 + (text.length % 26)).repeat(text.length));
    }
    assert.equal(new Set(rows.map(([text]) => text?.length)).size, rows.length);
  });

  it('writes a string of 20 MB', async () => {
    const rows = await encodeRows(connection, "SELECT repeat('0123456789', 2000000)", [], DEFAULT_OUTPUT_SETTINGS);
    assert.equal(rows[0]?.[0]?.toString('latin1'), '0123456789'.repeat(2_000_000));
  });

  it('sends enums of one, two and four bytes', async () => {
    for (const size of [1, 255, 256, 65_535, 65_536]) {
      await connection.run(`CREATE OR REPLACE TEMP TABLE labels AS SELECT 'label ' || i AS label FROM range(${size}) t(i)`);
      await connection.run('DROP TYPE IF EXISTS sized');
      await connection.run('CREATE TYPE sized AS ENUM (SELECT label FROM labels)');
      const rows = await textRows(`SELECT label::sized FROM labels ORDER BY label::sized DESC LIMIT 3`);
      assert.deepEqual(
        rows.map(([label]) => label),
        Array.from({ length: Math.min(3, size) }, (_, i) => `label ${size - 1 - i}`),
      );
      await connection.run('DROP TYPE sized');
    }
  });

  const as = async (expression: string, oid: number, format: 'text' | 'binary'): Promise<string | undefined> => {
    const rows = await encodeRows(connection, `SELECT ${expression}`, [{ type: { oid, modifier: -1 }, format }], DEFAULT_OUTPUT_SETTINGS);
    return rows[0]?.[0]?.toString(format === 'text' ? 'utf8' : 'hex');
  };

  it('encodes by the reported type', async () => {
    assert.equal(await as('5::BIGINT', 23, 'text'), '5');
    assert.equal(await as('5::BIGINT', 23, 'binary'), '00000005');
    assert.equal(await as('5::BIGINT', 25, 'binary'), '35');
    assert.equal(await as('3000000000::BIGINT', 26, 'binary'), 'b2d05e00');
    assert.equal(await as('5.00::DECIMAL(5, 2)', 20, 'text'), '5');
    assert.equal(await as('1.5::DECIMAL(5, 2)', 701, 'text'), '1.5');
    assert.equal(await as('1.5::DECIMAL(5, 2)', 701, 'binary'), '3ff8000000000000');
    assert.equal(await as('7::INTEGER', 1700, 'binary'), '00010000000000000007');
    assert.equal(await as('0.1::DOUBLE', 1700, 'text'), '0.1');
    assert.equal(await as('1e20::DOUBLE', 1700, 'text'), '100000000000000000000');
    assert.equal(await as('12::DOUBLE', 23, 'binary'), '0000000c');
    assert.equal(await as('0.1::FLOAT', 701, 'text'), '0.10000000149011612');
    assert.equal(await as('true', 25, 'text'), 'true');
    assert.equal(await as("DATE '2020-01-02'", 1114, 'text'), '2020-01-02 00:00:00');
    assert.equal(await as("DATE '2020-01-02'", 25, 'binary'), Buffer.from('2020-01-02').toString('hex'));
    assert.equal(await as('[1, 2]', 25, 'text'), '{1,2}');
    assert.equal(await as('[1, 2]', 114, 'text'), '[1,2]');
    assert.equal(await as('[1, 2]::BIGINT[]', 1007, 'binary'), '000000010000000000000017000000020000000100000004000000010000000400000002');
    assert.equal(await as("{'a': 1}", 3802, 'binary'), `01${Buffer.from('{"a":1}').toString('hex')}`);
    assert.equal(await as('NULL', 23, 'binary'), undefined);
  });

  for (const [expression, oid] of [
    ['3000000000::BIGINT', 23],
    ['40000', 21],
    ['-1', 26],
    ['1.5::DECIMAL(3, 1)', 23],
    ['1.5::DOUBLE', 20],
    ["'NaN'::DOUBLE", 20],
    ['170141183460469231731687303715884105727::HUGEINT', 20],
    ['1e300::DOUBLE', 700],
  ] as const) {
    it(`refuses ${expression} as type ${oid}, which does not hold it`, async () => {
      for (const format of ['text', 'binary'] as const) {
        await assert.rejects(encodeRows(connection, `SELECT ${expression}`, [{ type: { oid, modifier: -1 }, format }], DEFAULT_OUTPUT_SETTINGS), {
          sqlstate: '22003',
        });
      }
    });
  }

  it('refuses text as the binary form of another type', async () => {
    await assert.rejects(encodeRows(connection, "SELECT 'a'", [{ type: { oid: 23, modifier: -1 }, format: 'binary' }], DEFAULT_OUTPUT_SETTINGS), {
      sqlstate: '0A000',
    });
  });

  it('keeps rows apart for a result without columns to show', () => {
    assert.deepEqual(decodeRows(Buffer.from('4400000006000044000000060000', 'hex')), [[], []]);
  });
});
