import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client } from 'pg';
import { LakeError } from '../../fs/lake/lake-error.js';
import type { Lake, LakeTransaction, NewLakeColumn, NewLakeDeletes, NewLakeFile } from '../../fs/lake/lake.js';
import type { LakeFile, LakeTable } from '../../fs/lake/model.js';
import { openLake } from '../../fs/lake/open-lake.js';
import { startPostgres } from '../services/postgres.js';

type Catalog = Parameters<typeof openLake>[0]['catalog'];

const CATALOGS: readonly { readonly kind: Catalog['kind']; readonly createCatalog: (directory: string) => Promise<Catalog> }[] = [
  { kind: 'duckdb', createCatalog: (directory) => Promise.resolve({ kind: 'duckdb', path: join(directory, 'catalog.db') }) },
  { kind: 'postgres', createCatalog: createPostgresCatalog },
];

type Step = (tx: LakeTransaction, table: LakeTable) => void;
const append: Step = (tx, table) => tx.appendRows(table, [['1', 'x']]);
const add: Step = (tx, table) => tx.addColumn(table, column('c', 'int32'));
const drop: Step = (tx, table) => tx.dropTable(table);
const create: Step = (tx) => void tx.createTable({ schema: 'main', name: 'n', columns: [column('a', 'int64')] });
const createView: Step = (tx) => tx.createView({ schema: 'main', name: 'N', dialect: 'sluice', sql: 'SELECT 1', columnNames: ['a'] });
const notNull: Step = (tx, table) => tx.alterColumn(table, 1, { nullable: false });
const MATRIX: readonly { readonly name: string; readonly first: Step; readonly second: Step; readonly conflicts: boolean }[] = [
  { name: 'append, append', first: append, second: append, conflicts: false },
  { name: 'add column, append', first: add, second: append, conflicts: true },
  { name: 'append, add column', first: append, second: add, conflicts: false },
  { name: 'append, set not null', first: append, second: notNull, conflicts: true },
  { name: 'drop, append', first: drop, second: append, conflicts: true },
  { name: 'drop, drop', first: drop, second: drop, conflicts: true },
  { name: 'add column, add column', first: add, second: add, conflicts: true },
  { name: 'create, create', first: create, second: create, conflicts: true },
  { name: 'create, create view of that name in other case', first: create, second: createView, conflicts: true },
  { name: 'create, append', first: create, second: append, conflicts: false },
];

for (const { kind, createCatalog } of CATALOGS) {
  describe(`lake transaction: commit to ${kind}`, function () {
    this.timeout(60_000);
    let directory: string;
    let catalog: Catalog;
    let lake: Lake;

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-lake-'));
      catalog = await createCatalog(directory);
      lake = await open();
      await change((tx) => {
        tx.createTable({ schema: 'main', name: 't', columns: [column('a', 'int64'), column('b', 'varchar')] });
      });
    });
    afterEach(async () => {
      await lake.close();
      rmSync(directory, { recursive: true, force: true });
    });

    const open = (): Promise<Lake> => openLake({ catalog, dataPath: join(directory, 'data'), cacheDirectory: join(directory, 'cache') });

    async function change(work: (tx: LakeTransaction, table: LakeTable) => void | Promise<void>, of: Lake = lake): Promise<void> {
      const tx = await of.begin();
      await work(tx, tx.current.findTable('main', 't') ?? NO_TABLE);
      await tx.commit();
    }

    async function rowCount(): Promise<number> {
      const snapshot = await lake.snapshot();
      return (await snapshot.data(snapshot.findTable('main', 't') ?? NO_TABLE)).rowCount;
    }

    it('keeps every kind of object over a reopening', async () => {
      const tx = await lake.begin();
      tx.createSchema("s'1");
      const list: NewLakeColumn = { ...column('l', 'list'), children: [column('element', 'int32')] };
      const tags = new Map([['comment', "it's"]]);
      const sort = [{ expression: '"a"', descending: true, nullsFirst: false }];
      tx.createTable({ schema: "s'1", name: 'T "x", y', columns: [column('a', 'int64'), { ...column('b', 'varchar'), tags }, list], tags, sort });
      tx.createView({ schema: 'main', name: 'v', dialect: 'sluice', sql: "SELECT 'x'", columnNames: ['p', 'q'] });
      const gone = tx.createTable({ schema: 'main', name: 'gone', columns: [column('a', 'int64')] });
      tx.dropTable(gone);
      await tx.commit({ author: 'me', message: "o'k" });
      await lake.close();
      lake = await open();
      const snapshot = await lake.snapshot();
      const table = snapshot.findTable("s'1", 'T "x", y');
      assert.deepEqual(
        table?.columns.map(({ id, name, type }) => [id, name, type]),
        [
          [1, 'a', 'int64'],
          [2, 'b', 'varchar'],
          [3, 'l', 'list'],
        ],
      );
      assert.deepEqual(
        table.columns[2]?.children.map(({ id, name }) => [id, name]),
        [[4, 'element']],
      );
      assert.equal(table.columns[1]?.tags.get('comment'), "it's");
      assert.equal(table.tags.get('comment'), "it's");
      assert.deepEqual(table.sort, sort);
      assert.deepEqual(snapshot.findView('main', 'v')?.columnNames, ['p', 'q']);
      assert.equal(snapshot.findTable('main', 'gone'), undefined);
      const last = (await lake.history()).at(-1);
      assert.deepEqual([last?.author, last?.message], ['me', "o'k"]);
    });

    it('shows staged rows to their transaction alone, and savepoints take them back', async () => {
      const tx = await lake.begin();
      const table = tx.current.findTable('main', 't') ?? NO_TABLE;
      tx.appendFiles(table, [writeFile(table, 10)]);
      const savepoint = tx.save();
      tx.appendRows(table, [
        ['1', 'x'],
        ['2', null],
      ]);
      assert.equal((await tx.current.data(table)).rowCount, 12);
      tx.restore(savepoint);
      assert.equal((await tx.current.data(table)).rowCount, 10);
      assert.equal(await rowCount(), 0);
      await tx.commit();
      assert.equal(await rowCount(), 10);
    });

    it('lets the first of two deletes in one data file win, and both in two', async () => {
      await change((tx, table) => tx.appendFiles(table, [writeFile(table, 10), writeFile(table, 10)]));
      const [first, second, third] = [await lake.begin(), await lake.begin(), await lake.begin()];
      const table = first.current.findTable('main', 't') ?? NO_TABLE;
      const [one, two] = (await first.current.data(table)).files;
      assert.ok(one !== undefined && two !== undefined);
      first.deleteRows(table, [writeDeletes(table, one, 2)]);
      second.deleteRows(table, [writeDeletes(table, one, 3)]);
      third.dropFiles(table, [two]);
      await first.commit();
      await assert.rejects(second.commit(), isConflict);
      await second.rollback();
      await third.commit();
      assert.equal(await rowCount(), 8);
    });

    it('lets the first of two deletes of one inlined row win, and both of two rows', async () => {
      await change((tx, table) =>
        tx.appendRows(table, [
          ['1', 'x'],
          ['2', 'y'],
        ]),
      );
      const [first, second, third] = [await lake.begin(), await lake.begin(), await lake.begin()];
      const table = first.current.findTable('main', 't') ?? NO_TABLE;
      const [one, two] = (await first.current.data(table)).inlined?.rowIds ?? [];
      first.deleteInlinedRows(table, [one ?? -1]);
      second.deleteInlinedRows(table, [one ?? -1]);
      third.deleteInlinedRows(table, [two ?? -1]);
      third.appendRows(table, [['3', 'z']]);
      await first.commit();
      await assert.rejects(second.commit(), isConflict);
      await third.commit();
      assert.equal(await rowCount(), 1);
    });

    for (const { name, first, second, conflicts } of MATRIX) {
      it(`${conflicts ? 'refuses the second' : 'takes both'}: ${name}`, async () => {
        const [one, two] = [await lake.begin(), await lake.begin()];
        first(one, one.current.findTable('main', 't') ?? NO_TABLE);
        second(two, two.current.findTable('main', 't') ?? NO_TABLE);
        await one.commit();
        await (conflicts ? assert.rejects(two.commit(), isConflict) : two.commit());
      });
    }

    it('loses none of many appends at once, each a snapshot of its own', async () => {
      const other = kind === 'postgres' ? await open() : lake;
      const before = (await lake.snapshot()).id;
      await Promise.all(
        Array.from({ length: 8 }, async (_, writer) => {
          for (let each = 0; each < 10; each += 1) {
            await change(append, writer % 2 === 0 ? lake : other);
          }
        }),
      );
      const snapshot = await lake.snapshot();
      const data = await snapshot.data(snapshot.findTable('main', 't') ?? NO_TABLE);
      assert.equal(snapshot.id, before + 80);
      assert.equal(new Set(data.inlined?.rowIds).size, 80);
      if (other !== lake) {
        await other.close();
      }
    });

    it('writes together what began together, though not all of it is there at once', async () => {
      // A busy machine may be late; without waiting the first would be alone every time.
      let isTogether = false;
      for (let attempt = 0; attempt < 10 && !isTogether; attempt += 1) {
        isTogether = await writesTogether(lake);
      }
      assert(isTogether);
    });

    it('fails one transaction of a group alone', async () => {
      const all = await Promise.all(
        ['1', '2', 'no number', '4'].map(async (text) => {
          const tx = await lake.begin();
          tx.appendRows(tx.current.findTable('main', 't') ?? NO_TABLE, [[text, null]]);
          return tx;
        }),
      );
      const outcomes = await Promise.allSettled(all.map((tx) => tx.commit()));
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
      );
      assert.equal(await rowCount(), 3);
    });

    it('names no file that is not what its writer said, and rollback removes what was staged', async () => {
      const tx = await lake.begin();
      const table = tx.current.findTable('main', 't') ?? NO_TABLE;
      const file = { ...writeFile(table, 10), byteCount: 7 };
      tx.appendFiles(table, [file]);
      await assert.rejects(tx.commit(), (error) => error instanceof LakeError && error.code === 'data_file' && error.message.includes(file.path));
      assert.equal(await rowCount(), 0);
      await tx.rollback();
      assert.equal(existsSync(file.path), false);
    });
  });
}

const NO_TABLE: LakeTable = {
  id: -1_000_000,
  uuid: '',
  schemaId: 0,
  schema: 'main',
  name: 'none',
  path: '/none',
  columns: [],
  nextColumnId: 1,
  partition: null,
  sort: [],
  tags: new Map(),
};

let lastFile = 0;

/** Bytes stand for a Parquet file: what a commit does with files does not depend on what is in them. */
function writeBytes(table: LakeTable): { readonly path: string; readonly byteCount: number; readonly footerByteCount: number } {
  lastFile += 1;
  const path = join(table.path, `file-${lastFile}.parquet`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x'.repeat(100));
  return { path, byteCount: 100, footerByteCount: 10 };
}

function writeFile(table: LakeTable, rowCount: number): NewLakeFile {
  const statistics = new Map([[1, { min: '0', max: '9', nullCount: 0, valueCount: rowCount, byteCount: 50, containsNan: null }]]);
  return { ...writeBytes(table), rowCount, partitionValues: [], statistics };
}

function writeDeletes(table: LakeTable, file: LakeFile, rowCount: number): NewLakeDeletes {
  return { ...writeBytes(table), file, rowCount };
}

function column(name: string, type: string): NewLakeColumn {
  return { name, type, nullable: true, children: [] };
}

function isConflict(error: unknown): boolean {
  return error instanceof LakeError && error.code === 'conflict';
}

let lastDatabase = 0;

async function createPostgresCatalog(): Promise<Catalog> {
  const { host, port, user } = await startPostgres();
  lastDatabase += 1;
  const name = `lake_transaction_${process.pid}_${lastDatabase}`;
  const client = new Client({ host, port, user, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return { kind: 'postgres', url: `postgres://${user}@${host}:${port}/${name}` };
}

/** Commits six transactions that began together, one after another; true when one catalog transaction wrote them all. */
async function writesTogether(lake: Lake): Promise<boolean> {
  const before = (await lake.snapshot()).id;
  const transactions = await Promise.all(Array.from({ length: 6 }, () => lake.begin()));
  await Promise.all(
    transactions.map(async (tx, index) => {
      const end = performance.now() + index * 0.3;
      while (performance.now() < end) {
        await nextTurn();
      }
      append(tx, tx.current.findTable('main', 't') ?? NO_TABLE);
      await tx.commit();
    }),
  );
  const written = (await lake.history()).filter(({ snapshotId }) => snapshotId > before);
  assert.equal(written.length, 6);
  // A snapshot's time is that of its catalog transaction.
  return new Set(written.map(({ timeMicros }) => timeMicros)).size === 1;
}
