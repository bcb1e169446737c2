import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'mocha';
import { Client } from 'pg';
import { startOwnPostgres } from './postgres.js';
import { isAlive, readProcess } from './process-tree.js';

describe('services/postgres', () => {
  it('starts version 15, and leaves neither a process nor a file behind', async function () {
    this.timeout(30_000);
    const server = await startOwnPostgres(['work_mem=8MB']);
    const client = new Client(server);
    await client.connect();
    const shown = await client.query<{ version: string; memory: string }>(
      "SELECT current_setting('server_version') AS version, current_setting('work_mem') AS memory",
    );
    await client.end();
    assert.match(shown.rows[0]?.version ?? '', /^15\./);
    assert.equal(shown.rows[0]?.memory, '8MB');
    const entry = readProcess(server.pid);
    assert(entry !== null);
    await server.stop();
    assert.equal(isAlive(entry), false);
    assert.equal(existsSync(server.directory), false);
  });
});
