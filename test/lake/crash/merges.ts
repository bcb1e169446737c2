import type { Client } from 'pg';
import type { RandomSource } from '../history/random-source.js';
import type { Actor } from './actor.js';
import type { WorkSession } from './work-session.js';

/** Statements that make the table of stock. */
export const MERGES_SETUP: readonly string[] = ['CREATE TABLE stock (owner integer, item integer, version integer, PRIMARY KEY (owner, item))'];

const ITEMS = 15;

/** MERGE, or INSERT ... ON CONFLICT, over a set of rows that grows: all items of an owner have one version, the last acknowledged or a later unknown one. */
export class Merges implements Actor {
  readonly name: string;
  readonly #owner: number;
  /** What the rows may be, as `version x items`. */
  #possible: ReadonlySet<string> = new Set(['0 x 0']);
  #version = 0;
  #items = 0;

  constructor(owner: number) {
    this.name = `merges ${owner}`;
    this.#owner = owner;
  }

  async step(session: WorkSession, random: RandomSource): Promise<void> {
    this.#version += 1;
    this.#items = Math.min(ITEMS, this.#items + 1 + random.below(3));
    const items = Array.from({ length: this.#items }, (_, item) => item);
    const outcome = await session.transact([random.chance(0.5) ? this.#merge(items) : this.#upsert(items)]);
    const after = `${this.#version} x ${this.#items}`;
    if (outcome === 'done') {
      this.#possible = new Set([after]);
    } else if (outcome === 'unknown') {
      this.#possible = new Set([...this.#possible, after]);
    }
  }

  #merge(items: readonly number[]): string {
    return `MERGE INTO stock AS s USING (VALUES ${items.map((item) => `(${item})`).join(', ')}) AS v (item) ON s.owner = ${this.#owner} AND s.item = v.item
       WHEN MATCHED THEN UPDATE SET version = ${this.#version}
       WHEN NOT MATCHED THEN INSERT (owner, item, version) VALUES (${this.#owner}, v.item, ${this.#version})`;
  }

  #upsert(items: readonly number[]): string {
    return `INSERT INTO stock (owner, item, version) VALUES ${items.map((item) => `(${this.#owner}, ${item}, ${this.#version})`).join(', ')}
       ON CONFLICT (owner, item) DO UPDATE SET version = excluded.version`;
  }

  async check(client: Client): Promise<string[]> {
    const result = await client.query<{ version: number; rows: string; items: string }>(
      `SELECT version, count(*) AS rows, count(DISTINCT item) AS items FROM stock WHERE owner = ${this.#owner} GROUP BY version`,
    );
    const found = result.rows.length === 0 ? '0 x 0' : result.rows.map((row) => `${row.version} x ${row.rows}`).join(', ');
    const wrong: string[] = [];
    if (!this.#possible.has(found) || result.rows.some((row) => row.rows !== row.items)) {
      wrong.push(`${this.name}: rows are ${found}, and must be ${[...this.#possible].join(' or ')}`);
    }
    this.#possible = new Set([found]);
    return wrong;
  }
}
