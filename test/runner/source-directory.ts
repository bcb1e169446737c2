import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository's root, found from compiled code wherever it was emitted: package.json, or a link to it, lies above. */
export function repositoryRoot(): string {
  for (let directory = import.meta.dirname; directory !== dirname(directory); directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) {
      return dirname(realpathSync(join(directory, 'package.json')));
    }
  }
  throw new Error('no package.json above the compiled tests');
}

/** A folder of test data next to the sources (`test/...`). */
export function sourceDirectory(...path: readonly string[]): string {
  return join(repositoryRoot(), 'test', ...path);
}
