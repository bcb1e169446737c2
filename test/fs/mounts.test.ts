import assert from 'node:assert/strict';
import { mkdir, readdir, readlink } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { mountOf, parseMountInfo, readMounts } from '../../fs/store/mounts.js';
import { removeAbsoluteTree } from '../../fs/store/remove-tree.js';
import { TemporaryFolder } from './temporary-folder.js';

const MOUNTINFO = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
31 27 0:40 / /mnt/three\\040fs rw,nosuid shared:7 master:2 - fuse.hf3fs hf3fs.stage rw,user_id=0
32 27 0:41 / /mnt/frozen ro,relatime - ext4 /dev/vdb rw
33 27 0:42 / /mnt/frozen2 rw - xfs /dev/vdc ro
34 27 0:43 / /mnt/over rw - ext4 /dev/vdd rw
35 34 0:44 / /mnt/over rw - fuse.hf3fs hf3fs rw
`;

describe('mounts', () => {
  const mounts = parseMountInfo(MOUNTINFO);

  it('recognises 3FS by its type, under any path', () => {
    assert.deepEqual(mountOf(mounts, '/mnt/three fs/data'), { path: '/mnt/three fs', type: 'fuse.hf3fs', readOnly: false });
    assert.equal(mountOf(mounts, '/mnt/three fsx')?.path, '/');
  });

  it('takes the deepest mount, and the last of several at one path', () => {
    assert.equal(mountOf(mounts, '/mnt/over/x')?.type, 'fuse.hf3fs');
    assert.equal(mountOf(mounts, '/proc/self')?.type, 'proc');
    assert.equal(mountOf(mounts, '/home')?.type, 'ext4');
  });

  it('sees read-only mounts and file systems', () => {
    assert.equal(mountOf(mounts, '/mnt/frozen')?.readOnly, true);
    assert.equal(mountOf(mounts, '/mnt/frozen2')?.readOnly, true);
    assert.equal(mountOf(mounts, '/mnt/over')?.readOnly, false);
  });

  it("reads this machine's own", async () => {
    assert.equal(mountOf(await readMounts(), '/proc')?.type, 'proc');
  });

  it('hands trees on 3FS to its remover as links, and removes single files by itself', async () => {
    const folder = await TemporaryFolder.make();
    const mount = { path: folder.path, type: 'fuse.hf3fs', readOnly: false };
    await mkdir(`${folder.path}/3fs-virt/rm-rf`, { recursive: true });
    await folder.write('tree/deep/x', 'x');
    await folder.write('file', 'x');
    await removeAbsoluteTree(`${folder.path}/tree`, mount);
    await removeAbsoluteTree(`${folder.path}/file`, mount);
    await removeAbsoluteTree(`${folder.path}/nothing`, mount);
    const links = await readdir(`${folder.path}/3fs-virt/rm-rf`);
    assert.deepEqual(await Promise.all(links.map((name) => readlink(`${folder.path}/3fs-virt/rm-rf/${name}`))), [`${folder.path}/tree`]);
    assert.deepEqual(await readdir(folder.path), ['3fs-virt', 'tree'], 'the tree itself is left to the file system');
    await folder.remove();
  });
});
