import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, type Client } from 'pg';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { newPostgresDatabase } from './postgres-database.js';

const KEYS = 3;
const ROUNDS = 6;
const ADD = 'INSERT INTO counters (k, n) VALUES ($1, 1) ON CONFLICT (k) DO UPDATE SET n = counters.n + 1';

/** Two that insert or update the same key: one is told 40001, and no row and no addition is lost or there twice. */
for (const kind of ['a DuckDB file', 'PostgreSQL'] as const) {
  describe(`lake: races of INSERT ... ON CONFLICT, catalog in ${kind}`, function () {
    this.timeout(90_000);
    let directory: string;
    const servers: SluiceServer[] = [];
    const clients: Client[] = [];

    before(async () => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-upsert-'));
      const data = join(directory, 'data');
      mkdirSync(data);
      // On PostgreSQL the sessions belong to two gateways.
      const catalog = kind === 'PostgreSQL' ? ['--catalog', await newPostgresDatabase(`upsert_races_${process.pid}`)] : [];
      for (const name of kind === 'PostgreSQL' ? ['one', 'two'] : ['one']) {
        servers.push(await startSluice({ data, state: join(directory, name), executors: 2, threads: 1, extra: catalog }));
      }
      for (let number = 0; number < 4; number += 1) {
        const server = servers[number % servers.length];
        assert(server !== undefined);
        clients.push(await server.connect());
      }
    });

    after(async () => {
      for (const client of clients.splice(0)) {
        await client.end();
      }
      for (const server of servers.splice(0)) {
        await server.stop();
      }
      rmSync(directory, { recursive: true, force: true });
    });

    it('one of two gets 40001, with a new key and with one that is there', async () => {
      const [first, second] = clients;
      assert(first !== undefined && second !== undefined);
      await first.query('CREATE TABLE counters (k integer PRIMARY KEY, n integer)');
      for (const expected of [1, 2]) {
        for (const client of [first, second]) {
          await client.query('BEGIN');
          await client.query(ADD, [7]);
        }
        await first.query('COMMIT');
        await assert.rejects(second.query('COMMIT'), { code: '40001' });
        assert.deepEqual((await second.query('SELECT k, n FROM counters')).rows, [{ k: 7, n: expected }]);
      }
    });

    it('sessions that try again lose and double nothing', async () => {
      await firstOf(clients).query('CREATE TABLE sums (k integer PRIMARY KEY, n integer)');
      let refused = 0;
      const add = async (client: Client, key: number): Promise<void> => {
        for (;;) {
          try {
            await client.query(ADD.replaceAll('counters', 'sums'), [key]);
            return;
          } catch (error) {
            assert(error instanceof DatabaseError && error.code === '40001', String(error));
            refused += 1;
          }
        }
      };
      await Promise.all(
        clients.map(async (client, number) => {
          for (let round = 0; round < ROUNDS; round += 1) {
            await add(client, (round + number) % KEYS);
          }
        }),
      );
      const { rows } = await firstOf(clients).query('SELECT k, n FROM sums ORDER BY k');
      assert.deepEqual(
        rows,
        Array.from({ length: KEYS }, (_, k) => ({ k, n: (clients.length * ROUNDS) / KEYS })),
      );
      assert(refused > 0, 'they met');
    });
  });
}

function firstOf(clients: readonly Client[]): Client {
  const [client] = clients;
  assert(client !== undefined);
  return client;
}
