import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'mocha';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

describe('clients/psql', function () {
  this.timeout(30_000);
  let server: SluiceServer;

  before(async () => {
    server = await startSluice({ data: await smallSampleDirectory() });
  });

  after(async () => {
    await server?.stop();
  });

  it('lists tables with \\dt', async () => {
    const output = await psql('\\dt');
    assert.match(output, /\bpublic \| airports \| (foreign )?table/);
    assert.match(output, /\bpublic \| flights +\| (foreign )?table/);
  });

  it('describes a table with \\d', async () => {
    const output = await psql('\\d flights');
    for (const [column, type] of [
      ['date', 'timestamp without time zone'],
      ['delay', 'bigint'],
      ['distance', 'bigint'],
      ['origin', 'text'],
      ['destination', 'text'],
    ]) {
      assert.match(output, new RegExp(`^ ${column} +\\| ${type}`, 'm'));
    }
  });

  it('lists databases and schemas', async () => {
    assert.match(await psql('\\l'), /^ sluice +\|/m);
    assert.match(await psql('\\dn'), /^ ?public +\|/m);
  });

  it('runs a query, shows an error and a notice', async () => {
    const output = await psql('SELECT origin, count(*) FROM flights GROUP BY origin ORDER BY 2 DESC LIMIT 2');
    assert.match(output, /\(2 rows\)/);
    const error = await psql('SELECT nothing FROM flights', 1);
    assert.match(error, /ERROR: {2}column "nothing" does not exist\nLINE 1: SELECT nothing FROM flights\n {15}\^/);
    assert.match(await psql('SELECT /*+ NO_SUCH_HINT */ 1'), /WARNING/);
  });

  function psql(command: string, expectedCode = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn('psql', ['-X', '-h', server.host, '-p', String(server.port), '-U', server.user, '-d', server.database, '-c', command], {
        env: { ...process.env, PAGER: '', LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      child.stdout.on('data', (piece: Buffer) => {
        output += piece.toString();
      });
      child.stderr.on('data', (piece: Buffer) => {
        output += piece.toString();
      });
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === expectedCode) {
          resolve(output);
        } else {
          reject(new Error(`psql ended with ${code}:\n${output}`));
        }
      });
    });
  }
});
