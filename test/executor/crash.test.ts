import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { isAlive, rowsOf, startPool, temporaryFolder, until } from './support.js';

const ENDLESS = 'SELECT count(*) FROM range(1000000000000) AS t(a) WHERE a % 7 = 3';

describe('executor: processes that end', function () {
  this.timeout(30_000); // real processes on a busy machine

  it('cost the statement they run, and no other', async () => {
    const test = await startPool({ executorCount: 2 });
    try {
      const [a, b] = test.pool.status().processIds;
      assert(a !== undefined && b !== undefined);
      const first = rowsOf(test.pool, ENDLESS);
      first.catch(() => undefined);
      await until(() => test.pool.status().leased === 1, 'the first statement runs');
      const second = rowsOf(test.pool, 'SELECT count(*) FROM range(200000000) AS t(a) WHERE a % 7 = 3');
      await until(() => test.pool.status().leased === 2, 'the second statement runs');
      // The idle processes are handed out last in, first out.
      process.kill(b, 'SIGKILL');
      await assert.rejects(first, { sqlstate: SQLSTATE.crash_shutdown, detail: /SIGKILL/ });
      assert.deepEqual(await second, [['28571429']]);
      assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
      await until(() => test.pool.status().processIds.length === 2 && !test.pool.status().processIds.includes(b), 'a fresh process replaces it');
    } finally {
      await test.close();
    }
  });

  it('are killed when they do not confirm a cancel', async () => {
    const test = await startPool();
    try {
      const [processId] = test.pool.status().processIds;
      assert(processId !== undefined);
      const abort = new AbortController();
      const running = rowsOf(test.pool, ENDLESS, abort.signal);
      running.catch(() => undefined);
      await until(() => test.pool.status().leased === 1, 'the statement runs');
      process.kill(processId, 'SIGSTOP');
      const startMs = performance.now();
      abort.abort();
      await assert.rejects(running, { sqlstate: SQLSTATE.query_canceled });
      assert(performance.now() - startMs < 2_000);
      assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
      assert(!isAlive(processId));
    } finally {
      await test.close();
    }
  });

  it('leave neither process nor file when the pool closes', async () => {
    const test = await startPool({ executorCount: 2 });
    const running = rowsOf(test.pool, ENDLESS);
    running.catch(() => undefined);
    await until(() => test.pool.status().leased === 1, 'the statement runs');
    const { processIds } = test.pool.status();
    await test.pool.close();
    await assert.rejects(running, { sqlstate: SQLSTATE.crash_shutdown });
    assert.deepEqual(processIds.filter(isAlive), []);
    assert.deepEqual(readdirSync(join(test.folder, 'spill', 'executors')), []);
    assert.deepEqual(readdirSync(join(test.folder, 'shuffle', 'queries')), []);
    await assert.rejects(rowsOf(test.pool, 'SELECT 1'), { sqlstate: SQLSTATE.admin_shutdown });
    await test.close();
  });

  it('do not outlive a gateway that is killed, and the next one cleans up', async () => {
    const folder = temporaryFolder();
    const script = join(folder, 'gateway.mjs');
    const supportUrl = new URL('./support.js', import.meta.url).href;
    writeFileSync(
      script,
      `import { startPool, rowsOf } from ${JSON.stringify(supportUrl)};
       const test = await startPool({ spillDirectory: ${JSON.stringify(join(folder, 'spill'))} });
       rowsOf(test.pool, ${JSON.stringify(ENDLESS)}).catch(() => undefined);
       setTimeout(() => console.log(JSON.stringify(test.pool.status().processIds)), 200);`,
    );
    const gateway = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } });
    const [line] = await once(gateway.stdout, 'data');
    const processIds: unknown = JSON.parse(String(line));
    assert(Array.isArray(processIds) && processIds.length === 1);
    const processId = Number(processIds[0]);
    assert(isAlive(processId));
    gateway.kill('SIGKILL');
    await until(() => !isAlive(processId), 'the executor ends with its gateway');
    const test = await startPool({ spillDirectory: join(folder, 'spill') });
    assert.equal(readdirSync(join(folder, 'spill', 'executors')).filter((name) => !name.endsWith('.owner')).length, 1);
    await test.close();
    rmSync(folder, { recursive: true });
  });
});
