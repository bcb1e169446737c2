import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { NumberSource } from '../random/number-source.js';
import { startPostgres } from '../services/postgres.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

const SEED = Number(process.env['SLUICE_MERGE_SEED'] ?? 1);
const COUNT = Number(process.env['SLUICE_MERGE_COUNT'] ?? 60);

/** Division by zero, NULL in a NOT NULL column, a row that is changed twice. */
const ROW_ERRORS: ReadonlySet<string> = new Set(['22012', '23502', '21000']);

const UNIQUE_VIOLATION = '23505';

/** What a statement did: its tag's row count, the rows RETURNING gave, or its error's code. */
interface Observed {
  readonly rowCount: number | null;
  readonly rows: readonly string[];
  readonly code: string | null;
}

describe('lake/merge: random MERGE, ON CONFLICT, UPDATE FROM and DELETE USING', function () {
  this.timeout(120_000);
  let server: SluiceServer;
  let ours: Client;
  let theirs: Client;
  let data: string;

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'sluice-data-'));
    server = await startSluice({ data, executors: 2, threads: 1 });
    ours = await server.connect();
    theirs = new Client(await startPostgres());
    await theirs.connect();
    await theirs.query('CREATE SCHEMA merge_random');
    await theirs.query('SET search_path = merge_random');
    for (const client of [ours, theirs]) {
      await client.query('CREATE TABLE t (k int PRIMARY KEY, v int, s text DEFAULT $$none$$, n int NOT NULL DEFAULT 7)');
      await client.query('CREATE TABLE d (k int, w int, s text)');
    }
  });

  after(async () => {
    await theirs.query('DROP SCHEMA merge_random CASCADE');
    await theirs.end();
    await ours.end();
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it(`${COUNT} statements from seed ${SEED} do what PostgreSQL does`, async () => {
    const counts = { changed: 0, failed: 0 };
    for (let index = 0; index < COUNT; index += 1) {
      const random = new NumberSource(SEED * 100_000 + index);
      const statements = [...refill(random), random.chance(30) ? 'BEGIN' : 'SELECT 1'];
      for (const sql of statements) {
        await ours.query(sql);
        await theirs.query(sql);
      }
      const sql = statement(random);
      const mine = await observe(ours, sql);
      const wanted = await observe(theirs, sql);
      if (wanted.code === UNIQUE_VIOLATION) {
        // PostgreSQL enforces the key; Sluice declares it only.
        await ours.query('ROLLBACK');
        await theirs.query('ROLLBACK');
        continue;
      }
      assert.deepEqual(mine, wanted, `seed ${SEED}, statement ${index}: ${sql}`);
      await ours.query(wanted.code === null ? 'COMMIT' : 'ROLLBACK');
      await theirs.query(wanted.code === null ? 'COMMIT' : 'ROLLBACK');
      counts.changed += wanted.code === null && (wanted.rowCount ?? 0) > 0 ? 1 : 0;
      counts.failed += wanted.code === null ? 0 : 1;
      assert.deepEqual(await table(ours), await table(theirs), `seed ${SEED}, after statement ${index}: ${sql}`);
    }
    assert(counts.changed > COUNT / 3, `${counts.changed} statements changed rows`);
    assert(counts.failed > 0, 'no statement failed');
  });
});

type Random = NumberSource;

function number(random: Random, most: number): string {
  return random.chance(8) ? 'NULL' : String(random.below(most));
}

/** New rows for both tables: the target's keys are distinct, the source's seldom. */
function refill(random: Random): readonly string[] {
  const keys = Array.from({ length: 20 }, (_, key) => key).filter(() => random.chance(60));
  const targets = keys.map((key) => `(${key}, ${number(random, 10)}, ${random.pick(["'a'", "'b'", 'NULL'])}, ${random.below(5)})`);
  const used = new Set<string>();
  const sources: string[] = [];
  for (let row = 0; row < 12; row += 1) {
    const key = number(random, 30);
    if (!used.has(key) || random.chance(5)) {
      used.add(key);
      sources.push(`(${key}, ${number(random, 10)}, ${random.pick(["'x'", "'y'", 'NULL'])})`);
    }
  }
  return [
    'DELETE FROM t',
    'TRUNCATE d',
    ...(targets.length === 0 ? [] : [`INSERT INTO t VALUES ${targets.join(', ')}`]),
    ...(sources.length === 0 ? [] : [`INSERT INTO d VALUES ${sources.join(', ')}`]),
  ];
}

function statement(random: Random): string {
  switch (random.pick(['merge', 'merge', 'merge', 'conflict', 'conflict', 'update', 'delete'] as const)) {
    case 'merge':
      return merge(random);
    case 'conflict':
      return conflict(random);
    case 'update':
      return `UPDATE t SET v = ${value(random, 't', 'd')}, s = ${random.pick(['d.s', 'DEFAULT', "t.s || 'u'"])} FROM (SELECT DISTINCT ON (k) * FROM d ORDER BY k, w, s) AS d WHERE t.k = d.k AND ${condition(random, 't', 'd')}${returning(random)}`;
    case 'delete':
      return `DELETE FROM t USING d WHERE t.k = d.k AND ${condition(random, 't', 'd')}${returning(random)}`;
  }
}

function merge(random: Random): string {
  const source = random.pick([
    'd',
    'd AS e',
    '(SELECT k, w, s FROM d WHERE w IS NOT NULL) AS e',
    '(SELECT k, max(w) AS w, min(s) AS s FROM d GROUP BY k) AS e',
  ] as const);
  const e = source === 'd' ? 'd' : 'e';
  const clauses: string[] = [];
  const count = random.between(1, 4);
  const closed = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const matched = random.chance(60);
    const kind = matched ? 'MATCHED' : 'NOT MATCHED';
    if (closed.has(kind)) {
      continue;
    }
    const isOpen = random.chance(50);
    if (isOpen) {
      closed.add(kind);
    }
    const test = isOpen ? '' : ` AND ${condition(random, matched ? 't' : e, e)}`;
    const action = matched
      ? random.pick([
          'DELETE',
          'DO NOTHING',
          `UPDATE SET v = ${value(random, 't', e)}`,
          `UPDATE SET n = ${random.pick([`${e}.w`, 'DEFAULT', 't.n + 1'])}, s = 'm'`,
        ])
      : random.pick([
          'DO NOTHING',
          `INSERT VALUES (${e}.k, ${e}.w)`,
          `INSERT (k, v, s) VALUES (${e}.k, ${value(random, e, e)}, DEFAULT)`,
          `INSERT (k) VALUES (${e}.k + 100)`,
        ]);
    clauses.push(`WHEN ${kind}${test} THEN ${action}`);
  }
  return `MERGE INTO t USING ${source} ON t.k = ${e}.k ${clauses.join(' ')}`;
}

function conflict(random: Random): string {
  const source = random.pick([
    'SELECT DISTINCT ON (k) k, w, s FROM d WHERE k IS NOT NULL ORDER BY k, w DESC, s',
    `VALUES (1, 2, 'c'), (${random.below(40)}, 3, NULL)`,
    "SELECT DISTINCT ON (k) k, w, 'q' FROM d WHERE k IS NOT NULL ORDER BY k, w, s",
  ]);
  const action = random.pick([
    'DO NOTHING',
    'DO UPDATE SET v = excluded.v, s = t.s',
    'DO UPDATE SET v = t.v + excluded.v, s = DEFAULT WHERE t.n < 3',
    "DO UPDATE SET (v, n) = (excluded.v, t.n + 1) WHERE excluded.s = 'x'",
  ]);
  return `INSERT INTO t (k, v, s) ${source} ON CONFLICT (k) ${action}${returning(random)}`;
}

/** Divisions now and then: they must not fail for rows that others clauses take. */
function value(random: Random, a: string, b: string): string {
  const own = a === 't' ? 'v' : 'w';
  return random.pick([`${a}.${own} + 1`, `${b}.w`, '3', 'NULL', `${a}.${own} * ${b}.w`, `60 / ${b}.w`]);
}

function condition(random: Random, a: string, b: string): string {
  const own = a === 't' ? 'v' : 'w';
  return random.pick([`${a}.${own} > 4`, `${b}.w <> 0`, `${b}.s = 'x'`, `${a}.${own} IS NULL`, `${a}.${own} < ${b}.w`, 'true']);
}

function returning(random: Random): string {
  return random.chance(40) ? ' RETURNING t.k, t.v, t.s, t.n' : '';
}

async function observe(client: Client, sql: string): Promise<Observed> {
  try {
    const result = await client.query({ text: sql, rowMode: 'array' });
    return { rowCount: result.rowCount, rows: result.rows.map((row) => JSON.stringify(row)).toSorted(), code: null };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
    // Which of several rows fails first is nobody's promise.
    return { rowCount: null, rows: [], code: ROW_ERRORS.has(code) ? 'a row' : code };
  }
}

async function table(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query({ text: 'SELECT k, v, s, n FROM t', rowMode: 'array' });
  return rows.map((row) => JSON.stringify(row)).toSorted();
}
