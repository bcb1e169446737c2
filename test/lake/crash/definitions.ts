import type { Client } from 'pg';
import type { RandomSource } from '../history/random-source.js';
import type { Actor } from './actor.js';
import type { WorkSession } from './work-session.js';

const ROWS = 120;

/** The one table the actor has, or null. */
interface OwnTable {
  readonly name: string;
  readonly columns: string;
  readonly rowCount: number;
}

/** CREATE TABLE, CTAS, ALTER, RENAME, TRUNCATE and DROP, alone and several in a transaction with rows: all or nothing. */
export class Definitions implements Actor {
  readonly name: string;
  readonly #prefix: string;
  #possible: readonly (OwnTable | null)[] = [null];
  #next = 0;

  constructor(number: number) {
    this.name = `definitions ${number}`;
    this.#prefix = `made_${number}_`;
  }

  async step(session: WorkSession, random: RandomSource): Promise<void> {
    const table = this.#possible[0] ?? null;
    if (this.#possible.length > 1) {
      // What it is must be known before it is changed: the next check settles it.
      await session.transact(['SELECT 1']);
      return;
    }
    const [statements, after] = table === null ? this.#create(random) : this.#change(table, random);
    const outcome = await session.transact(statements);
    if (outcome === 'done') {
      this.#possible = [after];
    } else if (outcome === 'unknown') {
      this.#possible = [table, after];
    }
  }

  #newName(): string {
    this.#next += 1;
    return `${this.#prefix}${this.#next}`;
  }

  #create(random: RandomSource): [string[], OwnTable] {
    const name = this.#newName();
    const rows = `SELECT n, n * 2 AS twice FROM generate_series(1, ${ROWS}) AS g (n)`;
    const made = { name, columns: 'n twice', rowCount: ROWS };
    switch (random.below(3)) {
      case 0:
        return [[`CREATE TABLE ${name} AS ${rows}`], made];
      case 1:
        return [[`CREATE TABLE ${name} (n integer, twice integer)`, `INSERT INTO ${name} (n, twice) ${rows}`], made];
      default:
        return [[`CREATE TABLE ${name} (n integer, twice integer)`], { ...made, rowCount: 0 }];
    }
  }

  #change(table: OwnTable, random: RandomSource): [string[], OwnTable | null] {
    const { name } = table;
    switch (random.below(6)) {
      case 0: {
        if (table.columns.includes('extra')) {
          return [[`ALTER TABLE ${name} DROP COLUMN extra`], { ...table, columns: 'n twice' }];
        }
        const wider = { ...table, columns: 'n twice extra', rowCount: table.rowCount + 1 };
        return [[`ALTER TABLE ${name} ADD COLUMN extra integer`, `INSERT INTO ${name} (n, twice, extra) VALUES (0, 0, 7)`], wider];
      }
      case 1: {
        const to = this.#newName();
        return [[`ALTER TABLE ${name} RENAME TO ${to}`], { ...table, name: to }];
      }
      case 2:
        return [[`TRUNCATE ${name}`], { ...table, rowCount: 0 }];
      case 3:
        return [[`INSERT INTO ${name} (n, twice) VALUES (1, 2), (3, 6)`], { ...table, rowCount: table.rowCount + 2 }];
      case 4: {
        const [create, made] = this.#create(random);
        return [[`DROP TABLE ${name}`, ...create], made];
      }
      default:
        return [[`DROP TABLE ${name}`], null];
    }
  }

  async check(client: Client): Promise<string[]> {
    const columns = await client.query<{ table_name: string; column_name: string }>(
      `SELECT table_name, column_name FROM information_schema.columns WHERE table_name LIKE '${this.#prefix.replaceAll('_', '\\_')}%' ORDER BY table_name, ordinal_position`,
    );
    const found: OwnTable[] = [];
    for (const name of new Set(columns.rows.map((row) => row.table_name))) {
      const rows = await client.query<{ n: string; twice: string | null }>(`SELECT count(*) AS n, sum(twice - 2 * n) AS twice FROM ${name}`);
      found.push({
        name,
        columns: columns.rows
          .filter((row) => row.table_name === name)
          .map((row) => row.column_name)
          .join(' '),
        rowCount: Number(rows.rows[0]?.n) + Number(rows.rows[0]?.twice ?? 0),
      });
    }
    const is = JSON.stringify(found);
    const possible = this.#possible.map((table) => JSON.stringify(table === null ? [] : [table]));
    const wrong = possible.includes(is) ? [] : [`${this.name}: there is ${is}, and must be ${possible.join(' or ')}`];
    this.#possible = [found[0] ?? null];
    return wrong;
  }
}
