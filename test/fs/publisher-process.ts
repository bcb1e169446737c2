import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Staging } from '../../fs/commit/staging.js';
import type { PublishMode } from '../../fs/commit/publish.js';
import { PosixStore } from '../../fs/store/posix-store.js';
import type { Store } from '../../fs/store/store.js';

/** Files of every target this process publishes, in two folders. */
export const FILE_COUNT = 3;

/**
 * A process that publishes `target` again and again, each time with files that all hold another text, until it is killed:
 * from outside, or by itself right before its store operation number `killAt`; with `killAt`, it publishes once.
 */
async function publishUntilKilled(root: string, target: string, mode: PublishMode, killAt: number): Promise<void> {
  const store = killing(await PosixStore.open(root), killAt);
  for (;;) {
    const staging = await Staging.begin(store);
    const files = Array.from({ length: FILE_COUNT }, (_, index) => ({ path: `k=${index % 2}/f${index}`, byteCount: staging.id.length }));
    for (const file of files) {
      await mkdir(dirname(join(staging.directory, file.path)), { recursive: true });
      await writeFile(join(staging.directory, file.path), staging.id);
    }
    await staging.publish(target, files, { mode, singleFile: false });
    process.stdout.write('.');
    if (killAt > 0) {
      return;
    }
  }
}

function killing(store: Store, killAt: number): Store {
  let calls = 0;
  return new Proxy(store, {
    get(inner, name) {
      const member: unknown = Reflect.get(inner, name, inner);
      if (typeof member !== 'function') {
        return member;
      }
      return (...values: unknown[]): unknown => {
        if (++calls === killAt) {
          process.kill(process.pid, 'SIGKILL');
        }
        return Reflect.apply(member, inner, values) as unknown;
      };
    },
  });
}

const [, script, root, target, mode, killAt] = process.argv;
if (script?.endsWith('publisher-process.js') === true && root !== undefined && target !== undefined) {
  await publishUntilKilled(root, target, mode === 'overwrite' || mode === 'append' ? mode : 'create', Number(killAt));
}
