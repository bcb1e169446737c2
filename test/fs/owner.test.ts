import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { claimDirectory, releaseDirectory, removeAbandoned } from '../../fs/owner/owner.js';
import type { ProcessIdentity } from '../../fs/owner/process-identity.js';
import { livenessOf, ownIdentity } from '../../fs/owner/process-identity.js';
import { TemporaryFolder } from './temporary-folder.js';

describe('owned directories', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
  });

  afterEach(async () => {
    await folder.remove();
  });

  it("are made, and never removed while their owner lives: this process's and another's", async () => {
    const mine = join(folder.path, 'parent/mine');
    await claimDirectory(mine);
    await writeFile(join(mine, 'x'), 'x');
    const child = await claimInChild(join(folder.path, 'parent/theirs'));
    assert.deepEqual(await removeAbandoned(join(folder.path, 'parent')), []);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    assert.deepEqual(await removeAbandoned(join(folder.path, 'parent')), [join(folder.path, 'parent/theirs')]);
    assert.deepEqual((await readdir(join(folder.path, 'parent'))).toSorted(), ['mine', 'mine.owner']);
    await releaseDirectory(mine);
    await releaseDirectory(mine);
    assert.deepEqual(await readdir(join(folder.path, 'parent')), []);
  });

  it('cannot be claimed twice', async () => {
    await claimDirectory(join(folder.path, 'x'));
    await assert.rejects(claimDirectory(join(folder.path, 'x')), { code: 'exists' });
  });

  it('without a record, or with one no process wrote, have no owner; files beside them are left alone', async () => {
    await mkdir(join(folder.path, 'orphan/deep'), { recursive: true });
    await mkdir(join(folder.path, 'odd'));
    await symlink('nonsense', join(folder.path, 'odd.owner'));
    await symlink('["only", "two"]', join(folder.path, 'record-only.owner'));
    await folder.write('file', 'x');
    const removed = await removeAbandoned(folder.path);
    assert.deepEqual(
      removed.toSorted(),
      ['odd', 'orphan', 'record-only'].map((name) => join(folder.path, name)),
    );
    assert.deepEqual(await readdir(folder.path), ['file']);
    assert.deepEqual(await removeAbandoned(join(folder.path, 'nothing')), []);
  });

  it('tell a process from another one with its number, from before the boot, and from other machines', async () => {
    const me = await ownIdentity();
    const cases: readonly (readonly [Partial<ProcessIdentity>, string])[] = [
      [{}, 'alive'],
      [{ startTicks: '1' }, 'dead'],
      [{ processId: 2 ** 22 + 1 }, 'dead'],
      [{ boot: 'another boot' }, 'dead'],
      [{ machine: 'another machine' }, 'unknown'],
      [{ machine: 'another machine', boot: 'another boot' }, 'unknown'],
      [{ namespace: 'pid:[1]' }, 'unknown'],
    ];
    for (const [change, expected] of cases) {
      assert.equal(await livenessOf({ ...me, ...change }), expected, JSON.stringify(change));
    }
  });
});

async function claimInChild(path: string): Promise<ReturnType<typeof spawn>> {
  const module = fileURLToPath(new URL('../../fs/owner/owner.js', import.meta.url));
  const code = `import(${JSON.stringify(module)}).then(async (owner) => { await owner.claimDirectory(${JSON.stringify(path)}); console.log('claimed'); setInterval(() => {}, 1000); })`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}
