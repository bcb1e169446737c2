import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { PosixStore } from '../../fs/store/posix-store.js';
import type { StoreErrorCode } from '../../fs/store/store-error.js';
import { StoreError } from '../../fs/store/store-error.js';
import { TemporaryFolder } from './temporary-folder.js';

const run = promisify(execFile);

describe('the POSIX store', () => {
  let folder: TemporaryFolder;
  let store: PosixStore;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    store = await PosixStore.open(folder.path);
  });

  afterEach(async () => {
    await folder.remove();
  });

  async function writeNew(path: string, text: string): Promise<void> {
    const file = await store.open(path, 'create');
    await file.write(Buffer.from(text));
    await file.sync();
    await file.close();
  }

  it('makes, writes, reads, lists, renames, links and removes', async () => {
    await store.makeDirectory('a/b/c', { recursive: true });
    await store.makeDirectory('a/b/c', { recursive: true });
    await writeNew('a/b/x', 'hello world');
    const file = await store.open('a/b/x', 'read');
    assert.equal((await file.read(6, 100)).toString(), 'world');
    assert.equal((await file.read(100, 10)).length, 0);
    await file.close();
    assert.deepEqual(await store.list('a/b'), [
      { name: 'c', kind: 'directory' },
      { name: 'x', kind: 'file' },
    ]);
    await store.link('a/b/x', 'y');
    await store.rename('a/b', 'z');
    assert.equal((await store.readFile('z/x', 11)).toString(), 'hello world');
    assert.equal(await store.syncFile('y'), 11);
    await store.syncDirectory('');
    assert.equal((await store.stat('y')).byteCount, 11);
    await store.removeFile('y');
    await store.removeTree('z');
    await store.removeTree('z');
    assert.deepEqual(await store.list(''), [{ name: 'a', kind: 'directory' }]);
  });

  it('tells one failure from another', async () => {
    await writeNew('x', 'x');
    await store.makeDirectory('full/inside', { recursive: true });
    await store.makeDirectory('other');
    await fails('not-found', store.stat('nothing'));
    await fails('not-found', store.stat('x/y'));
    await fails('not-found', store.list('nothing'));
    await fails('exists', store.open('x', 'create'));
    await fails('exists', store.makeDirectory('other'));
    await fails('exists', store.link('x', 'other'));
    await fails('exists', store.rename('other', 'full'));
    await fails('too-large', store.readFile('x', 0));
    await fails('too-large', store.stat('n'.repeat(300)));
    await fails('too-large', store.stat('n/'.repeat(3000) + 'n'));
    await fails('permission', store.removeTree(''));
    await fails('not-found', PosixStore.open(`${folder.path}/nothing`));
    await fails('not-found', PosixStore.open(`${folder.path}/x`));
  });

  for (const path of ['..', '../x', 'a/../../x', '/etc/passwd', 'a//b', './a', 'a/.', 'a/', 'x\0y', '/']) {
    it(`refuses the path ${JSON.stringify(path)}`, async () => {
      await fails('outside-roots', store.stat(path));
      await fails('outside-roots', store.open(path, 'create'));
      await fails('outside-roots', store.removeTree(path));
      await fails('outside-roots', store.makeDirectory(path, { recursive: true }));
      await fails('outside-roots', store.rename(path, 'y'));
    });
  }

  it('follows links inside the root only', async () => {
    const outside = await TemporaryFolder.make();
    await outside.write('secret', 'secret');
    await folder.write('in/x', 'x');
    await symlink('in', `${folder.path}/near`);
    await symlink(outside.path, `${folder.path}/far`);
    await symlink(`${outside.path}/secret`, `${folder.path}/file`);
    await symlink(`${outside.path}/new`, `${folder.path}/dangling`);
    await symlink('loop', `${folder.path}/loop`);
    assert.equal((await store.readFile('near/x', 10)).toString(), 'x');
    for (const path of ['far', 'far/secret', 'far/new', 'file']) {
      await fails('outside-roots', store.stat(path));
      await fails('outside-roots', store.open(path, 'read'));
      await fails('outside-roots', store.syncFile(path));
    }
    for (const path of ['far/new', 'far/deep/new']) {
      await assert.rejects(store.open(path, 'create'), StoreError);
      await assert.rejects(store.makeDirectory(path, { recursive: true }), StoreError);
      await assert.rejects(store.rename('in', path), StoreError);
      await assert.rejects(store.link('in/x', path), StoreError);
    }
    await fails('outside-roots', store.removeTree('far/secret'));
    await assert.rejects(store.open('dangling', 'create'), StoreError);
    await assert.rejects(store.stat('loop'), StoreError);
    const kinds = Object.fromEntries((await store.list('')).map(({ name, kind }) => [name, kind]));
    assert.deepEqual(kinds, { dangling: 'other', far: 'other', file: 'other', in: 'directory', loop: 'other', near: 'directory' });
    assert.deepEqual(await store.statNames('', ['file', 'dangling', 'nothing']), [undefined, undefined, undefined]);
    await store.removeTree('far');
    assert.deepEqual(await readdir(outside.path), ['secret'], 'a link is removed, not what it points to');
    await outside.remove();
  });

  it('takes any name that is UTF-8', async () => {
    const names = ["it's", 'a b', 'new\nline', 'Ünïcode ☃', '*?[x]', '-rf', '"', '\\', '%00', '\u0001'];
    for (const name of names) {
      await writeNew(name, name);
    }
    assert.deepEqual(
      (await store.list('')).map(({ name }) => name),
      names.toSorted(),
    );
    for (const name of names) {
      assert.equal((await store.readFile(name, 100)).toString(), name);
    }
  });

  it('leaves out names that are not UTF-8', async () => {
    await mkdir(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from([0xff, 0xfe])]));
    await writeNew('fine', '');
    assert.deepEqual(
      (await store.list('')).map(({ name }) => name),
      ['fine'],
    );
  });

  it('reports a full disk from write, sync or close', async function () {
    await mountOrSkip(this, ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder.path], async () => {
      const small = await PosixStore.open(folder.path);
      const file = await small.open('big', 'create');
      await fails('no-space', file.write(Buffer.alloc(1024 * 1024)));
      await file.close();
      assert.equal(small.mount?.type, 'tmpfs');
    });
  });

  it('reports a read-only file system', async function () {
    await folder.write('x', 'x');
    await mountOrSkip(this, ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', folder.path], async () => {
      const frozen = await PosixStore.open(folder.path);
      assert.equal(frozen.mount?.readOnly, true);
      await fails('permission', frozen.open('y', 'create'));
      await fails('permission', frozen.makeDirectory('y', { recursive: true }));
    });
  });

  it('reports what another user may not read', async () => {
    await chmod(await folder.write('secret', 'x'), 0);
    const setEffectiveUser = process.seteuid?.bind(process);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      // Root may read everything, so another user asks: `nobody`.
      await chmod(folder.path, 0o755);
      setEffectiveUser?.(65_534);
    }
    try {
      await fails('permission', store.open('secret', 'read'));
    } finally {
      if (isRoot) {
        setEffectiveUser?.(0);
      }
    }
  });

  it('lists and stats 10,000 files in well under a second', async () => {
    for (let index = 0; index < 10_000; index++) {
      writeFileSync(`${folder.path}/f${index}`, 'x');
    }
    const started = performance.now();
    const entries = await store.list('');
    const stats = await store.statNames(
      '',
      entries.map(({ name }) => name),
    );
    assert.equal(stats.filter((stat) => stat?.kind === 'file').length, 10_000);
    assert(performance.now() - started < 2000, `${performance.now() - started} ms`);
  }).timeout(30_000);

  it('removes nothing through a file that only looks like a link target', async () => {
    await folder.write('t/x', 'x');
    await symlink('t', `${folder.path}/l`);
    await store.removeTree('l');
    assert.equal(await readFile(`${folder.path}/t/x`, 'utf8'), 'x');
    await assert.rejects(lstat(`${folder.path}/l`));
  });
});

async function fails(code: StoreErrorCode, operation: Promise<unknown>): Promise<void> {
  await assert.rejects(operation, (error: unknown) => {
    assert(error instanceof StoreError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}

/** Mounts over a folder for the time of a test; without the right to mount, the test is skipped. */
async function mountOrSkip(context: Mocha.Context, mountArguments: readonly string[], body: () => Promise<void>): Promise<void> {
  try {
    await run('mount', mountArguments);
  } catch {
    context.skip();
  }
  try {
    await body();
  } finally {
    await run('umount', [mountArguments.at(-1) ?? '']);
  }
}
