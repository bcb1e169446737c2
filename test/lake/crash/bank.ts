import type { Client } from 'pg';
import type { RandomSource } from '../history/random-source.js';
import type { Actor } from './actor.js';
import type { Outcome, WorkSession } from './work-session.js';

const ACCOUNTS = 12;
const START_BALANCE = 1000;

/** Statements that make the bank: accounts, and a row for every transfer. */
export const BANK_SETUP: readonly string[] = [
  'CREATE TABLE accounts (id integer, balance bigint)',
  'CREATE TABLE transfers (id bigint, source integer, target integer, amount bigint)',
  `INSERT INTO accounts SELECT n, ${START_BALANCE} FROM generate_series(0, ${ACCOUNTS - 1}) AS g (n)`,
];

/**
 * Transfers between accounts, two UPDATEs and an INSERT each: balances must be exactly what the transfers that are there
 * make of them, and those there exactly the acknowledged ones and some of the unknown.
 */
export class Bank implements Actor {
  readonly name: string;
  readonly #number: number;
  readonly #outcomes = new Map<number, Outcome>();
  #next = 0;

  constructor(number: number) {
    this.name = `bank ${number}`;
    this.#number = number;
  }

  async step(session: WorkSession, random: RandomSource): Promise<void> {
    const id = this.#number * 1_000_000 + this.#next;
    this.#next += 1;
    const source = random.below(ACCOUNTS);
    const target = (source + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
    const amount = 1 + random.below(50);
    this.#outcomes.set(
      id,
      await session.transact([
        `UPDATE accounts SET balance = balance - ${amount} WHERE id = ${source}`,
        `UPDATE accounts SET balance = balance + ${amount} WHERE id = ${target}`,
        `INSERT INTO transfers (id, source, target, amount) VALUES (${id}, ${source}, ${target}, ${amount})`,
      ]),
    );
  }

  async check(client: Client): Promise<string[]> {
    const accounts = await client.query<{ id: number; balance: string }>('SELECT id, balance FROM accounts');
    const transfers = await client.query<{ id: string; source: number; target: number; amount: string }>('SELECT id, source, target, amount FROM transfers');
    const wrong: string[] = [];
    const expected = Array.from({ length: ACCOUNTS }, () => START_BALANCE);
    const there = new Set<number>();
    for (const row of transfers.rows) {
      const id = Number(row.id);
      if (there.has(id)) {
        wrong.push(`${this.name}: transfer ${id} is there twice`);
      }
      there.add(id);
      expected[row.source] = (expected[row.source] ?? 0) - Number(row.amount);
      expected[row.target] = (expected[row.target] ?? 0) + Number(row.amount);
    }
    const balances = new Map(accounts.rows.map((row) => [row.id, Number(row.balance)]));
    if (accounts.rows.length !== ACCOUNTS) {
      wrong.push(`${this.name}: ${accounts.rows.length} rows of ${ACCOUNTS} accounts`);
    }
    for (const [id, balance] of expected.entries()) {
      if (balances.get(id) !== balance) {
        wrong.push(`${this.name}: account ${id} has ${balances.get(id)}, its transfers make ${balance}`);
      }
    }
    for (const [id, outcome] of this.#outcomes) {
      if (outcome === 'done' && !there.has(id)) {
        wrong.push(`${this.name}: acknowledged transfer ${id} is lost`);
      } else if (outcome === 'refused' && there.has(id)) {
        wrong.push(`${this.name}: refused transfer ${id} is there`);
      }
      this.#outcomes.set(id, there.has(id) ? 'done' : 'refused');
    }
    return wrong;
  }
}
