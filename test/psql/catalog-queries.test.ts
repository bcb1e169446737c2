import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { sourceDirectory } from '../runner/source-directory.js';
import { isPostgresInstalled, startOwnPostgres, type PostgresServer } from '../services/postgres.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { prepareTwin } from './twin.js';

const DIRECTORY = join(sourceDirectory('psql'), 'queries');

/** A warm catalog query is milliseconds; the bound is wide for a busy machine, and far below what reloading costs. */
const WARM_MS_MAX = 60;

interface Outcome {
  /** name, type OID and modifier of each column, or the error. */
  readonly shape: readonly (readonly [string, number, number])[] | string;
  readonly rows: readonly unknown[];
}

describe('psql/catalog-queries', function () {
  this.timeout(60_000);
  let sluice: SluiceServer;
  let postgres: PostgresServer | undefined;
  let client: Client;
  let twin: Client | undefined;

  before(async () => {
    sluice = await startSluice({ data: await smallSampleDirectory() });
    client = await connect(sluice);
    if (isPostgresInstalled()) {
      postgres = await startOwnPostgres();
      twin = await connect(await prepareTwin(postgres));
    }
  });

  after(async () => {
    await client?.end();
    await twin?.end();
    await sluice?.stop();
    await postgres?.stop();
  });

  for (const file of readdirSync(DIRECTORY)) {
    for (const query of readQueries(join(DIRECTORY, file))) {
      it(`${file}: ${title(query)}`, async () => {
        const outcome = await ask(client, query);
        assert.notEqual(typeof outcome.shape, 'string', String(outcome.shape));
        if (twin !== undefined) {
          assert.deepEqual(outcome, await ask(twin, query));
        }
      });
    }
  }

  for (const [name, sqlstate] of [
    ["'nosuch'::regclass", '42P01'],
    ["'nosuch'::regtype", '42704'],
    ["'nosuch'::regproc", '42883'],
    ["'nosuch'::regnamespace", '3F000'],
    ["'nosuch'::regrole", '42704'],
  ] as const) {
    it(`${name} fails with ${sqlstate}`, async () => {
      await assert.rejects(client.query(`SELECT ${name}`), { code: sqlstate });
      if (twin !== undefined) {
        await assert.rejects(twin.query(`SELECT ${name}`), { code: sqlstate });
      }
    });
  }

  it('answers again without loading again, also when a setting changed', async () => {
    const query = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'flights'::regclass AND attnum > 0";
    await ask(client, query);
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      await client.query(`SET extra_float_digits = ${round % 3}`);
      const start = performance.now();
      await ask(client, query);
      times.push(performance.now() - start);
    }
    assert.ok(Math.min(...times) < WARM_MS_MAX, `took ${times.map((time) => time.toFixed(1)).join(', ')} ms`);
  });

  it('keeps OIDs over a restart', async () => {
    const query = "SELECT 'flights'::regclass::oid, 'airports'::regclass::oid";
    const first = await ask(client, query);
    await client.end();
    await sluice.stop();
    sluice = await startSluice({ data: await smallSampleDirectory() });
    client = await connect(sluice);
    assert.deepEqual(await ask(client, query), first);
  });

  it("shows a session's own objects to that session only", async () => {
    await client.query('CREATE TEMP TABLE own_table (a integer)');
    const query =
      "SELECT c.relname, n.nspname ~ '^pg_temp_', c.relpersistence FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'own_table'";
    assert.deepEqual((await ask(client, query)).rows, [['own_table', 't', 't']]);
    assert.deepEqual((await ask(client, "SELECT count(*) FROM pg_tables WHERE schemaname = ANY (current_schemas(true)) AND tablename = 'own_table'")).rows, [
      ['1'],
    ]);
    const other = await connect(sluice);
    assert.deepEqual((await ask(other, query)).rows, []);
    await other.end();
  });
});

async function connect(target: { readonly host: string; readonly port: number; readonly user: string; readonly database: string }): Promise<Client> {
  const client = new Client({
    host: target.host,
    port: target.port,
    user: target.user,
    database: target.database,
    types: { getTypeParser: () => (value: unknown) => value },
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function ask(client: Client, query: string): Promise<Outcome> {
  try {
    const result = await client.query<unknown[]>({ text: query, rowMode: 'array' });
    return { shape: result.fields.map((field) => [field.name, field.dataTypeID, field.dataTypeModifier] as const), rows: result.rows };
  } catch (error) {
    return { shape: error instanceof Error ? error.message : String(error), rows: [] };
  }
}

function readQueries(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split(/;\n/)
    .map((query) => query.trim())
    .filter((query) => query !== '');
}

/** The comment above a query, or its beginning. */
function title(query: string): string {
  return query.startsWith('--') ? (query.split('\n')[0] ?? '').slice(3) : query.slice(0, 60);
}
