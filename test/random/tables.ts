import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { cachedDirectory, runDuckdb, sampleSource } from '../services/sample-data.js';
import type { ValueType } from './scope.js';

/** Raised whenever the tables change, so that an old cached directory is not taken. */
const LAYOUT = 4;
const TRIP_COUNT = 40_000;
const TRIP_FILES = 5;

/** A table of the random queries, with what the generator must know of it. */
export interface RandomTable {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: ValueType])[];
  /** A column without duplicates or NULLs, where there is one: it makes orders total. */
  readonly key: string | null;
}

/** Real flights cut down and roughened: NULLs, skew, decimals and floats; small tables to join; an empty one. */
export const RANDOM_TABLES: readonly RandomTable[] = [
  {
    name: 'trips',
    key: 'id',
    columns: [
      ['id', 'integer'],
      ['flown_at', 'timestamp'],
      ['flown_on', 'date'],
      ['delay', 'integer'],
      ['distance', 'integer'],
      ['origin', 'text'],
      ['destination', 'text'],
      ['carrier', 'integer'],
      ['fare', 'decimal'],
      ['load', 'float'],
      ['early', 'boolean'],
    ],
  },
  {
    name: 'places',
    key: null,
    columns: [
      ['code', 'text'],
      ['city', 'text'],
      ['state', 'text'],
      ['latitude', 'float'],
      ['gates', 'integer'],
    ],
  },
  {
    name: 'carriers',
    key: 'carrier_id',
    columns: [
      ['carrier_id', 'integer'],
      ['carrier_name', 'text'],
      ['hub', 'text'],
      ['founded', 'date'],
    ],
  },
  {
    name: 'notes',
    key: 'note_id',
    columns: [
      ['note_id', 'integer'],
      ['trip_id', 'integer'],
      ['kind', 'text'],
      ['score', 'float'],
      ['written_on', 'date'],
    ],
  },
  {
    name: 'nothing',
    key: null,
    columns: [
      ['code', 'text'],
      ['amount', 'decimal'],
      ['number', 'integer'],
    ],
  },
];

/** Columns that mean the same thing, so that joins on them find partners. */
export const JOIN_DOMAINS: readonly (readonly string[])[] = [
  ['trips.origin', 'trips.destination', 'places.code', 'carriers.hub', 'nothing.code'],
  ['trips.carrier', 'carriers.carrier_id', 'places.gates', 'nothing.number'],
  ['trips.id', 'notes.trip_id'],
  ['trips.flown_on', 'notes.written_on'],
];

const QUERIES: Readonly<Record<string, string>> = {
  trips: `SELECT n AS id, date AS flown_at, date::DATE AS flown_on,
      CASE WHEN n % 13 = 0 THEN NULL ELSE delay::INTEGER END AS delay, distance::INTEGER AS distance,
      CASE WHEN n % 5 = 0 THEN 'ATL' ELSE origin END AS origin, CASE WHEN n % 29 = 0 THEN NULL ELSE destination END AS destination,
      CASE WHEN n % 31 = 0 THEN NULL ELSE (hash(origin) % 23)::INTEGER END AS carrier,
      CASE WHEN n % 17 = 0 THEN NULL ELSE (49 + distance / 8.0 + (n % 1000) / 100.0)::DECIMAL(9, 2) END AS fare,
      (n % 64) / 64.0 AS load, CASE WHEN n % 41 = 0 THEN NULL ELSE delay < 0 END AS early
    FROM flight ORDER BY n`,
  places: `SELECT CASE WHEN k % 50 = 3 THEN NULL ELSE iata END AS code, city, CASE WHEN k % 11 = 0 THEN NULL ELSE state END AS state,
      latitude, (k % 30)::INTEGER AS gates
    FROM (SELECT *, row_number() OVER (ORDER BY iata) AS k FROM airport WHERE iata IN (SELECT origin FROM flight) OR iata < '06')
    UNION ALL SELECT 'ATL', 'Second Atlanta', 'GA', 33.64, NULL ORDER BY 1, 2`,
  carriers: `SELECT i::INTEGER AS carrier_id, 'Carrier ' || chr((65 + i)::INTEGER) AS carrier_name,
      CASE WHEN i % 6 = 5 THEN NULL ELSE ['ATL', 'ORD', 'DFW', 'LAX', 'QQQ'][1 + i % 5] END AS hub, DATE '1950-01-01' + (i * 777)::INTEGER AS founded
    FROM range(0, 20) AS t(i) ORDER BY i`,
  notes: `SELECT i AS note_id, CASE WHEN i % 19 = 0 THEN NULL ELSE (i * i) % 50000 END AS trip_id,
      ['crew', 'weather', 'traffic', 'bird', NULL, ''][1 + i % 6] AS kind, CASE WHEN i % 23 = 0 THEN NULL ELSE sqrt(i) END AS score,
      DATE '2001-01-01' + (i % 200)::INTEGER AS written_on
    FROM range(1, 6001) AS t(i) ORDER BY i`,
  nothing: `SELECT 'x' AS code, 1.5::DECIMAL(8, 2) AS amount, 1::INTEGER AS number WHERE false`,
};

/** The data directory of the random queries, made on the first call and kept under the OS temp directory. */
export function randomDirectory(): Promise<string> {
  return cachedDirectory(`sluice-random-${LAYOUT}`, async (directory) => {
    const source = sampleSource();
    mkdirSync(join(directory, 'trips'));
    mkdirSync(join(directory, 'notes'));
    const part = (table: string, files: number, index: number, key: string): string =>
      `COPY (SELECT * FROM (${QUERIES[table]}) WHERE ${key} % ${files} = ${index} ORDER BY ${key})
       TO '${join(directory, table, `part-${index}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`;
    await runDuckdb([
      `CREATE TABLE flight AS SELECT * FROM (SELECT *, row_number() OVER () AS k FROM read_parquet('${join(source, 'flights-3m.parquet')}'))
         WHERE k % 75 = 0`,
      `ALTER TABLE flight ADD COLUMN n BIGINT`,
      `UPDATE flight SET n = k // 75`,
      `DELETE FROM flight WHERE n > ${TRIP_COUNT}`,
      `CREATE TABLE airport AS FROM read_csv('${join(source, 'airports.csv')}')`,
      ...Array.from({ length: TRIP_FILES }, (_, index) => part('trips', TRIP_FILES, index, 'id')),
      ...[0, 1].map((index) => part('notes', 2, index, 'note_id')),
      ...['places', 'carriers', 'nothing'].map(
        (table) => `COPY (${QUERIES[table]}) TO '${join(directory, `${table}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
      ),
    ]);
  });
}

/** Views of the oracle over the same files. */
export function randomViews(directory: string): Record<string, string> {
  return Object.fromEntries(
    RANDOM_TABLES.map(({ name }) => [
      name,
      `read_parquet('${join(directory, name === 'trips' || name === 'notes' ? `${name}/*.parquet` : `${name}.parquet`)}')`,
    ]),
  );
}

const POSTGRES_TYPES: Readonly<Record<ValueType, string>> = {
  integer: 'bigint',
  decimal: 'numeric(9, 2)',
  float: 'double precision',
  text: 'text',
  date: 'date',
  timestamp: 'timestamp',
  boolean: 'boolean',
};

/** Loads the same tables into PostgreSQL, whose server reads CSV files from a directory of its own. */
export async function loadRandomIntoPostgres(client: Client, directory: string, serverDirectory: string): Promise<void> {
  const views = randomViews(directory);
  for (const { name, columns } of RANDOM_TABLES) {
    const file = join(serverDirectory, `${name}.csv`);
    await runDuckdb([`COPY (FROM ${views[name]}) TO '${file}' (FORMAT csv, HEADER, NULLSTR '\\N')`]);
    copyFileSync(file, `${file}.copy`);
    // `trips.delay` and its like are INTEGER in the files; bigint here keeps sums from overflowing in either.
    await client.query(`CREATE TABLE ${name} (${columns.map(([column, type]) => `${column} ${POSTGRES_TYPES[type]}`).join(', ')})`);
    await client.query(`COPY ${name} FROM '${file}' (FORMAT csv, HEADER, NULL '\\N')`);
  }
  await client.query('ANALYZE');
}
