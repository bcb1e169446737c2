import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { LakeError } from '../../fs/lake/lake-error.js';
import type { Lake } from '../../fs/lake/lake.js';
import type { LakeSnapshot, LakeTable } from '../../fs/lake/model.js';
import { openLake } from '../../fs/lake/open-lake.js';
import { startPostgres } from '../services/postgres.js';
import { CATALOG_STATEMENTS } from './catalog-statements.js';
import { countLive, flat, readParquet, typeText } from './lake-contents.js';
import { runInExtension, type TextRow } from './ducklake-extension.js';

type Catalog = Parameters<typeof openLake>[0]['catalog'];

/** Tables whose rows every snapshot is asked for. */
const COUNTED = ['files', 'inlined', 'flushed', 'merged', 'parted', 'every_type'];

for (const kind of ['duckdb', 'postgres'] as const) {
  describe(`lake/catalog: what the ducklake extension wrote to ${kind}`, function () {
    this.timeout(120_000);
    let directory: string;
    let dataPath: string;
    let place: Place;
    let lake: Lake;
    let snapshot: LakeSnapshot;

    before(async () => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-catalog-'));
      dataPath = join(directory, 'data');
      place = await newPlace(kind, directory);
      await inExtension(CATALOG_STATEMENTS);
      lake = await openLake({ catalog: place.catalog, dataPath, cacheDirectory: join(directory, 'cache') });
      snapshot = await lake.snapshot();
    });

    after(async () => {
      await lake?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    it('has its schemas, tables and columns with their types', async () => {
      const theirs = await inExtension([
        "SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE database_name = 'lake' AND NOT internal AND table_name <> 'seen' ORDER BY ALL",
      ]);
      const own = snapshot.tables.flatMap(({ schema, name, columns }) =>
        columns.map((column) => [schema, name, column.name, typeText(column), column.nullable ? 'True' : 'False']),
      );
      assert.deepEqual(own.toSorted(byText), [...(theirs[0] ?? [])].map((row) => row.map(String)).toSorted(byText));
      assert.deepEqual(
        snapshot.schemas.map(({ name }) => name),
        ['main', 'Other "S'],
      );
      assert.equal(snapshot.findTable('main', 'gone'), undefined);
      const ids = new Set(
        table('inlined')
          .columns.flatMap(flat)
          .map(({ id }) => id),
      );
      assert.equal(ids.size, table('inlined').columns.flatMap(flat).length, 'every column has an id of its own');
      assert.ok([...ids].every((id) => id < table('inlined').nextColumnId));
    });

    it('has defaults, views, comments, partitions and orders', () => {
      const defaults = snapshot.findTable('Other "S', 'T, t')?.columns.map(({ defaultValue }) => [defaultValue?.kind, defaultValue?.text]);
      assert.deepEqual(defaults, [
        ['literal', '5'],
        ['expression', 'now()'],
        [undefined, undefined],
      ]);
      assert.equal(table('inlined').columns.find(({ name }) => name === 'z')?.initialDefault, '42');
      const view = snapshot.findView('main', 'seen');
      assert.match(view?.sql ?? '', /n \+ 1/);
      assert.deepEqual([view?.dialect, view?.tags.get('comment')], ['duckdb', "a view's"]);
      assert.equal(table('files').tags.get('comment'), "a table's");
      assert.equal(table('files').columns[0]?.tags.get('comment'), "a column's");
      assert.deepEqual(table('parted').partition?.keys, [
        { columnId: 1, transform: 'bucket(4)' },
        { columnId: 2, transform: 'year' },
      ]);
      assert.deepEqual(table('parted').sort, [{ expression: 'k', descending: true, nullsFirst: true }]);
    });

    it('has the rows of every snapshot, deleted ones left out', async () => {
      const history = await lake.history();
      const [theirs] = await inExtension(["SELECT snapshot_id FROM ducklake_snapshots('lake') ORDER BY 1"]);
      assert.deepEqual(
        history.map(({ snapshotId }) => String(snapshotId)),
        theirs?.map(([id]) => id),
      );
      const asked: { readonly version: number; readonly name: string; readonly rowCount: number }[] = [];
      for (const { snapshotId: version, changes } of history) {
        const then = await lake.snapshotAt({ version });
        for (const name of COUNTED) {
          const found = then.findTable('main', name);
          // Compaction changes how older snapshots are kept: every snapshot of what was compacted is asked for.
          if (found !== undefined && (isChanged(changes, found) || ['flushed', 'merged'].includes(name))) {
            const data = await then.data(found);
            asked.push({ version, name, rowCount: data.rowCount });
            assert.equal(await countLive(data), data.rowCount, `${name} of snapshot ${version}: files and counts differ`);
          }
        }
      }
      // Its count(*) alone comes from the catalog; a condition makes it read rows.
      const counts = await inExtension(
        asked.map(({ name, version }) => `SELECT count(*) FROM (SELECT * FROM ${name} AT (VERSION => ${version})) WHERE random() < 2`),
      );
      assert.deepEqual(
        asked.map(({ name, version, rowCount }) => `${name} ${version}: ${rowCount}`),
        asked.map(({ name, version }, index) => `${name} ${version}: ${String(counts[index]?.[0]?.[0])}`),
      );
      assert.ok(asked.some(({ name, rowCount }) => name === 'files' && rowCount === 1885));
    });

    it('has a snapshot as of a time', async () => {
      const history = await lake.history();
      for (const entry of history.slice(-3)) {
        assert.equal((await lake.snapshotAt({ timeMicros: entry.timeMicros })).id, entry.snapshotId);
      }
      const [second] = history.slice(1);
      assert.equal((await lake.snapshotAt({ timeMicros: (second?.timeMicros ?? 0n) - 1n })).id, 0);
      await assert.rejects(lake.snapshotAt({ timeMicros: 0n }), isLakeError('no_snapshot'));
      await assert.rejects(lake.snapshotAt({ version: 10_000 }), isLakeError('no_snapshot'));
    });

    it('has partition values and statistics of files', async () => {
      const { files } = await snapshot.data(table('parted'));
      const [theirs] = await inExtension(['SELECT k, year(d) FROM parted ORDER BY k']);
      assert.equal(
        files.reduce((sum, { rowCount }) => sum + rowCount, 0),
        1000,
      );
      for (const file of files) {
        assert.equal(file.partitionId, table('parted').partition?.id);
        const year = file.partitionValues[1];
        const { min, max, nullCount } = file.statistics.get(2) ?? assert.fail('no statistics');
        assert.deepEqual([min?.slice(0, 4), max?.slice(0, 4), nullCount], [year, year, 0]);
        assert.ok(['0', '1', '2', '3'].includes(file.partitionValues[0] ?? ''));
      }
      assert.equal(new Set(theirs?.map(([, year]) => year)).size, new Set(files.map(({ partitionValues }) => partitionValues[1])).size);
    });

    for (const name of ['inlined', 'every_type']) {
      it(`has the values of ${name}, rows kept in the catalog`, async () => {
        const { columns } = table(name);
        const [theirs] = await inExtension([`SELECT ${columns.map((column) => `CAST("${column.name}" AS VARCHAR)`).join(', ')} FROM ${name} ORDER BY rowid`]);
        // Only now: opening the lake again empties the cache.
        const data = await snapshot.data(table(name));
        const path = data.inlined?.path ?? assert.fail('nothing is inlined');
        const list = columns.map((column) => `CAST(CAST("${column.name}" AS ${typeText(column)}) AS VARCHAR)`).join(', ');
        assert.deepEqual(await readParquet(`SELECT ${list} FROM read_parquet('${path}', file_row_number => true) ORDER BY file_row_number`), theirs);
        const ids = await readParquet(`SELECT name, field_id FROM parquet_schema('${path}') WHERE field_id IS NOT NULL`);
        assert.deepEqual(new Set(ids.map(([, id]) => Number(id))), new Set(columns.flatMap(flat).map(({ id }) => id)));
      });
    }

    it('keeps what did not change when another snapshot is loaded', async () => {
      if (kind === 'duckdb') {
        assert.equal(await lake.snapshot(), snapshot, 'nobody else can have written');
        return;
      }
      const [merged, files] = [await snapshot.data(table('merged')), await snapshot.data(table('files'))];
      const parted = snapshot.data(table('parted'));
      await inExtension(['DELETE FROM files WHERE n = 9', 'INSERT INTO merged VALUES (4)']);
      const [later, again] = await Promise.all([lake.snapshot(), lake.snapshot()]);
      assert.equal(later, again);
      assert.equal(later.id, snapshot.id + 2);
      assert.equal(later.findTable('main', 'files'), table('files'));
      assert.equal(later.data(table('parted')), parted);
      const now = await later.data(table('files'));
      assert.equal(now.rowCount, files.rowCount - 1);
      assert.equal(now.files[1], files.files[1], 'the other file of the table');
      assert.equal((await later.data(table('merged'))).rowCount, merged.rowCount + 1);
      assert.equal((await snapshot.data(table('files'))).rowCount, files.rowCount, 'the older snapshot is as it was');
    });

    it('refuses to delete rows of a file whose deletes are kept in the catalog, and nothing else', async () => {
      const tx = await lake.begin();
      const now = tx.current.findTable('main', 'files') ?? assert.fail();
      const [file] = (await tx.current.data(now)).files;
      assert.equal(file?.hasInlinedDeletes, true);
      assert.throws(
        () => tx.deleteRows(now, [{ file, path: join(now.path, 'x'), rowCount: 100, byteCount: 1, footerByteCount: 1 }]),
        isLakeError('unsupported'),
      );
      tx.dropFiles(now, [file]);
      await tx.commit();
      const rest = await inExtension(['SELECT count(*) FROM (SELECT * FROM files) WHERE random() < 2']);
      const current = await lake.snapshot();
      assert.equal((await current.data(now)).rowCount, 958);
      assert.deepEqual(rest, [[['958']]]);
    });

    if (kind === 'postgres') {
      it("sees the extension's later deletes in a file whose delete file it exchanged", async () => {
        await inExtension(['DELETE FROM parted WHERE k < 100']);
        const tx = await lake.begin();
        const now = tx.current.findTable('main', 'parted') ?? assert.fail();
        await inExtension(['DELETE FROM parted WHERE k < 200']);
        const file = (await tx.current.data(now)).files.find(({ deletes }) => deletes !== null);
        tx.dropFiles(now, [file ?? assert.fail()]);
        await assert.rejects(tx.commit(), isLakeError('conflict'));
        await tx.rollback();
      });
    }

    function table(name: string): LakeTable {
      return snapshot.findTable('main', name) ?? assert.fail(`no table ${name}`);
    }

    /** A DuckDB file is closed for the while; the first statements make the catalog. */
    async function inExtension(statements: readonly string[]): Promise<readonly (readonly TextRow[])[]> {
      if (kind === 'duckdb') {
        await lake?.close();
      }
      const attach = `ATTACH '${place.words}' AS lake (DATA_PATH '${dataPath}')`;
      // The helper attaches a lake of its own by that name first.
      const scratch = { kind: 'duckdb', path: join(directory, 'scratch.db') } as const;
      const results = await runInExtension(scratch, ['USE memory', 'DETACH lake', attach, 'USE lake', ...statements]);
      if (kind === 'duckdb' && existsSync(join(directory, 'cache'))) {
        lake = await openLake({ catalog: place.catalog, dataPath, cacheDirectory: join(directory, 'cache') });
        snapshot = await lake.snapshot();
      }
      return results.slice(4);
    }
  });
}

/** Where a catalog is, for Sluice and in the words of the extension. */
interface Place {
  readonly catalog: Catalog;
  readonly words: string;
}

async function newPlace(kind: Catalog['kind'], directory: string): Promise<Place> {
  if (kind === 'duckdb') {
    const path = join(directory, 'catalog.db');
    return { catalog: { kind, path }, words: `ducklake:${path}` };
  }
  const { host, port, user } = await startPostgres();
  const name = `lake_catalog_${process.pid}`;
  const client = new Client({ host, port, user, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return {
    catalog: { kind, url: `postgres://${user}@${host}:${port}/${name}` },
    words: `ducklake:postgres:host=${host} port=${port} user=${user} dbname=${name}`,
  };
}

/** Whether a snapshot's `changes_made` are of a table. */
function isChanged(changes: string, { id, name }: LakeTable): boolean {
  return new RegExp(`(?::${id}|"${name}")(?:,|$)`).test(changes);
}

function byText(a: readonly string[], b: readonly string[]): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function isLakeError(code: LakeError['code']): (error: unknown) => boolean {
  return (error) => error instanceof LakeError && error.code === code;
}
