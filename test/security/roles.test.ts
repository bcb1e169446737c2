import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { startSluice, type SluiceServer } from '../services/sluice.js';

const DENIED = { code: '42501' };

async function values(client: Client, sql: string): Promise<unknown[]> {
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return rows.map((row) => row[0]);
}

describe('security/roles: privileges on every road', function () {
  this.timeout(60_000);
  const data = mkdtempSync(join(tmpdir(), 'sluice-roles-'));
  let server: SluiceServer;
  let admin: Client;
  const clients: Client[] = [];

  const connectAs = async (user: string, password = ''): Promise<Client> => {
    const client = new Client({ host: server.host, port: server.port, user, database: server.database, password });
    clients.push(client);
    await client.connect();
    return client;
  };
  before(async () => {
    writeFileSync(join(data, 'open_file.csv'), 'a,b\n1,2\n3,4\n');
    server = await startSluice({ data });
    admin = await connectAs('sluice');
    await admin.query(`
      CREATE TABLE secret (id int PRIMARY KEY, word text);
      INSERT INTO secret VALUES (1, 'one'), (2, 'two');
      CREATE VIEW words AS SELECT word FROM secret;
      CREATE SEQUENCE numbers;
      CREATE FOREIGN TABLE far (a int, b int) SERVER files OPTIONS (format 'csv', path 'open_file.csv');
      CREATE ROLE reader LOGIN PASSWORD 'r';
      CREATE ROLE writer LOGIN;
      CREATE ROLE staff NOLOGIN;
      CREATE ROLE maker LOGIN CREATEROLE;
      GRANT staff TO writer;
    `);
  });

  after(async () => {
    for (const client of clients) {
      await client.end();
    }
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('nothing is allowed that was not granted', async () => {
    const reader = await connectAs('reader');
    for (const sql of [
      'SELECT * FROM secret',
      'SELECT count(*) FROM (SELECT 1 FROM secret) s',
      'WITH s AS (SELECT * FROM secret) SELECT 1 FROM s',
      'SELECT 1 WHERE EXISTS (SELECT FROM secret)',
      'SELECT /*+ DISTRIBUTED */ count(*) FROM secret',
      'SELECT * FROM secret AT (VERSION => 1)',
      'FROM secret SELECT COLUMNS(*)',
      'TABLE secret',
      'SELECT * FROM words',
      'SELECT * FROM open_file',
      'SELECT * FROM far',
      "SELECT * FROM read_csv('open_file.csv')",
      'EXPLAIN SELECT * FROM secret',
      'EXPLAIN (ANALYZE) SELECT * FROM secret',
      'COPY secret TO STDOUT',
      'COPY (SELECT * FROM secret) TO STDOUT',
      "COPY (SELECT 1) TO 'out'",
      "COPY secret FROM 'open_file.csv'",
      'COPY secret FROM STDIN',
      'DECLARE c CURSOR WITH HOLD FOR SELECT * FROM secret',
      'PREPARE p AS SELECT * FROM secret',
      'CREATE TEMP TABLE t AS SELECT * FROM secret',
      'CREATE TEMP VIEW v AS SELECT * FROM secret',
      'INSERT INTO secret VALUES (3)',
      'INSERT INTO secret SELECT 3',
      'INSERT INTO secret VALUES (1) ON CONFLICT (id) DO UPDATE SET word = NULL',
      "UPDATE secret SET word = ''",
      'DELETE FROM secret',
      'DELETE FROM secret RETURNING *',
      'MERGE INTO secret USING (SELECT 1 AS id) s ON s.id = secret.id WHEN MATCHED THEN DELETE',
      'TRUNCATE secret',
      'ALTER TABLE secret ADD COLUMN c int',
      'ALTER TABLE secret RENAME TO known',
      'ALTER TABLE secret OWNER TO reader',
      'ALTER VIEW words RENAME TO w',
      'COMMENT ON TABLE secret IS NULL',
      'COMMENT ON VIEW words IS NULL',
      'DROP TABLE secret CASCADE',
      'DROP VIEW words',
      'DROP SEQUENCE numbers',
      'ALTER SEQUENCE numbers RESTART',
      "SELECT nextval('numbers')",
      "SELECT setval('numbers', 1)",
      'CREATE OR REPLACE VIEW words AS SELECT 1 AS word',
      'CREATE TABLE mine (a int)',
      'CREATE VIEW mine AS SELECT 1',
      'CREATE SEQUENCE mine',
      'CREATE SCHEMA mine',
      "CALL sluice_compact('secret')",
      "CALL sluice_expire_snapshots('1 day')",
      'CALL sluice_remove_files()',
      'CALL sluice_maintain()',
      'CREATE ROLE other',
      'ALTER ROLE reader SUPERUSER',
      'ALTER ROLE reader CREATEROLE',
      "ALTER ROLE sluice PASSWORD 'x'",
      'DROP ROLE writer',
      'GRANT staff TO reader',
      'GRANT SELECT ON secret TO reader',
      'REVOKE SELECT ON secret FROM writer',
      'SET ROLE staff',
      'SET SESSION AUTHORIZATION sluice',
      'SELECT rolpassword FROM pg_authid',
      'SELECT passwd FROM pg_shadow',
    ]) {
      await assert.rejects(reader.query(sql), (error: Error & { code?: string }) => {
        assert.equal(error.code, '42501', `${sql}: ${error.code} ${error.message}`);
        return true;
      });
    }
    assert.deepEqual(await values(admin, 'SELECT count(*) FROM secret'), ['2']);
  });

  it('what is granted is allowed, and what is revoked is not, at once', async () => {
    const reader = await connectAs('reader');
    await admin.query('GRANT SELECT ON secret TO reader');
    assert.deepEqual(await values(reader, 'SELECT word FROM secret ORDER BY 1'), ['one', 'two']);
    await reader.query('PREPARE kept AS SELECT word FROM secret');
    await assert.rejects(reader.query('DELETE FROM secret'), DENIED);
    await admin.query('REVOKE SELECT ON secret FROM reader');
    await assert.rejects(reader.query('EXECUTE kept'), DENIED);
    await assert.rejects(reader.query('SELECT word FROM secret ORDER BY 1'), DENIED);
  });

  it('a view is read with its owner rights', async () => {
    const reader = await connectAs('reader');
    await admin.query('GRANT SELECT ON words, far TO reader');
    assert.deepEqual(await values(reader, 'SELECT word FROM words ORDER BY 1'), ['one', 'two']);
    assert.deepEqual(await values(reader, 'SELECT a FROM far ORDER BY 1'), [1, 3]);
    await assert.rejects(reader.query('SELECT w.word FROM words w JOIN secret s USING (word)'), DENIED);
  });

  it('files are tables with privileges, too', async () => {
    const reader = await connectAs('reader');
    await admin.query('GRANT SELECT ON open_file TO PUBLIC');
    assert.deepEqual(await values(reader, 'SELECT a FROM open_file ORDER BY 1'), ['1', '3']);
    await assert.rejects(reader.query("SELECT * FROM read_csv('open_file.csv')"), DENIED);
    await admin.query('GRANT pg_read_server_files TO reader');
    assert.deepEqual(await values(reader, "SELECT a FROM read_csv('open_file.csv') ORDER BY 1"), ['1', '3']);
    await admin.query('REVOKE pg_read_server_files FROM reader; REVOKE SELECT ON open_file FROM PUBLIC');
    await assert.rejects(reader.query('SELECT a FROM open_file'), DENIED);
  });

  it('a role that may only insert does that and nothing else', async () => {
    const writer = await connectAs('writer');
    await admin.query('GRANT INSERT ON secret TO staff; GRANT USAGE ON SEQUENCE numbers TO staff');
    await writer.query("INSERT INTO secret VALUES (3, 'three')");
    await assert.rejects(writer.query('SELECT * FROM secret'), DENIED);
    await assert.rejects(writer.query('UPDATE secret SET id = 4'), DENIED);
    assert.deepEqual(await values(writer, "SELECT nextval('numbers')"), ['1']);
    await assert.rejects(writer.query("SELECT setval('numbers', 7)"), DENIED);
  });

  it('who creates something owns it, and grants are part of the transaction', async () => {
    const writer = await connectAs('writer');
    const reader = await connectAs('reader');
    await admin.query('GRANT CREATE ON SCHEMA public TO writer');
    await writer.query('BEGIN; CREATE TABLE own (a int); INSERT INTO own VALUES (7); GRANT SELECT ON own TO reader; COMMIT');
    assert.deepEqual(await values(reader, 'SELECT a FROM own'), [7]);
    await assert.rejects(reader.query('DROP TABLE own'), DENIED);
    await writer.query('BEGIN; REVOKE SELECT ON own FROM reader; ROLLBACK');
    assert.deepEqual(await values(reader, 'SELECT a FROM own'), [7]);
    assert.deepEqual(await values(admin, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'own'"), ['writer']);
    assert.deepEqual(await values(admin, "SELECT relacl::text FROM pg_class WHERE relname = 'own'"), ['{writer=arwdDxt/writer,reader=r/writer}']);
    await assert.rejects(admin.query('DROP ROLE writer'), { code: '2BP01' });
    await assert.rejects(writer.query('ALTER TABLE own OWNER TO reader'), DENIED);
    await admin.query('ALTER TABLE own OWNER TO reader');
    await reader.query('DROP TABLE own');
  });

  it('SET ROLE takes on the rights of a role one belongs to', async () => {
    const writer = await connectAs('writer');
    assert.deepEqual(await values(writer, 'SELECT current_user'), ['writer']);
    await writer.query('SET ROLE staff');
    assert.deepEqual(await values(writer, "SELECT current_user || ' ' || session_user"), ['staff writer']);
    await writer.query('RESET ROLE');
    assert.deepEqual(await values(writer, 'SELECT current_user'), ['writer']);
    await admin.query('SET SESSION AUTHORIZATION reader');
    await assert.rejects(admin.query('SELECT * FROM secret'), DENIED);
    await admin.query('RESET SESSION AUTHORIZATION');
    assert.deepEqual(await values(admin, 'SELECT count(*) FROM secret'), ['3']);
  });

  it('privileges are told by the functions that tools ask', async () => {
    const reader = await connectAs('reader');
    const ask =
      "SELECT has_table_privilege('words', 'SELECT'), has_table_privilege('secret', 'SELECT'), has_table_privilege('writer', 'secret', 'INSERT'), has_schema_privilege('public', 'USAGE'), has_schema_privilege('public', 'CREATE'), pg_has_role('staff', 'member'), pg_has_role('writer', 'staff', 'member')";
    assert.deepEqual((await reader.query({ text: ask, rowMode: 'array' })).rows, [[true, false, true, true, false, false, true]]);
    assert.deepEqual(await values(reader, "SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1"), [
      'maker',
      'reader',
      'sluice',
      'staff',
      'writer',
    ]);
  });

  it('a role that makes roles makes no superusers', async () => {
    const maker = await connectAs('maker');
    await maker.query("CREATE USER temp PASSWORD 'x' CONNECTION LIMIT 1");
    await assert.rejects(maker.query('CREATE ROLE boss SUPERUSER'), DENIED);
    await assert.rejects(maker.query('ALTER ROLE maker SUPERUSER'), DENIED);
    await assert.rejects(maker.query('GRANT pg_read_all_data TO maker'), DENIED);
    await assert.rejects(maker.query('GRANT sluice TO maker'), DENIED);
    assert.deepEqual(await values(maker, "SELECT DISTINCT query FROM pg_stat_activity WHERE usename <> 'maker'"), ['<insufficient privilege>']);
    const first = await connectAs('temp');
    await assert.rejects(connectAs('temp'), { code: '53300' });
    await first.end();
    await maker.query('DROP USER temp');
    await assert.rejects(connectAs('temp'), { code: '28000' });
  });

  it('roles changed by two transactions at once conflict', async () => {
    const other = await connectAs('sluice');
    await admin.query('BEGIN; CREATE ROLE twin_a');
    await other.query('BEGIN; CREATE ROLE twin_b');
    await admin.query('COMMIT');
    await assert.rejects(other.query('COMMIT'), { code: '40001' });
    await other.query('CREATE ROLE twin_b');
    assert.deepEqual(await values(admin, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'twin%'"), ['2']);
  });

  it('settings of a role hold from connect on, and errors are PostgreSQL errors', async () => {
    await admin.query("ALTER ROLE reader SET search_path = 'elsewhere', public");
    const reader = await connectAs('reader');
    assert.deepEqual(await values(reader, 'SHOW search_path'), ['elsewhere, public']);
    await admin.query('ALTER ROLE reader RESET ALL');
    for (const [sql, code] of [
      ['CREATE ROLE reader', '42710'],
      ['CREATE ROLE pg_mine', '42939'],
      ['ALTER ROLE nobody LOGIN', '42704'],
      ['DROP ROLE nobody', '42704'],
      ['GRANT SELECT ON nothing TO reader', '42P01'],
      ['GRANT SELECT ON secret TO nobody', '42704'],
      ['GRANT USAGE ON secret TO reader', '0LP01'],
      ['GRANT SELECT (id) ON secret TO reader', '0A000'],
      ['GRANT staff TO staff', '0LP01'],
      ['DROP ROLE sluice', '55006'],
      ["CREATE ROLE old PASSWORD 'md5d41d8cd98f00b204e9800998ecf8427e'", '0A000'],
      ['CREATE ROLE twice LOGIN LOGIN', '42601'],
    ] as const) {
      await assert.rejects(admin.query(sql), (error: Error & { code?: string }) => {
        assert.equal(error.code, code, `${sql}: ${error.message}`);
        return true;
      });
    }
  });
});
