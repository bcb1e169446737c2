import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { PublishMode } from '../../fs/commit/publish.js';
import { removeAbandonedStaging, Staging } from '../../fs/commit/staging.js';
import type { StagedFile } from '../../fs/commit/staged-files.js';
import { PosixStore } from '../../fs/store/posix-store.js';
import type { StoreErrorCode } from '../../fs/store/store-error.js';
import { StoreError } from '../../fs/store/store-error.js';
import { FILE_COUNT } from './publisher-process.js';
import { TemporaryFolder } from './temporary-folder.js';

const run = promisify(execFile);

describe('publishing', () => {
  let folder: TemporaryFolder;
  let store: PosixStore;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    store = await PosixStore.open(folder.path);
  });

  afterEach(async () => {
    await folder.remove();
  });

  async function stage(files: Readonly<Record<string, string>>): Promise<{ staging: Staging; staged: StagedFile[] }> {
    const staging = await Staging.begin(store);
    const staged: StagedFile[] = [];
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(staging.directory, path)), { recursive: true });
      await writeFile(join(staging.directory, path), text);
      staged.push({ path, byteCount: Buffer.byteLength(text) });
    }
    return { staging, staged };
  }

  async function publish(target: string, files: Readonly<Record<string, string>>, mode: PublishMode = 'create', singleFile = false): Promise<void> {
    const { staging, staged } = await stage(files);
    await staging.publish(target, staged, { mode, singleFile });
  }

  async function content(path: string): Promise<Record<string, string>> {
    const names = await readdir(join(folder.path, path), { recursive: true });
    const found: Record<string, string> = {};
    for (const name of names) {
      const absolute = join(folder.path, path, name);
      if ((await stat(absolute)).isFile()) {
        found[name] = await readFile(absolute, 'utf8');
      }
    }
    return found;
  }

  it('puts a folder, a nested folder, and a single file in place, and leaves no staging behind', async () => {
    await publish('t', { 'a=1/x': 'one', 'a=2/x': 'two' });
    await publish('schema/deep/t', { x: 'three' });
    await publish('single.csv', { anything: 'four' }, 'create', true);
    assert.deepEqual(await content('t'), { 'a=1/x': 'one', 'a=2/x': 'two' });
    assert.deepEqual(await content('schema/deep/t'), { x: 'three' });
    assert.equal(await readFile(`${folder.path}/single.csv`, 'utf8'), 'four');
    assert.deepEqual(await readdir(`${folder.path}/.sluice/staging`), []);
  });

  it('refuses a target that exists, whatever it is, and leaves it as it is', async () => {
    await folder.write('folder/x', 'old');
    await folder.write('file', 'old');
    await mkdir(`${folder.path}/empty`);
    for (const target of ['folder', 'file', 'empty']) {
      await failsWith('exists', publish(target, { x: 'new' }));
      await failsWith('exists', publish(target, { x: 'new' }, 'create', true));
    }
    await failsWith('exists', publish('', { x: 'new' }));
    assert.deepEqual(await content('folder'), { x: 'old' });
    assert.equal(await readFile(`${folder.path}/file`, 'utf8'), 'old');
    assert.deepEqual(await readdir(`${folder.path}/.sluice/staging`), []);
  });

  it('replaces a folder or a file', async () => {
    await publish('t', { x: 'old', y: 'old' });
    await publish('t', { x: 'new' }, 'overwrite');
    assert.deepEqual(await content('t'), { x: 'new' });
    await publish('f', { x: 'old' }, 'overwrite', true);
    await publish('f', { x: 'new' }, 'overwrite', true);
    assert.equal(await readFile(`${folder.path}/f`, 'utf8'), 'new');
    await failsWith('exists', publish('t', { x: 'new' }, 'overwrite', true));
    assert.deepEqual(await content('t'), { x: 'new' });
  });

  it('adds to a folder under names of its own', async () => {
    await publish('t', { x: 'one' }, 'append');
    await publish('t', { x: 'two', 'k=1/x': 'three' }, 'append');
    assert.deepEqual(Object.values(await content('t')).toSorted(), ['one', 'three', 'two']);
    await folder.write('f', 'old');
    await failsWith('exists', publish('f', { x: 'two' }, 'append'));
    await failsWith('exists', publish('g', { x: 'two' }, 'append', true));
  });

  it('publishes nothing when a file is missing, short, or long', async () => {
    for (const change of [
      { path: 'x', byteCount: 4 },
      { path: 'x', byteCount: 2 },
      { path: 'y', byteCount: 3 },
      { path: '../x', byteCount: 3 },
    ]) {
      const { staging } = await stage({ x: 'one' });
      await assert.rejects(staging.publish('t', [change], { mode: 'create', singleFile: false }), StoreError);
      await assert.rejects(stat(`${folder.path}/t`));
    }
    assert.deepEqual(await readdir(`${folder.path}/.sluice/staging`), []);
  });

  it('publishes only what was announced', async () => {
    const { staging, staged } = await stage({ x: 'one', 'k=1/x': 'two' });
    await writeFile(join(staging.directory, 'lost-attempt'), 'junk');
    await mkdir(join(staging.directory, 'k=2'));
    await writeFile(join(staging.directory, 'k=2/lost'), 'junk');
    await symlink('/etc', join(staging.directory, 'link'));
    await staging.publish('t', staged, { mode: 'create', singleFile: false });
    assert.deepEqual(await content('t'), { x: 'one', 'k=1/x': 'two' });
    assert.deepEqual((await readdir(`${folder.path}/t`)).toSorted(), ['k=1', 'x']);
  });

  it('refuses targets that leave the root', async () => {
    await symlink('/tmp', `${folder.path}/away`);
    await failsWith('outside-roots', publish('away/t', { x: 'one' }));
    await failsWith('outside-roots', publish('../t', { x: 'one' }));
  });

  it('gives an old target back when the new one cannot take its place', async () => {
    await publish('t', { x: 'old' });
    const { staging, staged } = await stage({ x: 'new' });
    const rename = store.rename.bind(store);
    let calls = 0;
    store.rename = async (from, to) => {
      if (++calls === 2) {
        throw new StoreError('io', to, 'the disk went away');
      }
      await rename(from, to);
    };
    await failsWith('io', staging.publish('t', staged, { mode: 'overwrite', singleFile: false }));
    assert.deepEqual(await content('t'), { x: 'old' });
  });

  it('publishes nothing on a full disk, and clears up there', async () => {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder.path]);
    try {
      const staging = await Staging.begin(store);
      await assert.rejects(writeFile(join(staging.directory, 'x'), Buffer.alloc(1 << 20)), { code: 'ENOSPC' });
      await failsWith('corrupt', staging.publish('t', [{ path: 'x', byteCount: 1 << 20 }], { mode: 'create', singleFile: false }));
      assert.deepEqual(await readdir(folder.path), ['.sluice']);
      assert.deepEqual(await readdir(`${folder.path}/.sluice/staging`), []);
    } finally {
      await run('umount', [folder.path]);
    }
  });

  const first = Object.fromEntries(Array.from({ length: FILE_COUNT }, (_, index) => [`k=${index % 2}/f${index}`, 'first']));

  it('leaves the old target or the new one, whole, when the process dies before any of its steps', async () => {
    await publish('t', first);
    let killed = 0;
    for (; (await runPublisher('t', 'overwrite', killed + 1)) === 'SIGKILL'; killed++) {
      await removeAbandonedStaging(store);
      await assertWhole('t');
    }
    assert(killed > 15, `${killed} steps`);
  }).timeout(60_000);

  it('leaves no target, or the whole of it, when the process dies before any of its steps', async () => {
    let published = 0;
    // Every second step, and every third below: the steps are mostly those of the test above.
    for (let step = 1; (await runPublisher(`t${step}`, 'create', step)) === 'SIGKILL'; step += 2) {
      await removeAbandonedStaging(store);
      const there = await stat(`${folder.path}/t${step}`).then(
        () => true,
        () => false,
      );
      if (there) {
        await assertWhole(`t${step}`);
        published++;
      }
    }
    assert(published > 0, 'some steps come after the target is in place');
  }).timeout(60_000);

  it('adds all files or none when the process dies before any of its steps', async () => {
    await publish('t', first);
    for (let step = 2; (await runPublisher('t', 'append', step)) === 'SIGKILL'; step += 3) {
      await removeAbandonedStaging(store);
      const counts = new Map<string, number>();
      for (const text of Object.values(await content('t'))) {
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
      assert.deepEqual(new Set(counts.values()), new Set([FILE_COUNT]));
    }
  }).timeout(60_000);

  it('leaves a whole target when the process is killed from outside', async () => {
    await publish('t', first);
    for (let round = 0; round < 4; round++) {
      assert.equal(await runPublisher('t', 'overwrite', 0, 20 + Math.random() * 60), 'SIGKILL');
      await removeAbandonedStaging(store);
      assert.deepEqual(await readdir(`${folder.path}/.sluice/staging`), []);
      await assertWhole('t');
    }
  }).timeout(60_000);

  async function assertWhole(target: string): Promise<void> {
    const texts = Object.values(await content(target));
    assert.equal(texts.length, FILE_COUNT, `${target} has all files`);
    assert.equal(new Set(texts).size, 1, `${target} is of one writer`);
  }

  /** Runs a publisher until it ends or dies; gives the signal it died of. With a delay, kills it that long after its first success. */
  async function runPublisher(target: string, mode: PublishMode, killAt: number, delayMs?: number): Promise<NodeJS.Signals | null> {
    const script = fileURLToPath(new URL('publisher-process.js', import.meta.url));
    const child = spawn(process.execPath, [script, folder.path, target, mode, String(killAt)], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (delayMs !== undefined) {
      child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), delayMs));
    }
    await once(child, 'exit');
    return child.signalCode;
  }
});

async function failsWith(code: StoreErrorCode, operation: Promise<unknown>): Promise<void> {
  await assert.rejects(operation, (error: unknown) => {
    assert(error instanceof StoreError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}
