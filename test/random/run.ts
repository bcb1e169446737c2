import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { DuckdbOracle } from '../compare/oracle.js';
import { startOwnPostgres } from '../services/postgres.js';
import { startSluice, type SluiceOptions } from '../services/sluice.js';
import { sourceDirectory } from '../runner/source-directory.js';
import { checkOnPostgres, checkOnSluice, checkWhole, type CheckResult } from './check.js';
import { makeQuery, type RandomQuery } from './query.js';
import { loadRandomIntoPostgres, randomDirectory, randomViews } from './tables.js';

/** A run's counts and its differences. */
export interface RandomReport {
  readonly count: number;
  readonly withRows: number;
  readonly inStages: number;
  readonly refused: number;
  readonly unfinished: number;
  readonly failures: readonly CheckResult[];
}

/** How many queries to check and how. */
export interface RandomOptions {
  readonly seed: number;
  readonly count: number;
  readonly connections: number;
  /** Stop after so many differences. */
  readonly failuresMax: number;
  readonly sluice?: Partial<SluiceOptions>;
  /** True: in one fragment only. */
  readonly whole?: boolean;
}

const REGRESSIONS = 'regressions.txt';

/** Checks queries against a Sluice of its own; regressions first when `seed` is the suite's. */
export async function runOnSluice(options: RandomOptions, queries: readonly RandomQuery[]): Promise<RandomReport> {
  const data = await randomDirectory();
  const server = await startSluice({ data, executors: 2, threads: 1, memory: '4GB', ...options.sluice });
  let report: RandomReport;
  try {
    report = await runAll(options, queries, data, () => server.connect(), options.whole === true ? checkWhole : checkOnSluice);
  } catch (error) {
    await server.kill();
    throw error;
  }
  await server.stop();
  return report;
}

/** Checks the generator itself: the same queries on PostgreSQL 15 over the same rows. */
export async function runOnPostgres(options: RandomOptions, queries: readonly RandomQuery[]): Promise<RandomReport> {
  const data = await randomDirectory();
  const server = await startOwnPostgres(['work_mem=64MB', 'jit=off', 'max_parallel_workers_per_gather=0', 'statement_timeout=10s']);
  const connect = async (): Promise<Client> => {
    const client = new Client(server);
    // A connection that breaks fails its query; the event needs a listener besides.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  try {
    const loader = await connect();
    await loadRandomIntoPostgres(loader, data, server.directory);
    await loader.end();
    return await runAll(options, queries, data, connect, checkOnPostgres);
  } finally {
    await server.stop();
  }
}

/** The queries of a range of seeds. */
export function queriesOf(seed: number, count: number): RandomQuery[] {
  return Array.from({ length: count }, (_, index) => makeQuery(seed + index));
}

/** Queries that failed once, as they were. */
export function readRegressions(): RandomQuery[] {
  const path = `${sourceDirectory('random')}/${REGRESSIONS}`;
  if (!existsSync(path)) {
    return [];
  }
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const query: unknown = JSON.parse(line);
      assert(isRandomQuery(query), `not a kept query: ${line}`);
      return query;
    });
}

function isRandomQuery(value: unknown): value is RandomQuery {
  return typeof value === 'object' && value !== null && 'seed' in value && 'sql' in value && 'unlimitedSql' in value && 'orderedBy' in value;
}

/** Keeps failing queries; not on a CI machine, whose clone is thrown away. */
export function keepRegressions(failures: readonly CheckResult[]): void {
  if (process.env['CI'] !== undefined) {
    return;
  }
  const known = new Set(readRegressions().map((query) => query.sql));
  for (const { query } of failures) {
    if (!known.has(query.sql)) {
      appendFileSync(`${sourceDirectory('random')}/${REGRESSIONS}`, `${JSON.stringify(query)}\n`);
    }
  }
}

/** A failure as a person reads it. */
export function describeFailure({ query, difference }: CheckResult): string {
  return `seed ${query.seed}: ${difference}\n  hints: ${query.hints}; without: ${query.rulesOff ?? ''}\n  ${query.sql}`;
}

async function runAll(
  options: RandomOptions,
  queries: readonly RandomQuery[],
  data: string,
  connect: () => Promise<Client>,
  check: (client: Client, oracle: DuckdbOracle, query: RandomQuery) => Promise<CheckResult>,
): Promise<RandomReport> {
  const waiting = queries.toReversed();
  const results: CheckResult[] = [];
  const failures: CheckResult[] = [];
  const work = async (): Promise<void> => {
    const client = await connect();
    const oracle = await DuckdbOracle.open(randomViews(data), { threads: '1', memory_limit: '1GB' });
    try {
      for (let query = waiting.pop(); query !== undefined && failures.length < options.failuresMax; query = waiting.pop()) {
        const result = await check(client, oracle, query);
        results.push(result);
        if (result.difference !== null) {
          failures.push(result);
        }
      }
    } finally {
      oracle.close();
      await client.end();
    }
  };
  await Promise.all(Array.from({ length: options.connections }, work));
  return {
    count: results.length,
    withRows: results.filter((result) => result.rowCount > 0).length,
    inStages: results.filter((result) => result.stageCount > 1).length,
    refused: results.filter((result) => result.refused).length,
    unfinished: results.filter((result) => result.unfinished === true).length,
    failures,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '500' },
      connections: { type: 'string', default: '2' },
      failures: { type: 'string', default: '10' },
      on: { type: 'string', default: 'sluice' },
      print: { type: 'boolean', default: false },
    },
  });
  const options: RandomOptions = {
    seed: Number(values.seed),
    count: Number(values.count),
    connections: Number(values.connections),
    failuresMax: Number(values.failures),
    whole: values.on === 'whole',
  };
  const queries = queriesOf(options.seed, options.count);
  if (values.print) {
    process.stdout.write(queries.map((query) => `-- ${query.seed} ${query.hints}\n${query.sql};\n`).join(''));
  } else {
    const report = await (values.on === 'postgres' ? runOnPostgres : runOnSluice)(options, queries);
    for (const failure of report.failures) {
      process.stdout.write(`${describeFailure(failure)}\n\n`);
    }
    if (values.on !== 'postgres') {
      keepRegressions(report.failures);
    }
    const { count, withRows, inStages, refused, failures } = report;
    process.stdout.write(`${count} queries: ${withRows} with rows, ${inStages} in several stages, ${refused} refused, ${failures.length} differ\n`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  }
}
