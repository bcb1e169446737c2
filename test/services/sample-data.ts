import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Client } from 'pg';

/** Raised whenever the layout below changes, so that an old cached directory is not taken. */
const LAYOUT = 2;
/** Every 50th flight: 60,000 rows, enough for several files and row groups and quick in PostgreSQL. */
const FLIGHT_STEP = 50;
const FLIGHT_FILES = 4;

/** Where the npm package with the real sample data lies; it exports no path, so it is looked for by name. */
export function sampleSource(): string {
  for (let directory = import.meta.dirname; directory !== dirname(directory); directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', 'vega-datasets', 'data');
    if (existsSync(candidate)) {
      return candidate;
    }
  }
  throw new Error('the development dependency vega-datasets is not installed');
}

/** A data directory with all 3,000,000 flights (`flights.parquet`) and the airports (`airports.csv`), cached. */
export function fullSampleDirectory(): Promise<string> {
  return cachedDirectory(`sluice-sample-full-${LAYOUT}`, (directory) => {
    copyFileSync(join(sampleSource(), 'flights-3m.parquet'), join(directory, 'flights.parquet'));
    copyFileSync(join(sampleSource(), 'airports.csv'), join(directory, 'airports.csv'));
    return Promise.resolve();
  });
}

/** A data directory with 60,000 of the flights in four Parquet files (`flights/`) and the airports, cached; read-only. */
export function smallSampleDirectory(): Promise<string> {
  return cachedDirectory(`sluice-sample-small-${LAYOUT}`, async (directory) => {
    mkdirSync(join(directory, 'flights'));
    await runDuckdb([
      `CREATE TABLE f AS SELECT * EXCLUDE n, n // ${FLIGHT_STEP} AS k FROM (SELECT *, row_number() OVER () - 1 AS n
         FROM read_parquet('${join(sampleSource(), 'flights-3m.parquet')}')) WHERE n % ${FLIGHT_STEP} = 0`,
      ...Array.from(
        { length: FLIGHT_FILES },
        (_, part) =>
          `COPY (SELECT * EXCLUDE k FROM f WHERE k % ${FLIGHT_FILES} = ${part} ORDER BY k)
           TO '${join(directory, 'flights', `part-${part}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 4096)`,
      ),
    ]);
    copyFileSync(join(sampleSource(), 'airports.csv'), join(directory, 'airports.csv'));
  });
}

/** A fresh directory holding a copy of the small sample, for tests that write. The caller removes it. */
export async function writableSampleDirectory(): Promise<string> {
  const source = await smallSampleDirectory();
  const directory = mkdtempSync(join(tmpdir(), 'sluice-data-'));
  mkdirSync(join(directory, 'flights'));
  for (let part = 0; part < FLIGHT_FILES; part += 1) {
    copyFileSync(join(source, 'flights', `part-${part}.parquet`), join(directory, 'flights', `part-${part}.parquet`));
  }
  copyFileSync(join(source, 'airports.csv'), join(directory, 'airports.csv'));
  return directory;
}

/** Loads the small sample into PostgreSQL as tables `flights` and `airports`, once; the server reads a CSV copy. */
export async function loadSampleIntoPostgres(client: Client, serverDirectory: string): Promise<void> {
  const existing = await client.query("SELECT 1 FROM pg_class WHERE relname = 'flights'");
  if (existing.rows.length > 0) {
    return;
  }
  const source = await smallSampleDirectory();
  const flights = join(serverDirectory, 'flights.csv');
  const airports = join(serverDirectory, 'airports.csv');
  await runDuckdb([`COPY (SELECT * FROM read_parquet('${source}/flights/*.parquet')) TO '${flights}' (FORMAT csv, HEADER)`]);
  copyFileSync(join(source, 'airports.csv'), airports);
  await client.query('CREATE TABLE flights (date timestamp, delay bigint, distance bigint, origin text, destination text)');
  await client.query(
    'CREATE TABLE airports (iata text, name text, city text, state text, country text, latitude double precision, longitude double precision)',
  );
  await client.query(`COPY flights FROM '${flights}' (FORMAT csv, HEADER)`);
  await client.query(`COPY airports FROM '${airports}' (FORMAT csv, HEADER)`);
  await client.query('ANALYZE');
}

/** Runs statements one after another on a DuckDB of their own, in this process. */
export async function runDuckdb(statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const statement of statements) {
      await connection.run(statement);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A directory under the OS temp directory that appears whole: built under another name, then renamed. */
export async function cachedDirectory(name: string, build: (directory: string) => Promise<void>): Promise<string> {
  const target = join(tmpdir(), name);
  if (existsSync(target)) {
    return target;
  }
  const building = mkdtempSync(`${target}-building-`);
  try {
    await build(building);
    renameSync(building, target);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Another process was quicker: its directory is as good.
    if (!existsSync(target)) {
      throw error;
    }
  }
  return target;
}
