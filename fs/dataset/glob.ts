import { boundedMap } from '../store/bounded-map.js';
import type { DirectoryEntry, Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { baseNameOf, joinStorePath, parentOf } from '../store/store-path.js';
import type { DirectoryCache } from './directory-cache.js';
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
  await expand({ store, cache, found }, '', pattern.split('/'), 0);
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

/** A matcher of names for one component of a pattern. An unclosed `[` stands for itself. */
export function componentMatcher(component: string): (name: string) => boolean {
  let source = '';
  for (let index = 0; index < component.length; index++) {
    const character = component.charAt(index);
    const close = character === '[' ? component.indexOf(']', index + 2) : -1;
    if (character === '*') {
      // One run of any characters; runs of stars are one run, which keeps matching linear.
      source += source.endsWith('.*') ? '' : '.*';
    } else if (character === '?') {
      source += '.';
    } else if (close !== -1) {
      source += characterClass(component.slice(index + 1, close));
      index = close;
    } else {
      source += escapeRegExp(character);
    }
  }
  const expression = new RegExp(`^${source}$`, 'su');
  const hidden = component.startsWith('.');
  return (name) => (hidden || !name.startsWith('.')) && expression.test(name);
}

function characterClass(body: string): string {
  const negated = body.startsWith('!') || body.startsWith('^');
  const members = (negated ? body.slice(1) : body).replace(/[\\\]^[]/g, (character) => `\\${character}`);
  return `[${negated ? '^' : ''}${members}]`;
}

function escapeRegExp(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
