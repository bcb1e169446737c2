import { setTimeout as sleep } from 'node:timers/promises';
import { CatalogRace, type CatalogDatabase, type CatalogQueries } from '../catalog-database.js';

const ATTEMPT_COUNT_MAX = 20;
const WAIT_MS_MAX = 500;

/** Runs a transaction of the catalog again for as long as commits are first; upkeep yields to them. Throws the last CatalogRace. */
export async function withRetries<T>(database: CatalogDatabase, work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(work);
    } catch (error) {
      if (!(error instanceof CatalogRace) || attempt >= ATTEMPT_COUNT_MAX) {
        throw error;
      }
      await sleep(Math.random() * Math.min(WAIT_MS_MAX, 2 ** attempt));
    }
  }
}
