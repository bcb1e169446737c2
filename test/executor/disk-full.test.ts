import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import { scalar } from '../../planner/types/data-type.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { NEVER, SETTINGS, rowsOf, startPool, temporaryFolder } from './support.js';

describe('executor: a full disk', function () {
  this.timeout(30_000); // real processes on a busy machine

  const folder = temporaryFolder();

  let mounted = false;

  before(() => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
    mounted = true;
  });

  after(() => {
    if (mounted) {
      execFileSync('umount', [folder]);
    }
    rmSync(folder, { recursive: true });
  });

  it('fails the query that shuffles with 53100, and leaves nothing behind', async () => {
    const shuffleDirectory = join(folder, 'shuffle');
    const test = await startPool({ shuffleDirectory });
    try {
      const column = [{ name: 'c0', type: scalar('VARCHAR') }];
      const plan: StagedPlan = {
        columns: column,
        stages: [
          {
            id: 1,
            description: 'write',
            fragment: { sql: ['SELECT md5(a::VARCHAR) || md5((a + 1)::VARCHAR) FROM range(2000000) AS t(a)'], columns: column },
            tasks: { kind: 'single', scans: [] },
            output: { kind: 'hash', keys: [], partitionCount: 4 },
          },
          {
            id: 2,
            description: 'read',
            fragment: { sql: ['SELECT c0 FROM ', { kind: 'exchange', stage: 1, columns: column }, ' AS e'], columns: column },
            tasks: { kind: 'partitions', partitionCount: 4, scans: [] },
            output: { kind: 'result' },
          },
        ],
      };
      await assert.rejects(test.pool.runStaged(plan, { encodings: [], settings: SETTINGS, queryId: 'full' }, NEVER), { sqlstate: SQLSTATE.disk_full });
      assert.deepEqual(readdirSync(join(shuffleDirectory, 'queries')), []);
      assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
    } finally {
      await test.close();
    }
  });

  it('fails the query that spills with 53100', async () => {
    const spillDirectory = join(folder, 'spill');
    mkdirSync(spillDirectory);
    const test = await startPool({ spillDirectory, memoryBytes: 96 << 20 });
    try {
      const sql = 'SELECT md5(a::VARCHAR) AS m FROM range(10000000) AS t(a) ORDER BY m';
      await assert.rejects(rowsOf(test.pool, sql), { sqlstate: SQLSTATE.disk_full });
      assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
    } finally {
      await test.close();
    }
  });
});
