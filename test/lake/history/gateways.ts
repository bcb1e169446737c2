import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnPostgres } from '../../services/postgres.js';
import { startSluice, type SluiceServer } from '../../services/sluice.js';

/** Gateways that run on one catalog. */
export interface Gateways {
  /** Where clients connect. */
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

/** Two gateways as processes of their own on one catalog in a PostgreSQL of their own, and one data directory. */
export async function startTwoGateways(): Promise<Gateways> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-history-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const postgres = await startOwnPostgres();
  const gateways: SluiceServer[] = [];
  const catalog = `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${postgres.database}`;
  for (const name of ['one', 'two']) {
    gateways.push(await startSluice({ data, state: join(directory, name), executors: 2, threads: 1, extra: ['--catalog', catalog] }));
  }
  return {
    urls: gateways.map(({ user, host, port, database }) => `postgres://${user}@${host}:${port}/${database}`),
    stop: async () => {
      for (const gateway of gateways) {
        await gateway.stop();
      }
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
