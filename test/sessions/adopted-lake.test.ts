import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { outcomes } from './live-session.js';

describe('sessions/adopted-lake', function () {
  this.timeout(60_000);
  let directory: string;
  let sluice: SluiceServer | null = null;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-adopted-'));
    mkdirSync(join(directory, 'first'));
    mkdirSync(join(directory, 'second'));
  });
  afterEach(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const catalog = (): string => join(directory, 'catalog.duckdb');
  const start = async (data: string): Promise<SluiceServer> => {
    sluice = await startSluice({ data: join(directory, data), extra: ['--catalog', catalog()] });
    return sluice;
  };
  const stop = async (): Promise<void> => {
    const running = sluice;
    sluice = null;
    await running?.stop();
  };

  /** A lake whose files are not in the data directory, as one has that the extension of DuckDB made. */
  const makeLake = async (): Promise<string> => {
    const client = await (await start('first')).connect();
    assert.deepEqual(
      await outcomes(client, ['CREATE TABLE t AS SELECT x FROM generate_series(0, 999) AS x', 'INSERT INTO t VALUES (-1), (-2)', 'DELETE FROM t WHERE x = 7']),
      ['SELECT', 'INSERT', 'DELETE'],
    );
    await client.end();
    await stop();
    const database = await DuckDBInstance.create(catalog());
    const connection = await database.connect();
    await connection.run('DROP TABLE sluice_catalog');
    connection.closeSync();
    database.closeSync();
    return join(directory, 'first', '.sluice-tables');
  };

  it('reads and changes the tables of a catalog whose files are elsewhere, and leaves what it does not know there alone', async () => {
    const folder = await makeLake();
    writeFileSync(join(folder, 'not-ours.parquet'), 'somebody else put this here');
    const before = parquetFiles(folder).length;
    const client = await (await start('second')).connect();
    assert.deepEqual(
      await outcomes(client, [
        'SELECT count(*), sum(x) FROM t',
        'INSERT INTO t SELECT x FROM generate_series(0, 4999) AS x',
        'UPDATE t SET x = x + 1 WHERE x < 10',
        'SELECT count(*), sum(x) FROM t',
      ]),
      ['1001,499490', 'INSERT', 'UPDATE', '6001,12997011'],
    );
    assert.equal(existsSync(join(directory, 'second', '.sluice-tables')), false);
    assert(parquetFiles(folder).length > before);
    assert.deepEqual(
      await outcomes(client, [
        "CALL sluice_compact('t')",
        "CALL sluice_expire_snapshots(older_than => '0 seconds')",
        "CALL sluice_remove_files(older_than => '0 seconds')",
      ]).then((all) => all.filter((each) => /^[0-9A-Z]{5} /.test(each))),
      [],
    );
    assert(existsSync(join(folder, 'not-ours.parquet')));
    assert.deepEqual(
      (
        await outcomes(client, ['SELECT count(*), sum(x) FROM t', `SELECT * FROM read_parquet('${folder}/**/*.parquet')`, `COPY t TO '${folder}/more.parquet'`])
      ).map((each) => each.split(' ')[0]),
      ['6001,12997011', '42501', '42501'],
    );
    await client.end();
  });

  it('does not start where SQL could read the files by path', async () => {
    const folder = await makeLake();
    rmSync(join(directory, 'first', '.sluice'), { recursive: true });
    mkdirSync(join(folder, 'inner'));
    await assert.rejects(start(join('first', '.sluice-tables')), /SQL can read/);
    await assert.rejects(start(join('first', '.sluice-tables', 'inner')), /SQL can read/);
    await assert.rejects(start('.'), /SQL can read/);
  });
});

function parquetFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));
}
