import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { WholeQuery } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { FLIGHTS, NEVER, SETTINGS, drain, readDataRows, rowsOf, startPool, until } from './support.js';
import type { TestPool } from './support.js';

/** A query that no machine finishes during a test. */
const ENDLESS = 'SELECT count(*) FROM range(1000000000000) AS t(a) WHERE a % 7 = 3';

describe('executor: whole queries', function () {
  this.timeout(30_000); // real processes on a busy machine

  let test: TestPool;

  before(async () => {
    test = await startPool();
  });

  after(async () => {
    await test.close();
  });

  it('gives columns and rows', async () => {
    const stream = await test.pool.runWhole(
      { sql: `SELECT 1 AS a, 'x' AS b, NULL::VARCHAR AS c`, columnNames: ['one', 'b', 'c'], encodings: [], settings: SETTINGS },
      NEVER,
    );
    assert.deepEqual(
      stream.columns.map((column) => [column.name, column.type.oid]),
      [
        ['one', 23],
        ['b', 25],
        ['c', 25],
      ],
    );
    assert.deepEqual(await drain(stream), [['1', 'x', null]]);
  });

  it('streams real data without holding it', async () => {
    const stream = await test.pool.runWhole({ sql: `SELECT * FROM read_parquet('${FLIGHTS}')`, encodings: [], settings: SETTINGS }, NEVER);
    let rowCount = 0;
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      rowCount += batch.rowCount;
    }
    assert.equal(rowCount, 3_000_000);
  });

  it('keeps the order of ORDER BY', async () => {
    const rows = await rowsOf(test.pool, `SELECT a FROM range(200000) AS t(a) ORDER BY a DESC`);
    assert.deepEqual(
      rows.map(([value]) => Number(value)),
      Array.from({ length: 200_000 }, (_, index) => 199_999 - index),
    );
  });

  it('reports an error that comes after the first rows', async () => {
    const sql = `SELECT CASE WHEN a = 250000 THEN error('SLUICE:22012:division by zero') ELSE a::VARCHAR END FROM range(300000) AS t(a)`;
    const stream = await test.pool.runWhole({ sql, encodings: [], settings: SETTINGS }, NEVER);
    assert.notEqual(await stream.next(), null);
    await assert.rejects(drain(stream), { sqlstate: SQLSTATE.division_by_zero, message: 'division by zero' });
    assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
  });

  it('is cancelled within a second, with the reason of the signal', async () => {
    const abort = new AbortController();
    const running = rowsOf(test.pool, ENDLESS, abort.signal);
    setTimeout(() => abort.abort(new SqlError(SQLSTATE.query_canceled, 'canceling statement due to statement timeout')), 100);
    const startMs = performance.now();
    await assert.rejects(running, { sqlstate: SQLSTATE.query_canceled, message: 'canceling statement due to statement timeout' });
    assert(performance.now() - startMs < 1_100);
    assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
    assert.deepEqual(test.warnings, []);
  });

  it('gives its process back when the reader closes early', async () => {
    const [processId] = test.pool.status().processIds;
    const stream = await test.pool.runWhole({ sql: 'SELECT * FROM range(1000000000000)', encodings: [], settings: SETTINGS }, NEVER);
    await stream.next();
    await stream.close();
    await stream.close();
    assert.deepEqual({ ...test.pool.status() }, { idle: 1, leased: 0, starting: 0, waiting: 0, processIds: [processId] });
  });

  it('stops producing while the reader does not read', async () => {
    const stream = await test.pool.runWhole({ sql: `SELECT repeat('x', 1000) || a FROM range(100000000) AS t(a)`, encodings: [], settings: SETTINGS }, NEVER);
    const first = await stream.next();
    assert(first !== null);
    const [processId] = test.pool.status().processIds;
    assert(processId !== undefined);
    await settle(processId);
    const before = cpuTicks(processId);
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    assert(cpuTicks(processId) - before <= 5, 'the executor goes on working for nobody');
    assert(residentBytes(processId) < 400 << 20, 'rows pile up in the executor');
    assert.equal(readDataRows(first.bytes).length, first.rowCount);
    await stream.close();
  });

  it('runs preludes once per version', async () => {
    const first = await drain(await test.pool.runWhole(catalogQuery('1'), NEVER));
    assert.deepEqual(await drain(await test.pool.runWhole(catalogQuery('1'), NEVER)), first);
    const second = await drain(await test.pool.runWhole(catalogQuery('2'), NEVER));
    assert.equal(second[0]?.[0], '2');
  });

  it('uses the time zone of each query', async () => {
    assert.equal(await midnightIn(test, 'UTC'), '2024-07-01 00:00:00+00');
    assert.equal(await midnightIn(test, 'Asia/Tokyo'), '2024-07-01 00:00:00+09');
    assert.equal(await midnightIn(test, 'UTC'), '2024-07-01 00:00:00+00');
  });

  it('starts more processes on demand, then makes statements wait, then lets them leave', async () => {
    const open = await Promise.all(
      Array.from({ length: 4 }, async () => await test.pool.runWhole({ sql: 'SELECT * FROM range(100000000)', encodings: [], settings: SETTINGS }, NEVER)),
    );
    assert.equal(test.pool.status().leased, 4);
    const abort = new AbortController();
    const waiting = rowsOf(test.pool, 'SELECT 2', abort.signal);
    const served = rowsOf(test.pool, 'SELECT 3');
    await until(() => test.pool.status().waiting === 2, 'two statements wait');
    abort.abort();
    await assert.rejects(waiting, { sqlstate: SQLSTATE.query_canceled });
    await open[0]?.close();
    assert.deepEqual(await served, [['3']]);
    await Promise.all(open.map((stream) => stream.close()));
    assert.equal(test.pool.status().leased, 0);
  });

  it('reaches no file outside its roots', async () => {
    await assert.rejects(rowsOf(test.pool, `SELECT * FROM read_csv('/etc/passwd')`), { sqlstate: SQLSTATE.insufficient_privilege });
    await assert.rejects(rowsOf(test.pool, `SELECT * FROM read_text('${test.folder}/../../etc/hostname')`), { sqlstate: SQLSTATE.insufficient_privilege });
    await assert.rejects(rowsOf(test.pool, `SET enable_external_access = true`), SqlError);
    await assert.rejects(rowsOf(test.pool, `INSTALL httpfs`), SqlError);
  });
});

/** A query over a table that its prelude makes; the random number tells when it was made anew. */
function catalogQuery(version: string): WholeQuery {
  const prelude = {
    name: 'names',
    version,
    statements: ['CREATE SCHEMA IF NOT EXISTS s', `CREATE OR REPLACE TABLE s.t AS SELECT '${version}' AS v, random() AS made`],
  };
  return { sql: 'SELECT v, made FROM s.t', encodings: [], settings: SETTINGS, preludes: [prelude] };
}

async function midnightIn(test: TestPool, timeZone: string): Promise<unknown> {
  const sql = `SELECT TIMESTAMP '2024-07-01 00:00:00'::TIMESTAMPTZ`;
  const rows = await drain(await test.pool.runWhole({ sql, encodings: [], settings: { ...SETTINGS, timeZone } }, NEVER));
  return rows[0]?.[0];
}

/** Waits until a process has stopped using the processor. */
async function settle(processId: number): Promise<void> {
  for (let before = -1, now = cpuTicks(processId); now !== before; before = now, now = cpuTicks(processId)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}

function cpuTicks(processId: number): number {
  const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function residentBytes(processId: number): number {
  return Number(readFileSync(`/proc/${processId}/statm`, 'utf8').split(' ')[1]) * 4096;
}
