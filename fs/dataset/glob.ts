import { boundedMap } from '../store/bounded-map.js';
import type { DirectoryEntry, Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { baseNameOf, joinStorePath, parentOf } from '../store/store-path.js';
import type { DirectoryCache } from './directory-cache.js';
import { componentMatcher } from './glob-component.js';
import { TABLE_DEPTH_MAX, TABLE_FILES_MAX } from './table-files.js';

/** A file found by a pattern. */
export interface MatchedFile {
  /** Store-relative. */
  readonly path: string;
  readonly directory: string;
  readonly name: string;
}

/** True when a path holds characters that make it a pattern. */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/**
 * Files whose store-relative path matches a pattern, in path order: `*` and `?` stay within a name, `[a-z]` and `[!a-z]`
 * are classes, `**` as a whole component is any number of folders. Names starting with a dot match only where the
 * pattern has the dot.
 */
export async function expandGlob(store: Store, cache: DirectoryCache, pattern: string): Promise<readonly MatchedFile[]> {
  const found: string[] = [];
  // Equal neighbours `**` mean the same as one, and would only multiply the work.
  const components = pattern.split('/').filter((component, index, all) => component !== '**' || all[index - 1] !== '**');
  await expand({ store, cache, found }, '', components, 0);
  return [...new Set(found)].toSorted().map((path) => ({ path, directory: parentOf(path), name: baseNameOf(path) }));
}

interface Expansion {
  readonly store: Store;
  readonly cache: DirectoryCache;
  readonly found: string[];
}

async function expand(state: Expansion, directory: string, components: readonly string[], depth: number): Promise<void> {
  const [component, ...rest] = components;
  if (component === undefined || depth > TABLE_DEPTH_MAX) {
    return;
  }
  if (component === '**') {
    await expand(state, directory, rest.length === 0 ? ['*'] : rest, depth);
    const folders = (await list(state, directory)).filter((entry) => entry.kind === 'directory' && !entry.name.startsWith('.'));
    await boundedMap(folders, async ({ name }) => {
      await expand(state, joinStorePath(directory, name), components, depth + 1);
    });
    return;
  }
  const matcher = isGlob(component) ? componentMatcher(component) : undefined;
  const entries = (await list(state, directory)).filter((entry) => (matcher === undefined ? entry.name === component : matcher(entry.name)));
  if (rest.length > 0) {
    await boundedMap(
      entries.filter((entry) => entry.kind === 'directory'),
      async ({ name }) => {
        await expand(state, joinStorePath(directory, name), rest, depth + 1);
      },
    );
    return;
  }
  for (const entry of entries) {
    if (entry.kind === 'file') {
      state.found.push(joinStorePath(directory, entry.name));
    }
  }
  if (state.found.length > TABLE_FILES_MAX) {
    throw new StoreError('too-large', directory, `a pattern that matches more than ${TABLE_FILES_MAX} files`);
  }
}

/** A folder that vanished meanwhile holds nothing. */
async function list(state: Expansion, directory: string): Promise<readonly DirectoryEntry[]> {
  try {
    return await state.cache.list(directory);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not-found') {
      return [];
    }
    throw error;
  }
}
