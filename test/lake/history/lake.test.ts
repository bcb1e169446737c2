import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, it } from 'mocha';
import { Client } from 'pg';
import type { Lake } from '../../../fs/lake/lake.js';
import { openLake } from '../../../fs/lake/open-lake.js';
import { startPostgres } from '../../services/postgres.js';
import { checkHistory, countKinds } from './check-history.js';
import { lakePlace } from './lake-session.js';
import { recordHistory } from './record-history.js';

const DATABASE = 'lake_history_catalog';

/** The catalog's own transactions, without a gateway over them. */
describe('lake/history: fs/lake', function () {
  this.timeout(120_000);

  it('is snapshot isolation for one process over a DuckDB file', () => check('duckdb', 1));

  it('is snapshot isolation for two processes over PostgreSQL', () => check('postgres', 2));
});

async function check(kind: 'duckdb' | 'postgres', lakeCount: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-lake-history-'));
  mkdirSync(join(directory, 'data'));
  const catalog = kind === 'duckdb' ? { kind, path: join(directory, 'catalog.duckdb') } : { kind, url: await newDatabase() };
  const instance = await DuckDBInstance.create();
  const duckdb = await instance.connect();
  const lakes: Lake[] = [];
  try {
    for (let index = 0; index < lakeCount; index += 1) {
      lakes.push(await openLake({ catalog, dataPath: join(directory, 'data'), cacheDirectory: join(directory, `cache-${index}`) }));
    }
    const { history, final, refusals } = await recordHistory({
      places: lakes.map((lake) => lakePlace(lake, duckdb)),
      clientsPerPlace: 8,
      durationMs: 5000,
      committedMin: 100,
      seed: 9,
    });
    const anomalies = checkHistory(history, { order: 'real_time', final });
    assert.deepEqual(anomalies.slice(0, 5), [], countKinds(anomalies));
    assert.deepEqual(
      [...refusals].filter(([code]) => code !== 'conflict'),
      [],
    );
    assert(history.filter((transaction) => transaction.outcome === 'ok').length >= 100);
  } finally {
    for (const lake of lakes) {
      await lake.close();
    }
    duckdb.closeSync();
    instance.closeSync();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function newDatabase(): Promise<string> {
  const postgres = await startPostgres();
  const admin = new Client(postgres);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${DATABASE}`);
  await admin.end();
  return `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${DATABASE}`;
}
