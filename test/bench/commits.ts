import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startOwnPostgres } from '../services/postgres.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { ByteClient } from './byte-client.js';
import { median, timeMs, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

const STATEMENT_CLIENT = fileURLToPath(new URL('statement-client.js', import.meta.url));
const DUCKDB_CLIENT = fileURLToPath(new URL('duckdb-commit-client.js', import.meta.url));
const CONNECTIONS = 8;
/** Every statement has another text: nothing that is kept by text answers. */
const INSERT = "INSERT INTO events (id, name) VALUES ({n}, 'event {n}')";
const COUNT_RUNS = 15;
const SLOW_SYNC_MS = 5;

/**
 * Committed single-row INSERTs per second over 8 connections, against the same INSERTs into the database that keeps the
 * catalog, durable on both sides. Commits of a catalog follow each other, so its rate over one connection is what the aim
 * is about; over 8 the database groups its own. A virtual disk's fsync may take no time: what a commit costs on one that waits
 * for its medium is measured with each fsync delayed.
 */
export async function benchCommits(context: BenchContext): Promise<BenchTable> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-commits-'));
  const rows: BenchRow[] = [];
  try {
    rows.push(
      ...(await measurePostgres(context, directory, 'PostgreSQL', 0)),
      ...(await measurePostgres(context, directory, `PostgreSQL, fsync ${SLOW_SYNC_MS} ms`, SLOW_SYNC_MS)),
      ...(await measureCatalog(context, directory, 'DuckDB', join(directory, 'catalog', 'catalog.duckdb'), (connections, seconds) =>
        runClient(DUCKDB_CLIENT, [join(directory, 'direct.duckdb'), connections, seconds]),
      )),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return { name: 'commits', rows };
}

async function measurePostgres(context: BenchContext, directory: string, kind: string, syncMs: number): Promise<readonly BenchRow[]> {
  const postgres = await startOwnPostgres(['fsync=on', 'full_page_writes=on'], { syncMs });
  try {
    const catalogDatabase = await ByteClient.open(postgres.port, postgres.user, postgres.database);
    await catalogDatabase.query('CREATE TABLE events (id integer, name text)');
    catalogDatabase.close();
    const url = `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${postgres.database}`;
    return await measureCatalog(context, directory, kind, url, (connections, seconds) =>
      runClient(STATEMENT_CLIENT, [postgres.port, postgres.user, postgres.database, connections, 'simple', seconds, INSERT]),
    );
  } finally {
    await postgres.stop();
  }
}

type Direct = (connections: number, seconds: number) => Promise<number>;

async function measureCatalog(context: BenchContext, directory: string, kind: string, catalog: string, direct: Direct): Promise<readonly BenchRow[]> {
  const data = join(directory, kind.replaceAll(/[ ,]+/g, '-'));
  mkdirSync(data);
  const seconds = context.small ? 0.3 : 3;
  const sluice = await startSluice({ data, executors: 1, threads: context.threads, extra: ['--catalog', catalog] });
  try {
    const client = await ByteClient.open(sluice.port, sluice.user, sluice.database);
    await client.query('CREATE TABLE events (id integer, name text)');
    const rates = new Map<string, number[]>();
    for (let run = 0; run < context.runs; run += 1) {
      const sides: Readonly<Record<string, () => Promise<number>>> = {
        one: () => direct(1, seconds),
        eight: () => direct(CONNECTIONS, seconds),
        simple: () => insertRate(sluice, 'simple', seconds),
        prepared: () => insertRate(sluice, 'prepared', seconds),
      };
      for (const [name, measure] of Object.entries(sides)) {
        rates.set(name, [...(rates.get(name) ?? []), await measure()]);
      }
    }
    const of = (name: string): readonly number[] => rates.get(name) ?? [];
    for (const name of rates.keys()) {
      context.log(`commits, ${kind} catalog, ${name}: ${median(of(name)).toFixed(0)}/s`);
    }
    const row = (side: string, connections: 'one' | 'eight', aim: string): BenchRow => ({
      name: `INSERT of a row, ${side}, ${CONNECTIONS} connections; ${kind} catalog`,
      unit: 'statements/s',
      sluice: median(of(side)),
      other: median(of(connections)),
      otherName: `${kind}, ${connections === 'one' ? '1 connection' : `${CONNECTIONS} connections`}`,
      ratio: median(of(side)) / median(of(connections)),
      aim,
      raw: { sluice: of(side), other: of(connections) },
    });
    return [
      row('simple', 'one', '>= 5'),
      row('prepared', 'one', '>= 5'),
      row('simple', 'eight', ''),
      row('prepared', 'eight', ''),
      await readAfterwards(context, sluice, client, kind),
    ];
  } finally {
    await sluice.stop();
  }
}

/** The rows committed one by one are read again and again, a commit before each reading. */
async function readAfterwards(context: BenchContext, sluice: SluiceServer, client: ByteClient, kind: string): Promise<BenchRow> {
  const wanted = context.small ? 100 : 10_000;
  const { rows } = await client.query('SELECT id FROM events');
  const writers = await Promise.all(Array.from({ length: CONNECTIONS }, () => ByteClient.open(sluice.port, sluice.user, sluice.database)));
  let count = rows;
  await Promise.all(
    writers.map(async (writer) => {
      for (; count < wanted; count += 1) {
        await writer.query(`INSERT INTO events (id, name) VALUES (${count}, 'event ${count}')`);
      }
      writer.close();
    }),
  );
  const times: number[] = [];
  for (let run = 0; run < (context.small ? 3 : COUNT_RUNS); run += 1) {
    await client.query("INSERT INTO events (id, name) VALUES (0, 'another')");
    times.push(await timeMs(() => client.query('SELECT count(*) FROM events')));
  }
  return {
    name: `count(*) after ${count} such commits and one more; ${kind} catalog`,
    unit: 'ms',
    sluice: median(times),
    other: null,
    otherName: '',
    ratio: null,
    aim: '< 50 ms',
    raw: { sluice: times },
  };
}

function insertRate(sluice: SluiceServer, mode: 'simple' | 'prepared', seconds: number): Promise<number> {
  const sql = mode === 'simple' ? INSERT : 'INSERT INTO events (id, name) VALUES ($1, $2)';
  return runClient(STATEMENT_CLIENT, [sluice.port, sluice.user, sluice.database, CONNECTIONS, mode, seconds, sql]);
}

async function runClient(program: string, options: readonly (string | number)[]): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...options.map(String)]);
  const match = /"perSecond":([\d.e+]+)/.exec(stdout);
  if (match === null) {
    throw new Error(`no count from ${program}: ${stdout}`);
  }
  return Number(match[1]);
}
