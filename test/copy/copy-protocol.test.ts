import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '../services/postgres.js';
import { startLiveServer, type LiveServer } from '../sessions/live-session.js';
import { CopyClient, sent, type CopyInput } from './copy-client.js';

type Step = readonly [sql: string, input?: CopyInput];

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const ROW = Buffer.from('0002000000040000000100000003616263', 'hex');
const TRAILER = Buffer.from('ffff', 'hex');

function binary(...parts: readonly Buffer[]): CopyInput {
  return { kind: 'data', chunks: [Buffer.concat(parts)] };
}

/** Conversations of which both servers must give every message's type, tags and errors alike. */
const CONVERSATIONS: Readonly<Record<string, readonly Step[]>> = {
  'the client gives up': [['COPY p FROM STDIN', { kind: 'fail', chunks: [Buffer.from('1\ta\n')], reason: 'no more' }], ['SELECT count(*) FROM p']],
  'a transaction block': [['BEGIN'], ['COPY p FROM STDIN', sent('1\ta\n')], ['COPY p TO STDOUT'], ['ROLLBACK'], ['COPY p TO STDOUT']],
  'an error in a block': [
    ['BEGIN'],
    ['COPY p FROM STDIN', sent('x\ta\n')],
    ['SELECT 1'],
    ['COPY p FROM STDIN', sent('1\ta\n')],
    ['ROLLBACK'],
    ['COPY p TO STDOUT'],
  ],
  'a savepoint': [
    ['BEGIN'],
    ['COPY p FROM STDIN', sent('1\ta\n')],
    ['SAVEPOINT s'],
    ['COPY p FROM STDIN', sent('x\ta\n')],
    ['ROLLBACK TO s'],
    ['COPY p FROM STDIN', sent('2\tb\n')],
    ['COMMIT'],
    ['COPY (SELECT * FROM p ORDER BY 1) TO STDOUT'],
  ],
  'many rows, the last of them wrong': [
    ['COPY p FROM STDIN', sent(`${Array.from({ length: 50_000 }, (_, row) => `${row}\ttext ${row}`).join('\n')}\nx\tlast\n`)],
    ['SELECT count(*) FROM p'],
  ],
  'COPY among other statements': [['SELECT 1; COPY p FROM STDIN; SELECT 2', sent('1\ta\n')], ['COPY p TO STDOUT']],
  'COPY FROM and an error after it': [['COPY p FROM STDIN; SELECT 1/0', sent('1\ta\n')], ['COPY p TO STDOUT']],
  'a read-only transaction': [['BEGIN READ ONLY'], ['COPY p FROM STDIN', sent('1\ta\n')], ['ROLLBACK']],
  binary: [['COPY p FROM STDIN BINARY', binary(SIGNATURE, ROW, ROW, TRAILER)], ['COPY p TO STDOUT (FORMAT binary)'], ['COPY p TO STDOUT']],
  'binary without its trailer': [['COPY p FROM STDIN BINARY', binary(SIGNATURE, ROW)], ['COPY p TO STDOUT']],
  'binary without its signature': [['COPY p FROM STDIN BINARY', sent('1\ta\n')]],
  'binary with a field too few': [['COPY p FROM STDIN BINARY', binary(SIGNATURE, Buffer.from('0001000000040000000100', 'hex'))]],
  'binary with a field that is not there': [['COPY p FROM STDIN BINARY', binary(SIGNATURE, Buffer.from('00020000000400000001', 'hex'))]],
  'binary with NULLs': [['COPY p FROM STDIN BINARY', binary(SIGNATURE, Buffer.from('0002ffffffffffffffff', 'hex'), TRAILER)], ['COPY p TO STDOUT']],
};

describe('COPY keeps PostgreSQL’s protocol', () => {
  let live: LiveServer;
  let postgres: PostgresServer;

  before(async () => {
    postgres = await startPostgres();
    live = await startLiveServer();
  });

  after(async () => {
    await live.end();
  });

  for (const [name, steps] of Object.entries(CONVERSATIONS)) {
    for (const way of ['simple', 'extended'] as const) {
      // The extended protocol takes one statement at a time.
      if (way === 'extended' && steps.some(([sql]) => sql.includes(';'))) {
        continue;
      }
      it(`${name} (${way})`, async () => {
        const seen: string[] = [];
        for (const server of [live.server, postgres]) {
          const client = await CopyClient.connect(server);
          const outcomes: string[] = [];
          await client.simple('DROP TABLE IF EXISTS p');
          await client.simple('CREATE TABLE p (a int, b text)');
          for (const [sql, input] of steps) {
            const outcome = way === 'simple' ? await client.simple(sql, input ?? null) : await client.extended(sql, input ?? null);
            outcomes.push(`${sql}: ${outcome.result} ${outcome.types} ${outcome.data.toString('latin1')}`);
          }
          client.close();
          // Where the client gives up, PostgreSQL counts the lines it has read.
          seen.push(outcomes.join('\n').replace(/(no more) \| W: COPY p, line \d+/, '$1'));
        }
        assert.equal(seen[0], seen[1]);
      });
    }
  }

  it('refuses what is no table, and queries in WHERE', async () => {
    const client = await CopyClient.connect(live.server);
    await client.simple('CREATE TABLE refused_t (a int); CREATE VIEW refused_v AS SELECT * FROM refused_t');
    assert.equal((await client.simple('COPY refused_v FROM STDIN', sent(''))).result, '42809 cannot copy to view "refused_v";');
    assert.equal(
      (await client.simple('COPY refused_t FROM STDIN WHERE a IN (SELECT 1)', sent(''))).result,
      '0A000 cannot use subquery in COPY FROM WHERE condition;',
    );
    assert.match((await client.simple('COPY refused_t FROM STDIN WHERE count(*) > 1', sent('1\n'))).result, /^42803 /);
    client.close();
  });

  it('a failed COPY leaves no file', async () => {
    const client = await CopyClient.connect(live.server);
    await client.simple('CREATE TABLE left_over (a int, b text)');
    const files = (): number => readdirSync(live.data, { recursive: true }).filter((name) => String(name).endsWith('.parquet')).length;
    const before = files();
    const outcome = await client.simple('COPY left_over FROM STDIN', sent(`${'1\tx\n'.repeat(100_000)}x\ty\n`));
    assert.match(outcome.result, /^22P02 .* W: COPY left_over, line 100001, column a: "x"/);
    client.close();
    assert.equal(files(), before);
    assert.deepEqual(live.server.leftovers(), []);
  });

  it("psql's \\copy goes in and out", () => {
    const file = join(live.data, 'for-psql.txt');
    writeFileSync(file, '1\tone\n2\t\\N\n\\.\n');
    const script = [
      `DROP TABLE IF EXISTS psql_t; CREATE TABLE psql_t (a int, b text);`,
      `\\copy psql_t from '${file}'`,
      '\\copy (SELECT * FROM psql_t ORDER BY a) to stdout csv header',
    ].join('\n');
    const run = (server: PostgresServer | LiveServer['server']): string =>
      execFileSync('psql', ['-X', '-h', server.host, '-p', String(server.port), '-U', server.user, server.database], { input: script, encoding: 'utf8' });
    assert.equal(run(live.server), run(postgres));
  });

  it('inline data of psql ends at its marker', () => {
    const script = 'DROP TABLE IF EXISTS psql_u; CREATE TABLE psql_u (a int);\nCOPY psql_u FROM STDIN;\n1\n2\n\\.\nSELECT sum(a) FROM psql_u;\n';
    const run = (server: PostgresServer | LiveServer['server']): string => {
      const { stdout, stderr } = spawnSync('psql', ['-X', '-h', server.host, '-p', String(server.port), '-U', server.user, server.database], {
        input: script,
        encoding: 'utf8',
      });
      return stdout + stderr.replaceAll(/NOTICE.*\n/g, '');
    };
    assert.equal(run(live.server), run(postgres));
  });

  it('files under the data roots come in', async () => {
    const client = await CopyClient.connect(live.server);
    await client.simple('CREATE TABLE files_t (a int, b text)');
    writeFileSync(join(live.data, 'in.csv'), 'a,b\n1,"x\ny"\n2,\n');
    assert.equal((await client.simple("COPY files_t FROM 'in.csv' (FORMAT csv, HEADER match)")).result, 'COPY 2;');
    writeFileSync(join(live.data, 'part1.txt'), '3\tz');
    writeFileSync(join(live.data, 'part2.txt'), '4\t\\N\n');
    assert.equal((await client.simple("COPY files_t FROM 'part?.txt'")).result, 'COPY 2;');
    assert.equal((await client.simple("COPY (SELECT 5 AS a, 'p' AS b) TO 'five.parquet'")).result, 'COPY 1;');
    assert.equal((await client.simple("COPY files_t FROM 'five.parquet'")).result, 'COPY 1;');
    assert.equal((await client.simple('COPY (SELECT * FROM files_t ORDER BY a) TO STDOUT')).data.toString(), '1\tx\\ny\n2\t\\N\n3\tz\n4\t\\N\n5\tp\n');
    assert.match((await client.simple("COPY files_t FROM '/etc/passwd'")).result, /^42501 /);
    assert.match((await client.simple("COPY files_t FROM '../x.csv'")).result, /^42501 /);
    assert.match((await client.simple("COPY files_t FROM 'none.csv'")).result, /^58P01 /);
    assert.match((await client.simple("COPY files_t FROM 'in.csv' (FORMAT csv)")).result, /^22P02 .*W: COPY files_t, line 1, column a: "a"/);
    assert.match((await client.simple("COPY files_t FROM PROGRAM 'ls'")).result, /^42501 /);
    client.close();
  });
});
