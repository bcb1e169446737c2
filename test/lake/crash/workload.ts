import type { Workload } from './actor.js';
import { Bank, BANK_SETUP } from './bank.js';
import { Batches, BATCHES_SETUP } from './batches.js';
import { Definitions } from './definitions.js';
import { Merges, MERGES_SETUP } from './merges.js';
import type { Abilities } from './system.js';
import { Upkeep } from './upkeep.js';

/** The work of a crash run: sessions of all the kinds the system can do. */
export function newWorkload({ merge, upkeep }: Abilities): Workload {
  return {
    setup: [...BANK_SETUP, ...BATCHES_SETUP, ...(merge ? MERGES_SETUP : [])],
    actors: [
      new Bank(1),
      new Bank(2),
      new Batches(1),
      new Batches(2),
      new Batches(3),
      new Definitions(1),
      ...(merge ? [new Merges(1), new Merges(2)] : []),
      ...(upkeep ? [new Upkeep(merge ? [...TABLES, 'stock'] : TABLES)] : []),
    ],
  };
}

const TABLES = ['accounts', 'transfers', 'batches'] as const;

/** Only what makes and drops tables. */
export function newDefinitionsWorkload(): Workload {
  return { setup: [], actors: Array.from({ length: 6 }, (_, index) => new Definitions(index + 1)) };
}
