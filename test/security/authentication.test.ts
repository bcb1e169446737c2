import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { Client, type ClientConfig } from 'pg';
import { generate } from 'selfsigned';
import { startSluice, type SluiceServer } from '../services/sluice.js';

const run = promisify(execFile);

const RULES = `# type database user address method
hostssl  all  certified  127.0.0.1/32  cert
host     all  plain      127.0.0.1/32  password
host     all  trusted    127.0.0.0     255.0.0.0  trust
host     all  +barred    all           reject
hostssl  all  secure     all           scram-sha-256
hostnossl all secure     all           reject
host     sluice all      all           scram-sha-256
`;

describe('security/authentication', function () {
  this.timeout(60_000);
  const directory = mkdtempSync(join(tmpdir(), 'sluice-auth-'));
  const file = (name: string): string => join(directory, name);
  let server: SluiceServer;
  let client: { readonly cert: string; readonly key: string };
  let stranger: { readonly cert: string; readonly key: string };

  const login = async (config: ClientConfig): Promise<string> => {
    const connection = new Client({ host: server.host, port: server.port, database: server.database, ...config });
    connection.on('error', () => undefined);
    await connection.connect();
    try {
      const { rows } = await connection.query<{ current_user: string }>('SELECT current_user');
      return rows[0]?.current_user ?? '';
    } finally {
      await connection.end();
    }
  };
  const psql = async (user: string, password: string, options: string): Promise<string> => {
    const connection = `host=127.0.0.1 port=${server.port} user=${user} dbname=sluice ${options}`;
    const { stdout } = await run('psql', ['-XAt', connection, '-c', 'SELECT current_user'], {
      env: { ...process.env, PGPASSWORD: password, PGSSLCERT: '', PGSSLKEY: '' },
    });
    return stdout.trim();
  };

  before(async () => {
    const data = mkdtempSync(join(directory, 'data-'));
    const authority = await generate([{ name: 'commonName', value: 'test authority' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    });
    const own = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec', algorithm: 'sha256' });
    const signed = await generate([{ name: 'commonName', value: 'certified' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
    });
    client = { cert: signed.cert, key: signed.private };
    stranger = { cert: own.cert, key: own.private };
    writeFileSync(file('rules'), RULES);
    writeFileSync(file('server.pem'), own.cert);
    writeFileSync(file('server.key'), own.private);
    writeFileSync(file('authority.pem'), authority.cert);
    const first = await startSluice({ data });
    const admin = await first.connect();
    await admin.query(`
      ALTER ROLE sluice PASSWORD 'pä ss';
      CREATE USER plain PASSWORD 'clear';
      CREATE USER trusted;
      CREATE USER certified;
      CREATE USER secure PASSWORD 'over tls';
      CREATE USER late PASSWORD 'x' VALID UNTIL '2020-01-01';
      CREATE ROLE barred;
      CREATE USER outcast PASSWORD 'x' IN ROLE barred;
      CREATE ROLE nologin PASSWORD 'x';
      CREATE USER nopassword;
    `);
    await admin.end();
    await first.stop();
    server = await startSluice({
      data,
      extra: ['--auth', file('rules'), '--tls-certificate', file('server.pem'), '--tls-key', file('server.key'), '--tls-client-ca', file('authority.pem')],
    });
  });

  after(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('a password is proved by SCRAM, with and without TLS, to pg and to libpq with channel binding', async () => {
    const ssl = { rejectUnauthorized: false };
    assert.equal(await login({ user: 'sluice', password: 'pä ss' }), 'sluice');
    assert.equal(await login({ user: 'sluice', password: 'pä ss', ssl }), 'sluice');
    assert.equal(await login({ user: 'secure', password: 'over tls', ssl, enableChannelBinding: true }), 'secure');
    assert.equal(await psql('sluice', 'pä ss', 'sslmode=disable'), 'sluice');
    assert.equal(await psql('sluice', 'pä ss', 'sslmode=require channel_binding=require'), 'sluice');
    assert.equal(await psql('secure', 'over tls', 'sslmode=prefer'), 'secure');
    assert.equal(await psql('secure', 'over tls', 'sslmode=require channel_binding=disable'), 'secure');
  });

  it('other ways in: trust, a password in the clear, a client certificate', async () => {
    const ssl = { rejectUnauthorized: false };
    assert.equal(await login({ user: 'trusted' }), 'trusted');
    assert.equal(await login({ user: 'plain', password: 'clear' }), 'plain');
    assert.equal(await login({ user: 'certified', ssl: { ...ssl, ...client } }), 'certified');
  });

  for (const [what, config, code] of [
    ['a wrong password', { user: 'sluice', password: 'pass' }, '28P01'],
    ['a wrong password in the clear', { user: 'plain', password: 'x' }, '28P01'],
    ['no such role', { user: 'nobody', password: 'x' }, '28P01'],
    ['a role without a password', { user: 'nopassword', password: 'x' }, '28P01'],
    ['a password that is over', { user: 'late', password: 'x' }, '28P01'],
    ['a role that may not log in', { user: 'nologin', password: 'x' }, '28000'],
    ['a rule that rejects', { user: 'outcast', password: 'x' }, '28000'],
    ['no TLS where it must be', { user: 'secure', password: 'over tls' }, '28000'],
    ['no rule', { user: 'sluice', password: 'pä ss', database: 'other' }, '28000'],
    ['no client certificate', { user: 'certified', ssl: { rejectUnauthorized: false } }, '28000'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(login(config), { code });
    });
  }

  it('refuses a client certificate of nobody it knows, or of another role', async () => {
    const ssl = { rejectUnauthorized: false };
    await assert.rejects(login({ user: 'certified', ssl: { ...ssl, ...stranger } }), { code: '28000' });
    await assert.rejects(login({ user: 'sluice', ssl: { ...ssl, ...client } }), (error: Error) => /password/i.test(error.message));
  });

  it('answers wrong passwords more and more slowly, and none the faster for a role that is not there', async () => {
    const took = async (user: string): Promise<number> => {
      const start = performance.now();
      await assert.rejects(login({ user, password: 'guess' }), { code: '28P01' });
      return performance.now() - start;
    };
    await login({ user: 'sluice', password: 'pä ss' });
    const first = await took('sluice');
    const second = await took('nobody');
    const third = await took('sluice');
    assert(first >= 200 && second >= 450 && third >= 950, `${first}, ${second}, ${third} ms`);
    // A login that works forgives.
    await login({ user: 'sluice', password: 'pä ss' });
    assert((await took('sluice')) < 800);
  });

  it('what is sent in the clear behind a request for TLS ends the connection', async () => {
    const socket = connect(server.port, server.host);
    socket.write(Buffer.concat([Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), Buffer.from('early')]));
    const answer = await readToEnd(socket);
    assert(!answer.includes('R'.charCodeAt(0)) || answer.toString('latin1').includes('unencrypted data'), answer.toString('latin1'));
  });

  it('a certificate of its own is made when it is asked for', async () => {
    const data = mkdtempSync(join(directory, 'own-'));
    const other = await startSluice({ data, extra: ['--tls-certificate', 'self-signed'] });
    const { stdout } = await run('psql', ['-XAt', `host=127.0.0.1 port=${other.port} user=me dbname=sluice sslmode=require`, '-c', '\\conninfo']);
    assert.match(stdout, /SSL connection \(protocol: TLSv1\.3/);
    await other.stop();
  });

  for (const [what, extra, message] of [
    ['a rule file that is not there', ['--auth', '/nowhere/rules'], /--auth \/nowhere\/rules/],
    ['a key that is missing', ['--tls-certificate', '/nowhere/cert.pem'], /needs --tls-key/],
  ] as const) {
    it(`does not start with ${what}`, async () => {
      const data = mkdtempSync(join(directory, 'bad-'));
      await assert.rejects(startSluice({ data, extra }), message);
    });
  }
});

function readToEnd(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('end', () => {
      socket.destroy();
      resolve(Buffer.concat(pieces));
    });
    socket.on('error', reject);
  });
}
