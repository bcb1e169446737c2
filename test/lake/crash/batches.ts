import type { Client } from 'pg';
import type { RandomSource } from '../history/random-source.js';
import type { Actor } from './actor.js';
import type { Outcome, WorkSession } from './work-session.js';

/** Statements that make the table of batches. */
export const BATCHES_SETUP: readonly string[] = ['CREATE TABLE batches (batch bigint, n integer, payload text)'];

const MANY_ROWS = 2000;

interface Batch {
  readonly rowCount: number;
  /** Whether its rows may be there, and whether they may be absent. */
  readonly mayBeThere: boolean;
  readonly mayBeAbsent: boolean;
}

/** Batches of 1, some, and thousands of rows inserted and deleted: each is there whole or not at all, its counters unique. */
export class Batches implements Actor {
  readonly name: string;
  readonly #number: number;
  readonly #batches = new Map<number, Batch>();
  #next = 0;

  constructor(number: number) {
    this.name = `batches ${number}`;
    this.#number = number;
  }

  async step(session: WorkSession, random: RandomSource): Promise<void> {
    const present = [...this.#batches].filter(([, batch]) => batch.mayBeThere);
    if (present.length > 0 && random.chance(0.3)) {
      const [id, batch] = random.pick(present);
      const outcome = await session.transact([`DELETE FROM batches WHERE batch = ${id}`]);
      this.#batches.set(id, afterDelete(batch, outcome));
      return;
    }
    const id = this.#number * 1_000_000 + this.#next;
    this.#next += 1;
    const kind = random.below(4);
    const rowCount = kind === 0 ? MANY_ROWS : kind === 1 ? 40 : 1 + random.below(3);
    const sql =
      rowCount === MANY_ROWS
        ? `INSERT INTO batches (batch, n, payload) SELECT ${id}, n, 'row ' || n FROM generate_series(1, ${rowCount}) AS g (n)`
        : `INSERT INTO batches (batch, n, payload) VALUES ${Array.from({ length: rowCount }, (_, index) => `(${id}, ${index + 1}, 'row ${index + 1}')`).join(', ')}`;
    const outcome = await session.transact([sql]);
    this.#batches.set(id, { rowCount, mayBeThere: outcome !== 'refused', mayBeAbsent: outcome !== 'done' });
  }

  async check(client: Client): Promise<string[]> {
    const result = await client.query<{ batch: string; rows: string; counters: string; largest: number }>(
      'SELECT batch, count(*) AS rows, count(DISTINCT n) AS counters, max(n) AS largest FROM batches GROUP BY batch',
    );
    const found = new Map(result.rows.map((row) => [Number(row.batch), row]));
    const wrong: string[] = [];
    for (const [id, batch] of this.#batches) {
      const row = found.get(id);
      const what = `${this.name}: batch ${id} of ${batch.rowCount} rows`;
      if (row === undefined) {
        if (!batch.mayBeAbsent) {
          wrong.push(`${what} is lost`);
        }
      } else if (!batch.mayBeThere) {
        wrong.push(`${what} was refused or deleted, and is there with ${row.rows} rows`);
      } else if (Number(row.rows) !== batch.rowCount || Number(row.counters) !== batch.rowCount || row.largest !== batch.rowCount) {
        wrong.push(`${what} has ${row.rows} rows with ${row.counters} different counters up to ${row.largest}`);
      }
      this.#batches.set(id, { ...batch, mayBeThere: row !== undefined, mayBeAbsent: row === undefined });
    }
    const own = [...found.keys()].filter((id) => Math.floor(id / 1_000_000) === this.#number);
    wrong.push(...own.filter((id) => !this.#batches.has(id)).map((id) => `${this.name}: batch ${id} was never written`));
    return wrong;
  }
}

function afterDelete(batch: Batch, outcome: Outcome): Batch {
  switch (outcome) {
    case 'done':
      return { ...batch, mayBeThere: false, mayBeAbsent: true };
    case 'refused':
      return batch;
    case 'unknown':
      return { ...batch, mayBeAbsent: true };
  }
}
