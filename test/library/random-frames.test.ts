import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { after, before, describe, it } from 'mocha';
import type { DataFrame, Session } from '../../gateway/library/index.js';
import { connect } from '../../gateway/library/index.js';
import { NumberSource } from '../random/number-source.js';
import { writableSampleDirectory } from '../services/sample-data.js';

/** A frame and the same in SQL for one DuckDB; every step keeps the columns o, d and n. */
interface Step {
  readonly frame: DataFrame;
  readonly sql: string;
}

/** The frame in partitions of some kind. */
function parted(frame: DataFrame, random: NumberSource): DataFrame {
  const count = 1 + random.below(5);
  const ways: readonly (() => DataFrame)[] = [
    () => frame.repartition(count, { hashBy: 'o' }),
    () => frame.repartition(count, { hashBy: ['d', 'n'] }),
    () => frame.repartition(count, { rangeBy: 'n' }),
    () => frame.repartition(count),
    () => frame.repartition(count, { by: 'rows' }),
    () => frame.repartition(count, { random: 3 }),
    () => frame.partition(count, `CAST(n % ${count} AS int)`),
    () =>
      frame.repartition([
        { count, hashBy: 'o' },
        { count: 2, hashBy: 'd' },
      ]),
  ];
  return (ways[random.below(ways.length)] ?? (() => frame))();
}

/** A row as text. */
function textOf(row: Readonly<Record<string, unknown>> | undefined): string {
  return Object.values(row ?? {})
    .map(String)
    .join(' ');
}

const COUNT = Number(process.env['SLUICE_RANDOM_COUNT'] ?? 40);
const SEED = Number(process.env['SLUICE_RANDOM_SEED'] ?? 1);
const DEPTH_MAX = 6;

describe('random data frames equal DuckDB in process', function () {
  this.timeout(300_000);
  let data: string;
  let session: Session;
  let duckdb: DuckDBConnection;

  before(async () => {
    data = await writableSampleDirectory();
    session = await connect({ data, executors: 2, threads: 1, memory: '2GB' });
    duckdb = await (await DuckDBInstance.create()).connect();
    await duckdb.run(
      `CREATE TABLE base AS SELECT origin AS o, destination AS d, distance AS n FROM read_parquet('${join(data, 'flights', '*.parquet')}') WHERE distance % 7 = 0`,
    );
  });

  after(async () => {
    duckdb.closeSync();
    await session.close();
    rmSync(data, { recursive: true, force: true });
  });

  function leaf(): Step {
    return {
      frame: session.readParquet('flights').map(['origin AS o', 'destination AS d', 'distance AS n']).filter('n % 7 = 0'),
      sql: 'SELECT * FROM base',
    };
  }

  function build(depth: number, random: NumberSource, known: Step[]): Step {
    if (depth === 0) {
      return leaf();
    }
    const shared = random.below(4) === 0 ? known[random.below(known.length)] : undefined;
    const input = shared ?? build(depth - 1, random, known);
    const { frame, sql } = input;
    const other = (): Step => build(random.below(2), random, known);
    const k = 1 + random.below(9);
    const steps: readonly (() => Step)[] = [
      () => ({ frame: frame.filter(`n % ${k + 1} <> 0`), sql: `SELECT * FROM (${sql}) WHERE n % ${k + 1} <> 0` }),
      () => ({ frame: frame.map(['d AS o', 'o AS d', `n + ${k} AS n`]), sql: `SELECT d AS o, o AS d, n + ${k} AS n FROM (${sql})` }),
      () => ({
        frame: frame.flatMap(['o', 'd', `unnest(ARRAY[n, n + ${k}]) AS n`]).filter('n % 2 = 0'),
        sql: `SELECT * FROM (SELECT o, d, unnest([n, n + ${k}]) AS n FROM (${sql})) WHERE n % 2 = 0`,
      }),
      () => {
        const right = other();
        return { frame: frame.union(right.frame, { byName: k % 2 === 0 }), sql: `SELECT * FROM (${sql}) UNION ALL SELECT * FROM (${right.sql})` };
      },
      () => {
        const right = other();
        const type = (['inner', 'left', 'semi', 'anti'] as const)[k % 4] ?? 'inner';
        const groups = right.frame.groupBy('o').aggregate('max(n) AS m');
        const select = type === 'semi' || type === 'anti' ? ['o', 'd', 'n'] : ['l.o', 'l.d', 'coalesce(r.m, l.n) AS n'];
        return {
          frame: frame.join(groups, { type, on: 'l.o = r.o AND l.n <= r.m', select }),
          sql: `SELECT ${select.join(', ')} FROM (${sql}) l ${type} JOIN (SELECT o, max(n) AS m FROM (${right.sql}) GROUP BY o) r ON l.o = r.o AND l.n <= r.m`,
        };
      },
      () => ({ frame: frame.groupBy('o', 'd').aggregate('max(n) AS n'), sql: `SELECT o, d, max(n) AS n FROM (${sql}) GROUP BY o, d` }),
      () => ({ frame: frame.sort('n', 'o', 'd').limit(100 * k), sql: `SELECT * FROM (${sql}) ORDER BY n, o, d LIMIT ${100 * k}` }),
      () => ({ frame: frame.distinct(), sql: `SELECT DISTINCT * FROM (${sql})` }),
      () => ({
        frame: parted(frame, random).partialSql(`SELECT o, d, n FROM {0} WHERE n % ${k + 1} <> 1`),
        sql: `SELECT * FROM (${sql}) WHERE n % ${k + 1} <> 1`,
      }),
      () => ({
        frame: frame.repartition(k, { hashBy: 'o' }).partialSql('SELECT o, min(d) AS d, max(n) AS n FROM {0} GROUP BY o'),
        sql: `SELECT o, min(d) AS d, max(n) AS n FROM (${sql}) GROUP BY o`,
      }),
      () => {
        const right = other();
        const query = 'SELECT l.o, l.d, l.n FROM {0} AS l WHERE EXISTS (SELECT 1 FROM {1} AS r WHERE r.o = l.o AND r.n < l.n)';
        return {
          frame: session.partialSql(query, frame.repartition(k, { hashBy: 'o' }), right.frame.repartition(k, { hashBy: 'o' })),
          sql: `SELECT l.o, l.d, l.n FROM (${sql}) AS l WHERE EXISTS (SELECT 1 FROM (${right.sql}) AS r WHERE r.o = l.o AND r.n < l.n)`,
        };
      },
      () => ({ frame: frame.randomShuffle(k), sql }),
      () => ({ frame: session.sql('SELECT *, 1 AS one FROM {0}', frame).select('o', 'd', 'n'), sql }),
    ];
    const step = (steps[random.below(steps.length)] ?? leaf)();
    known.push(step);
    return step;
  }

  it(`${COUNT} of them`, async () => {
    for (let round = 0; round < COUNT; round += 1) {
      const random = new NumberSource(SEED + round);
      const { frame, sql } = build(1 + random.below(DEPTH_MAX), random, [leaf()]);
      const summary = [
        'count(*) AS rows',
        'count(DISTINCT o) AS os',
        'sum(n) AS n',
        `sum(length(o || d) * n) AS mixed`,
        `min(o || d) AS first`,
        `max(d || o) AS last`,
      ];
      const [own] = await frame.aggregate(...summary).takeAll();
      const reader = await duckdb.runAndReadAll(`SELECT ${summary.join(', ')} FROM (${sql})`);
      const expected = reader.getRowObjects()[0] ?? {};
      assert.equal(textOf(own), textOf(expected), `round ${round} of seed ${SEED}: ${sql}\n${await frame.explain()}`);
    }
  });
});
