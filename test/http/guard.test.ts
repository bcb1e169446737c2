import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { whyRefused } from '../../gateway/http/guard-requests.js';
import type { Me, QueryList, TableDetail } from '../../gateway/http/api-types.js';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { ask, basic } from './request.js';

describe('http/guard', function () {
  this.timeout(60_000);
  let data: string;
  let rules: string;
  let server: SluiceServer;
  let url: string;

  before(async () => {
    data = await writableSampleDirectory();
    rules = mkdtempSync(join(tmpdir(), 'sluice-rules-'));
    writeFileSync(join(rules, 'rules'), 'host all barred all reject\nhost all sluice 127.0.0.1/32 trust\nhost all all all scram-sha-256\n');
    server = await startSluice({ data, http: true, extra: ['--auth', join(rules, 'rules')] });
    url = server.consoleUrl;
    const client = await server.connect();
    await client.query("CREATE ROLE reader LOGIN PASSWORD 'open sesame'; CREATE ROLE barred LOGIN; CREATE ROLE group_only PASSWORD 'x'");
    await client.query("CREATE ROLE watcher LOGIN PASSWORD 'watch'; GRANT pg_monitor TO watcher");
    await client.end();
  });

  after(async () => {
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
    rmSync(rules, { recursive: true, force: true });
  });

  it('trusts, asks for a password, or refuses as the rules say', async () => {
    assert.equal((await ask<Me>(`${url}/api/me`)).json().method, 'trust');
    const right = await ask<Me>(`${url}/api/me`, { headers: basic('reader', 'open sesame') });
    assert.deepEqual([right.status, right.json().user, right.json().seesAll], [200, 'reader', false]);
    const wrong = await ask(`${url}/api/me`, { headers: basic('reader', 'guess') });
    assert.equal(wrong.status, 401);
    assert.match(wrong.headers['www-authenticate'] ?? '', /^Basic/);
    assert.equal((await ask(`${url}/api/me`, { headers: { ...basic('reader', 'guess'), 'sec-fetch-mode': 'cors' } })).headers['www-authenticate'], undefined);
    assert.equal((await ask(`${url}/api/me`, { headers: basic('barred', '') })).status, 403);
    assert.equal((await ask(`${url}/api/me`, { headers: basic('nobody', 'x') })).status, 401);
    assert.equal((await ask(`${url}/api/me`, { headers: basic('group_only', 'x') })).status, 403);
    assert.equal((await ask(`${url}/api/me`, { headers: { authorization: 'Bearer x' } })).status, 403);
  });

  it('does not trust what a proxy passes on', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      assert.equal((await ask(`${url}/api/me`, { headers: { [name]: '127.0.0.1' } })).status, 401, name);
    }
    assert.equal((await ask(`${url}/api/me`, { headers: { ...basic('reader', 'open sesame'), via: '1.1 proxy' } })).status, 200);
  });

  it('keeps a login in a cookie until logout, another password, or the role is gone', async () => {
    const login = async (user: string, password: string): Promise<string> => {
      const answer = await ask(`${url}/api/login`, { body: { user, password } });
      assert.equal(answer.status, 200, answer.text);
      const cookie = answer.headers['set-cookie']?.[0] ?? '';
      assert.match(cookie, /HttpOnly/);
      assert.match(cookie, /SameSite=Strict/);
      return cookie.split(';')[0] ?? '';
    };
    const me = async (cookie: string): Promise<readonly [number, string]> => {
      const answer = await ask<Me>(`${url}/api/me`, { headers: { cookie } });
      return [answer.status, answer.status === 200 ? answer.json().user : ''];
    };
    assert.equal((await ask(`${url}/api/login`, { body: { user: 'reader', password: 'guess' } })).status, 401);
    const first = await login('reader', 'open sesame');
    assert.deepEqual(await me(first), [200, 'reader']);
    await ask(`${url}/api/logout`, { body: {}, headers: { cookie: first } });
    // Without a login it is the trusted one again.
    assert.deepEqual(await me(first), [200, 'sluice']);
    const second = await login('reader', 'open sesame');
    const client = await server.connect();
    await client.query("ALTER ROLE reader PASSWORD 'open barley'");
    assert.equal((await me(second))[0], 401);
    await client.query("CREATE ROLE passing LOGIN PASSWORD 'p'");
    const third = await login('passing', 'p');
    await client.query('DROP ROLE passing');
    assert.equal((await me(third))[0], 401);
    await client.query("ALTER ROLE reader PASSWORD 'open sesame'");
    await client.end();
  });

  it('shows a role its own queries and tables alone, and lets it cancel nothing else', async () => {
    const client = await server.connect();
    await client.query('SELECT count(*) FROM flights');
    const all = (await ask<QueryList>(`${url}/api/queries`)).json().queries;
    const headers = basic('reader', 'open sesame');
    await ask(`${url}/api/sql`, { body: { sql: 'SELECT count(*) FROM sluice_jobs' }, headers });
    const own = (await ask<QueryList>(`${url}/api/queries`, { headers })).json().queries;
    assert.deepEqual([...new Set(own.map(({ user }) => user))], ['reader']);
    assert.equal((await ask(`${url}/api/queries/${all[0]?.id ?? ''}`, { headers })).status, 404);
    assert.equal((await ask(`${url}/api/queries/${all[0]?.id ?? ''}/cancel`, { body: {}, headers })).status, 404);
    const watcher = basic('watcher', 'watch');
    assert.equal((await ask(`${url}/api/queries/${all[0]?.id ?? ''}`, { headers: watcher })).status, 200);
    assert.equal((await ask(`${url}/api/queries/${all[0]?.id ?? ''}/cancel`, { body: {}, headers: watcher })).status, 403);
    assert.equal((await ask(`${url}/metrics`, { headers })).status, 403);
    assert.equal((await ask(`${url}/metrics`, { headers: watcher })).status, 200);
    assert.equal((await ask<TableDetail>(`${url}/api/tables/public/flights`, { headers })).json().files, null);
    const denied = await ask(`${url}/api/sql`, { body: { sql: 'SELECT * FROM flights' }, headers });
    assert.match(denied.text, /"42501"/);
    await client.end();
  });

  it('answers no foreign page, no rebound name, no body of another type, none that is too long', async () => {
    const cases: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
      [{ host: 'evil.example' }, 403],
      [{ host: 'localhost.evil.example:80' }, 403],
      [{ host: 'localhost:1234' }, 200],
      [{ host: '[::1]:80' }, 200],
      [{ origin: 'http://evil.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ 'sec-fetch-site': 'same-origin' }, 200],
      [{ 'sec-fetch-site': 'none' }, 200],
    ];
    for (const [headers, status] of cases) {
      assert.equal((await ask(`${url}/api/me`, { headers })).status, status, JSON.stringify(headers));
    }
    assert.equal((await ask(`${url}/api/sql`, { method: 'POST', body: '{"sql":"SELECT 1"}', headers: { 'content-type': 'text/plain' } })).status, 403);
    // The server may close before all of it was sent.
    const long = await ask(`${url}/api/sql`, { body: { sql: ' '.repeat(1 << 20) } }).catch((error: unknown) => error);
    assert(long instanceof Error || (typeof long === 'object' && long !== null && 'status' in long && long.status === 413));
    assert.equal((await ask(`${url}/api/sql`, { body: '[]' })).status, 400);
    assert.equal((await ask(`${url}/nothing/here`)).status, 404);
    assert.equal((await ask(`${url}/api/nothing`)).status, 404);
  });

  it('says of every page that nothing foreign may be in it, and in nothing foreign', async () => {
    const { headers } = await ask(`${url}/`);
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('looks at the Host only where a certificate does not', () => {
    const request = { method: 'GET', host: 'db.example:8433', origin: undefined, fetchSite: undefined, contentType: undefined };
    assert.equal(whyRefused(request, { encrypted: true, host: '0.0.0.0' }), null);
    assert.notEqual(whyRefused(request, { encrypted: false, host: '127.0.0.1' }), null);
  });
});
