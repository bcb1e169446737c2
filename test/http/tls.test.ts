import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, it } from 'mocha';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { request } from 'node:https';

describe('http/tls', function () {
  this.timeout(60_000);
  let data: string;

  before(async () => {
    data = await smallSampleDirectory();
  });

  let server: SluiceServer | null = null;

  after(async () => {
    await server?.stop();
  });

  it('refuses an address of other machines without TLS', async () => {
    await assert.rejects(startSluice({ data, extra: ['--http-port', '0', '--http-host', '0.0.0.0'] }), /Give --tls-certificate/);
  });

  it('says so when the port it was given is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await assert.rejects(startSluice({ data, extra: ['--http-port', String(port)] }), /--http-port \d+: the port is taken/);
    blocker.close();
  });

  it('speaks TLS there, and asks for a password', async () => {
    server = await startSluice({ data, http: true, extra: ['--http-host', '0.0.0.0', '--tls-certificate', 'self-signed'] });
    const [, port] = /^https:\/\/0\.0\.0\.0:(\d+)$/.exec(server.consoleUrl) ?? [];
    const status = await new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port: Number(port), path: '/readyz', rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(status, 200);
  });
});
