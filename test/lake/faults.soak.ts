import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, type Client } from 'pg';
import { mountSmallDisk, type SmallDisk } from '../faults/small-disk.js';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';

/** Enough for a file: fewer may be kept in the catalog. */
const ROWS = 4000;
/** Text that does not compress, about 130 bytes a row. */
const NOISE = 'md5(n::text) || md5((n * 7)::text) || md5((n * 13)::text) || md5((n * 17)::text)';

describe('lake/faults', function () {
  this.timeout(60_000);
  let directory: string;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-lake-faults-'));
    mkdirSync(join(directory, 'data'));
    await start();
    await client.query(`CREATE TABLE sound AS SELECT n::integer AS n FROM generate_series(1, ${ROWS}) AS g (n)`);
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  for (const [index, [name, fault]] of (
    [
      ['a data file that is gone', (path: string): void => renameSync(path, `${path}.away`)],
      ['a flipped byte in a footer', (path: string): void => flipByte(path, (bytes) => bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8))],
      ['a flipped byte in the footer length', (path: string): void => flipByte(path, (bytes) => bytes.length - 7)],
      ['a file that lost its end', (path: string): void => writeFileSync(path, readFileSync(path).subarray(0, 200))],
    ] as const
  ).entries()) {
    it(`${name}: the error names file and table, and nothing else is affected`, async () => {
      // A name of its own: a dropped table's files stay for older snapshots.
      const table = `hurt_${index}`;
      await client.query(`CREATE TABLE ${table} AS SELECT n::integer AS n, ${NOISE} AS t FROM generate_series(1, ${ROWS}) AS g (n)`);
      const file = onlyDataFile(table);
      const bytes = readFileSync(file);
      fault(file);
      // What was read before may be remembered: a new server has seen nothing.
      await restart();
      for (const sql of [
        `SELECT sum(n), max(t) FROM ${table}`,
        `SELECT /*+ DISTRIBUTED */ n % 10, max(t) FROM ${table} GROUP BY 1`,
        `UPDATE ${table} SET n = 0 WHERE t > '8'`,
      ]) {
        await refused(sql, file, table);
      }
      await works();
      assert.equal((await client.query('DELETE FROM sound WHERE n = 0')).rowCount, 0);
      // It heals with its file.
      writeFileSync(file, bytes);
      await restart();
      assert.equal((await client.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n, String(ROWS));
      await client.query(`DROP TABLE ${table}`);
    });
  }

  it('a folder that may not be written: the statement fails, its transaction leaves nothing, reading goes on', async function () {
    if (process.getuid?.() === 0) {
      // Root may write everywhere: a file in the folder's place stands for the lost permission.
      await client.query('CREATE TABLE closed (n integer)');
      await client.query(`INSERT INTO closed SELECT n FROM generate_series(1, ${ROWS}) AS g (n)`);
      // A statement makes a folder of its own below the table's.
      const folder = join(onlyDataFile('closed'), '..', '..');
      renameSync(folder, `${folder}.away`);
      writeFileSync(folder, '');
      const error = await failure(`INSERT INTO closed SELECT n FROM generate_series(1, ${ROWS}) AS g (n)`);
      assert.match(error.code ?? '', /^(58030|42501|58P01)$/, error.message);
      assert(`${error.message} ${error.detail}`.includes('closed'), `${error.message} ${error.detail}`);
      await works();
      rmSync(folder);
      renameSync(`${folder}.away`, folder);
    } else {
      await client.query('CREATE TABLE closed (n integer)');
      await client.query(`INSERT INTO closed SELECT n FROM generate_series(1, ${ROWS}) AS g (n)`);
      // A statement makes a folder of its own below the table's.
      const folder = join(onlyDataFile('closed'), '..', '..');
      chmodSync(folder, 0o555);
      const error = await failure(`INSERT INTO closed SELECT n FROM generate_series(1, ${ROWS}) AS g (n)`);
      assert.match(error.code ?? '', /^(58030|42501)$/, error.message);
      assert(`${error.message} ${error.detail}`.includes('closed'), `${error.message} ${error.detail}`);
      await works();
      chmodSync(folder, 0o755);
    }
    assert.equal((await client.query('SELECT count(*) AS n FROM closed')).rows[0].n, String(ROWS));
    await client.query(`INSERT INTO closed SELECT n FROM generate_series(1, ${ROWS}) AS g (n)`);
    assert.equal((await client.query('SELECT count(*) AS n FROM closed')).rows[0].n, String(2 * ROWS));
  });

  describe('a full disk', () => {
    let disk: SmallDisk;

    before(() => {
      disk = mountSmallDisk(6);
    });

    after(() => {
      disk?.remove();
    });

    it('fails INSERT, CREATE TABLE AS and UPDATE whole, leaves no file of theirs, and goes on when there is room', async () => {
      const data = join(disk.path, 'data');
      mkdirSync(data);
      const full = await startSluice({ data, executors: 1, threads: 1, extra: ['--catalog', join(directory, 'full', 'catalog.duckdb')] });
      const own = await full.connect();
      try {
        await own.query('CREATE TABLE kept (n integer, t text)');
        await own.query(`INSERT INTO kept SELECT n, ${NOISE} FROM generate_series(1, 5000) AS g (n)`);
        const filesBefore = listFiles(data);
        for (const sql of [
          `INSERT INTO kept SELECT n, ${NOISE} FROM generate_series(1, 100000) AS g (n)`,
          `CREATE TABLE too_large AS SELECT n, ${NOISE} AS t FROM generate_series(1, 100000) AS g (n)`,
        ]) {
          const error = await failure(sql, own);
          assert.match(error.code ?? '', /^(53100|58030)$/, error.message);
          await waitUntil('no file is left', 3000, () => listFiles(data).length === filesBefore.length);
          assert.deepEqual(listFiles(data), filesBefore);
        }
        assert.equal((await own.query('SELECT count(*) AS n FROM kept')).rows[0].n, '5000');
        await own.query('INSERT INTO kept SELECT n, NULL FROM generate_series(1, 100) AS g (n)');
        assert.equal((await own.query('SELECT count(*) AS n FROM kept')).rows[0].n, '5100');
      } finally {
        await own.end();
        await full.stop();
      }
    });
  });

  async function start(): Promise<void> {
    server = await startSluice({
      data: join(directory, 'data'),
      state: join(directory, 'state'),
      executors: 2,
      threads: 1,
      extra: ['--catalog', join(directory, 'catalog', 'catalog.duckdb')],
    });
    client = await server.connect();
  }

  async function restart(): Promise<void> {
    await client.end();
    await server.stop();
    await start();
  }

  /** The data files of a table: the last folder of its path has its name. */
  function onlyDataFile(table: string): string {
    const files = listFiles(join(directory, 'data')).filter((path) => path.endsWith('.parquet') && path.includes(`/${table}`));
    const newest = files.at(-1);
    assert(newest !== undefined, `no file of ${table} among ${listFiles(join(directory, 'data')).join(', ')}`);
    return newest;
  }

  async function failure(sql: string, on: Client = client): Promise<DatabaseError> {
    try {
      await on.query(sql);
    } catch (error) {
      if (error instanceof DatabaseError) {
        return error;
      }
      throw error;
    }
    throw new assert.AssertionError({ message: `answered: ${sql}` });
  }

  async function refused(sql: string, file: string, table: string): Promise<void> {
    const error = await failure(sql);
    const text = `${error.message} ${error.detail ?? ''}`;
    assert.match(error.code ?? '', /^(XX001|58030|58P01)$/, `${sql}: ${text}`);
    assert(text.includes(file.split('/').at(-1) ?? file), `${sql} does not name the file: ${text}`);
    assert(text.includes(`"${table}"`), `${sql} does not name the table: ${text}`);
  }

  async function works(): Promise<void> {
    const other = await server.connect();
    assert.equal((await other.query('SELECT count(*) AS n FROM sound')).rows[0].n, String(ROWS));
    await other.query('CREATE TABLE passing AS SELECT 1 AS n');
    await other.query('DROP TABLE passing');
    await other.end();
  }
});

function flipByte(path: string, at: (bytes: Buffer) => number): void {
  const bytes = readFileSync(path);
  const position = at(bytes);
  bytes.writeUInt8((bytes.readUInt8(position) ^ 0xff) & 0xff, position);
  writeFileSync(path, bytes);
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
