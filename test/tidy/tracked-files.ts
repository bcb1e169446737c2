import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../runner/source-directory.js';

/** Paths of tracked files, or, outside a git clone, of all files that are no build output. */
export function trackedFiles(): string[] {
  const root = repositoryRoot();
  try {
    return execFileSync('git', ['ls-files', '-z', '--cached'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\0')
      .filter((path) => path !== '' && exists(join(root, path)));
  } catch {
    const skipped = new Set(['node_modules', 'dist', '.git', '.sluice', 'bench-results', 'coverage']);
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => !path.split('/').some((part) => skipped.has(part)))
      .filter((path) => statSync(join(root, path)).isFile());
  }
}

/** A tracked file's text. */
export function readTracked(path: string): string {
  return readFileSync(join(repositoryRoot(), path), 'utf8');
}

/** True for files people write code in. */
export function isSource(path: string): boolean {
  return /\.(ts|mjs)$/.test(path) && !path.endsWith('.d.ts');
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
