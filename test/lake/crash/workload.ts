import type { Workload } from './actor.js';
import { Bank, BANK_SETUP } from './bank.js';
import { Batches, BATCHES_SETUP } from './batches.js';
import { Definitions } from './definitions.js';
import { Merges, MERGES_SETUP } from './merges.js';

/** The work of a crash run: eight sessions of four kinds. */
export function newWorkload(): Workload {
  return {
    setup: [...BANK_SETUP, ...BATCHES_SETUP, ...MERGES_SETUP],
    actors: [new Bank(1), new Bank(2), new Batches(1), new Batches(2), new Batches(3), new Merges(1), new Merges(2), new Definitions(1)],
  };
}

/** Only what makes and drops tables. */
export function newDefinitionsWorkload(): Workload {
  return { setup: [], actors: Array.from({ length: 6 }, (_, index) => new Definitions(index + 1)) };
}
