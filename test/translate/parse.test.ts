import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { loadParser, parseStatements } from '../../planner/parse/parser.js';
import { readHints } from '../../planner/parse/read-hints.js';
import { SqlError } from '../../planner/sql-error.js';
import { translateQuery } from '../../planner/translate/query.js';
import { TEST_ENVIRONMENT } from './roads.js';

/** A small generator of the tests' own, so that a failing text comes again. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const SEEDS = [
  "SELECT a, count(*) FROM t WHERE b = 'x' AND c IN (1, 2) GROUP BY a HAVING count(*) > 1 ORDER BY 2 DESC LIMIT 5",
  'WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r JOIN s USING (k) LEFT JOIN LATERAL (SELECT 1) x ON true',
  'SELECT /*+ PARTITION(t, HASH(a), 4) */ E\'\\n\' || $1::text, $$a$$, "Q", ARRAY[1,2][1], (x).y, sum(a) OVER (PARTITION BY b ORDER BY c ROWS 1 PRECEDING) FROM t',
  "SELECT CASE WHEN a THEN 1 ELSE 2.5e3 END, '2020-01-01'::date + interval '1' day, extract(year from d), x'1F', b'01', U&'\\0041' FROM emp",
];

describe('parse', () => {
  before(loadParser);

  it('splits a text into statements with their own slices and offsets', () => {
    const statements = parseStatements("select 1 ;; insert into t values ('é;') ; begin");
    assert.deepEqual(
      statements.map((statement) => [statement.kind, statement.text, statement.offset]),
      [
        ['select', 'select 1 ', 0],
        ['insert', "insert into t values ('é;') ", 12],
        ['transaction', 'begin', 42],
      ],
    );
    assert.deepEqual(parseStatements(' ;; '), []);
    assert.deepEqual(parseStatements('-- nothing'), []);
  });

  it('reports syntax errors at characters, not bytes', () => {
    assert.throws(
      () => parseStatements("EXPLAIN SELECT 'éé' x FRM tabel"),
      (error: unknown) => {
        assert(error instanceof SqlError);
        assert.deepEqual([error.sqlstate, error.position, error.message], ['42601', 23, 'syntax error at or near "FRM"']);
        return true;
      },
    );
  });

  it("keeps the error of a query that DuckDB's grammar may know, and sees where its joins hide as aliases", () => {
    assert.equal(kinds("SELECT 'éé' x FRM tabel"), 'duckdb 15');
    assert.equal(kinds('SELECT 1 FROM a ASOF JOIN b ON true'), 'duckdb -');
    assert.equal(kinds('SELECT 1 FROM a AS asof JOIN b ON true'), 'select -');
    assert.equal(kinds("SELECT ' a semi join b' /* x ANTI JOIN y */ FROM a JOIN b ON true"), 'select -');
    assert.equal(kinds("SELECT list_transform(a, x -> x + 1), j -> 'k' FROM t"), 'duckdb -');
    assert.equal(kinds(`SELECT '${'join '.repeat(1_000_000)}' || 'it''s a semi join' FROM a JOIN b ON true`), 'select -');
    assert.equal(kinds("SELECT coalesce(j -> 'k', j -> x) FROM t"), 'select -');
  });

  it('counts positions of later errors in the statement itself', () => {
    const [, second] = parseStatements("SELECT 'é'; SELECT 'é', nope FROM emp");
    assert(second !== undefined);
    assert.throws(
      () => translateQuery(second, TEST_ENVIRONMENT, []),
      (error: unknown) => error instanceof SqlError && error.sqlstate === '42703' && error.position === 13,
    );
  });

  it('reads every hint of the language', () => {
    const reading = readHints({
      text: "SELECT /*+ PARTITION(t, HASH(a, \"B\"), 64) PARTITION(u, BYTES, '512MB') PARTITION(v, RANGE(x), 2) AS d BROADCAST(w) SHUFFLE_HASH(*) REPARTITION(8, a) REPARTITION_BY_RANGE(4, b) COALESCE(2) REBALANCE(a) PARTITIONS(16) LOCAL DISTRIBUTED RESOURCES(cpu = 4, memory = '8GB') */ 1",
    });
    assert.deepEqual(reading.notices, []);
    assert.deepEqual(
      reading.hints.map((hint) => {
        const { position, anchor, ...rest } = hint;
        assert(position > 0 && anchor === 1);
        return rest;
      }),
      [
        { kind: 'partition', relation: 't', scheme: { kind: 'hash', columns: ['a', 'B'] }, count: 64, dimension: null },
        { kind: 'partition', relation: 'u', scheme: { kind: 'bytes', byteCount: 512 * 1024 * 1024 }, count: null, dimension: null },
        { kind: 'partition', relation: 'v', scheme: { kind: 'range', columns: ['x'] }, count: 2, dimension: 'd' },
        { kind: 'broadcast', relation: 'w' },
        { kind: 'shuffle_hash', relation: '*' },
        { kind: 'repartition', count: 8, columns: ['a'] },
        { kind: 'repartition_by_range', count: 4, columns: ['b'] },
        { kind: 'coalesce', count: 2 },
        { kind: 'rebalance', columns: ['a'] },
        { kind: 'partitions', count: 16 },
        { kind: 'local' },
        { kind: 'distributed' },
        { kind: 'resources', cpu: 4, memoryBytes: 8 * 1024 ** 3 },
      ],
    );
  });

  it('warns of hints that are malformed, unknown, misplaced or name nothing, with their places', () => {
    const sql = 'SELECT /*+ FOO BROADCAST(zz) PARTITIONS(x) */ id /*+ LOCAL */ FROM emp';
    const [statement] = parseStatements(sql);
    assert(statement !== undefined);
    const { hints, notices } = translateQuery(statement, TEST_ENVIRONMENT, []);
    assert.deepEqual(hints, []);
    assert.deepEqual(
      notices.map((notice) => `${notice.severity} ${sql.slice((notice.position ?? 1) - 1, (notice.position ?? 1) + 2)}`).toSorted((a, b) => a.localeCompare(b)),
      ['WARNING /*+', 'WARNING BRO', 'WARNING FOO', 'WARNING PAR'],
    );
  });

  it('gives a hint the query block it stands in', () => {
    const [statement] = parseStatements('SELECT (SELECT /*+ BROADCAST(d) */ count(*) FROM dept d) FROM emp d WHERE EXISTS (SELECT /*+ LOCAL */ 1 FROM dept)');
    assert(statement !== undefined);
    const query = translateQuery(statement, TEST_ENVIRONMENT, []);
    assert.deepEqual(query.notices, []);
    const broadcast = query.hints.find((hint) => hint.kind === 'broadcast');
    const block = query.blocks[broadcast?.block ?? -1];
    assert.equal(block?.position, 9);
    assert.equal(query.references.find((reference) => reference.block === block?.index)?.relation.name, 'dept');
  });

  it('never fails otherwise than with an SqlError, whatever the text', function () {
    this.timeout(60_000);
    const random = randomNumbers(20240301);
    for (let round = 0; round < 4000; round++) {
      const seed = SEEDS[Math.floor(random() * SEEDS.length)] ?? '';
      let text =
        round % 4 === 0 ? Array.from({ length: 40 }, () => String.fromCodePoint(Math.floor(random() * (random() < 0.1 ? 0x10000 : 128)))).join('') : seed;
      for (let edit = 0; edit < 1 + random() * 4; edit++) {
        const at = Math.floor(random() * text.length);
        const other = SEEDS[Math.floor(random() * SEEDS.length)] ?? '';
        const from = Math.floor(random() * other.length);
        text =
          random() < 0.5
            ? text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 5))
            : text.slice(0, at) + other.slice(from, from + Math.floor(random() * 12)) + text.slice(at);
      }
      try {
        for (const statement of parseStatements(text)) {
          if (statement.kind === 'select') {
            translateQuery(statement, TEST_ENVIRONMENT, []);
          }
        }
      } catch (error) {
        assert(error instanceof SqlError, `${JSON.stringify(text)}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
      }
    }
  });

  it('survives nesting without bound', async function () {
    this.timeout(60_000);
    for (const text of [
      `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`,
      `SELECT ${'1+'.repeat(20_000)}1`,
      `SELECT ${'(SELECT '.repeat(3000)}1${')'.repeat(3000)}`,
      `SELECT ${'-'.repeat(5000)}1`,
    ]) {
      for (let round = 0; round < 5; round++) {
        try {
          parseStatements(text).forEach((statement) => translateQuery(statement, TEST_ENVIRONMENT, []));
        } catch (error) {
          assert(error instanceof SqlError, String(error));
        }
        // A fresh parser takes the place of one whose stack a text has overflowed.
        await loadParser();
      }
    }
    assert.equal(parseStatements('SELECT 1').length, 1);
  });
});

/** The kinds of a text's statements, each with where Postgres's grammar stopped. */
function kinds(sql: string): string {
  return parseStatements(sql)
    .map((statement) => `${statement.kind} ${statement.syntaxError?.position ?? '-'}`)
    .join();
}
