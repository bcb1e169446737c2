import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Client } from 'pg';
import type { Lake, LakeTransaction, NewLakeColumn } from '../../fs/lake/lake.js';
import type { LakeInlinedRows, LakeSnapshot, LakeTable } from '../../fs/lake/model.js';
import { openLake } from '../../fs/lake/open-lake.js';
import { startPostgres } from '../services/postgres.js';
import { newRandomSource, type RandomSource } from './history/random-source.js';

const STEPS = 60;
let lastDatabase = 0;

/** What one gateway reads of another's changes piece by piece must be what a new one reads as a whole. */
describe('lake: changes of another gateway', function () {
  this.timeout(90_000);
  let directory: string;
  let url: string;
  const lakes: Lake[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-followed-'));
    url = await newDatabase();
  });
  afterEach(async () => {
    for (const lake of lakes.splice(0)) {
      await lake.close();
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const open = async (): Promise<Lake> => {
    const lake = await openLake({
      catalog: { kind: 'postgres', url },
      dataPath: join(directory, 'data'),
      cacheDirectory: join(directory, `cache-${lakes.length}`),
    });
    lakes.push(lake);
    return lake;
  };

  for (const seed of [1, 2]) {
    it(`are seen as they are, seed ${seed}`, async () => {
      const [writer, follower] = [await open(), await open()];
      const random = newRandomSource(seed);
      for (let step = 0; step < STEPS; step += 1) {
        const transaction = await writer.begin();
        await change(transaction, random, step);
        await transaction.commit();
        if (random.chance(0.5)) {
          const fresh = await openLake({
            catalog: { kind: 'postgres', url },
            dataPath: join(directory, 'data'),
            cacheDirectory: join(directory, 'cache-fresh'),
          });
          const expected = await contents(await fresh.snapshot());
          await fresh.close();
          assert.deepEqual(await contents(await follower.snapshot()), expected, `follower, step ${step}`);
          assert.deepEqual(await contents(await writer.snapshot()), expected, `writer, step ${step}`);
        }
      }
    });
  }

  it('leave what they do not touch the same objects', async () => {
    const [writer, follower] = [await open(), await open()];
    const setup = await writer.begin();
    for (const name of ['one', 'two']) {
      setup.createTable({ schema: 'main', name, columns: [column('a', 'int32')] });
    }
    await setup.commit();
    const before = await follower.snapshot();
    const transaction = await writer.begin();
    transaction.addColumn(tableOf(transaction.current, 'one'), column('b', 'varchar'));
    await transaction.commit();
    const now = await follower.snapshot();
    assert.equal(tableOf(now, 'two'), tableOf(before, 'two'));
    assert.deepEqual(
      tableOf(now, 'one').columns.map(({ name }) => name),
      ['a', 'b'],
    );
  });

  it('are seen when rows that ended are gone from the catalog', async () => {
    const [writer, follower] = [await open(), await open()];
    const setup = await writer.begin();
    const made = setup.createTable({ schema: 'main', name: 't', columns: [column('a', 'int32')] });
    setup.appendRows(made, [['1'], ['2'], ['3']]);
    await setup.commit();
    const before = await follower.snapshot();
    assert.deepEqual(await inlinedTexts((await before.data(tableOf(before, 't'))).inlined), [['1'], ['2'], ['3']]);
    const transaction = await writer.begin();
    const table = tableOf(transaction.current, 't');
    const rowIds = (await transaction.current.data(table)).inlined?.rowIds ?? [];
    transaction.deleteInlinedRows(table, rowIds.slice(0, 1));
    await transaction.commit();
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ table_name: string }>('SELECT table_name FROM ducklake_inlined_data_tables');
    await client.query(`DELETE FROM "${rows[0]?.table_name ?? ''}" WHERE end_snapshot IS NOT NULL`);
    await client.end();
    const now = await follower.snapshot();
    assert.deepEqual(await inlinedTexts((await now.data(tableOf(now, 't'))).inlined), [['2'], ['3']]);
  });
});

/** One random change of rows or definitions. */
async function change(transaction: LakeTransaction, random: RandomSource, step: number): Promise<void> {
  const { tables, views, schemas } = transaction.current;
  const kind = random.below(14);
  const table = tables.length === 0 ? undefined : random.pick(tables);
  if (kind === 0 || table === undefined) {
    transaction.createTable({ schema: random.pick(schemas).name, name: `t${step}`, columns: [column('a', 'int32'), column('b', 'varchar')] });
  } else if (kind === 1) {
    transaction.addColumn(table, column(`c${step}`, 'int64'));
  } else if (kind === 2) {
    transaction.alterColumn(table, table.columns[0]?.id ?? 0, { name: `a${step}` });
  } else if (kind === 3) {
    transaction.renameTable(table, { schema: random.pick(schemas).name, name: `r${step}` });
  } else if (kind === 4 && tables.length > 2) {
    transaction.dropTable(table);
  } else if (kind === 5) {
    transaction.setColumnTag(table, table.columns[0]?.id ?? 0, 'comment', `step ${step}`);
  } else if (kind === 6) {
    transaction.createView({ schema: 'main', name: `v${step}`, dialect: 'sluice', sql: `SELECT ${step}`, columnNames: ['n'] });
  } else if (kind === 7 && views[0] !== undefined) {
    transaction.dropView(views[0]);
  } else if (kind === 8) {
    transaction.createSchema(`s${step}`);
  } else if (kind === 9) {
    transaction.setTag(random.pick([...tables, ...views, ...schemas]), 'comment', `step, ${step}`);
  } else if (kind === 10) {
    const rowIds = (await transaction.current.data(table)).inlined?.rowIds ?? [];
    transaction.deleteInlinedRows(
      table,
      rowIds.filter(() => random.chance(0.5)),
    );
  } else {
    const rows = Array.from({ length: 1 + random.below(4) }, (_, row) =>
      table.columns.map((each) => (each.type === 'varchar' ? `${step}, ${row}` : String(step))),
    );
    transaction.appendRows(table, rows);
  }
}

/** Everything of a snapshot but places in caches. */
async function contents(snapshot: LakeSnapshot): Promise<unknown> {
  const rows: unknown[] = [];
  for (const table of snapshot.tables) {
    const { inlined, rowCount, files } = await snapshot.data(table);
    rows.push([table.name, rowCount, files, inlined?.rowIds ?? [], await inlinedTexts(inlined)]);
  }
  const { id, schemaVersion, schemas, tables, views } = snapshot;
  return { id, schemaVersion, schemas, tables, views, rows };
}

async function inlinedTexts(inlined: LakeInlinedRows | null): Promise<unknown> {
  if (inlined === null) {
    return [];
  }
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${inlined.path}')`);
  const rows = reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
  connection.closeSync();
  instance.closeSync();
  return rows;
}

function tableOf(snapshot: LakeSnapshot, name: string): LakeTable {
  const table = snapshot.findTable('main', name);
  assert(table !== undefined);
  return table;
}

function column(name: string, type: string): NewLakeColumn {
  return { name, type, nullable: true, children: [] };
}

async function newDatabase(): Promise<string> {
  const { host, port, user } = await startPostgres();
  lastDatabase += 1;
  const name = `lake_followed_${process.pid}_${lastDatabase}`;
  const client = new Client({ host, port, user, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return `postgres://${user}@${host}:${port}/${name}`;
}
