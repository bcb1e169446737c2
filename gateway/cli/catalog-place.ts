import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TABLES_FOLDER } from '../../fs/store/data-roots.js';
import { isInside } from '../../fs/store/store-path.js';
import { UsageError } from './usage-error.js';

/** Where the catalog of a data directory's tables is. */
export type CatalogPlace = { readonly kind: 'duckdb'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** What the data directory remembers of its catalog, so that it is never silently given another. */
export interface CatalogMarker {
  readonly uuid: string;
  /** Where the catalog was last, without passwords: for messages. */
  readonly catalog: string;
}

/** Folder of the tables' files. */
export function tablesDirectory(dataRoot: string): string {
  return join(dataRoot, TABLES_FOLDER);
}

/** The place that `--catalog` names, or the one beside the data directory. Nothing that SQL reads may hold the catalog. */
export function findCatalogPlace(dataRoot: string, readableRoots: readonly string[], option: string | undefined): CatalogPlace {
  if (option !== undefined && /^postgres(ql)?:\/\//.test(option)) {
    return { kind: 'postgres', url: option };
  }
  const path = resolve(option ?? join(dirname(dataRoot), `.${basename(dataRoot)}.sluice`, 'catalog.duckdb'));
  const root = rootAround(path, readableRoots);
  if (root !== undefined) {
    throw new UsageError(`the catalog ${path} would be inside ${root}, which SQL can read; name a file outside of it with --catalog FILE`);
  }
  return { kind: 'duckdb', path };
}

/** Value of --history for the folder beside the data directory, which `sluice serve` has unless it is told otherwise. */
export const HISTORY_BESIDE = 'beside';

/** The folder of the query history; null where there is none: it is not asked for, or the one beside the data would be where SQL can read. */
export function findHistoryDirectory(dataRoot: string, readableRoots: readonly string[], option: string | undefined): string | null {
  if (option === undefined || option === 'off') {
    return null;
  }
  const path = option === HISTORY_BESIDE ? join(dirname(dataRoot), `.${basename(dataRoot)}.sluice`, 'queries') : resolve(option);
  const root = rootAround(path, readableRoots);
  if (root !== undefined && option !== HISTORY_BESIDE) {
    throw new UsageError(`--history ${path} would be inside ${root}, which SQL can read`);
  }
  return root === undefined ? path : null;
}

function rootAround(path: string, readableRoots: readonly string[]): string | undefined {
  const real = existingPart(path);
  return readableRoots.find((candidate) => isInside(candidate, real));
}

/** The path with links resolved as far as it exists. */
export function existingPart(path: string): string {
  if (existsSync(path)) {
    return realpathSync(path);
  }
  const parent = dirname(path);
  return parent === path ? path : join(existingPart(parent), basename(path));
}

/** The place in words, without the password of a URL. */
export function describePlace(place: CatalogPlace): string {
  return place.kind === 'duckdb' ? place.path : place.url.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1@').replace(/([?&]password=)[^&]*/, '$1...');
}

/** What the data directory remembers; null when it never had a catalog. UsageError when the file is damaged. */
export function readMarker(dataRoot: string): CatalogMarker | null {
  const path = markerPath(dataRoot);
  if (!existsSync(path)) {
    return null;
  }
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof content === 'object' && content !== null && 'uuid' in content && typeof content.uuid === 'string') {
      return { uuid: content.uuid, catalog: 'catalog' in content && typeof content.catalog === 'string' ? content.catalog : 'unknown' };
    }
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UsageError(`${path} does not say which catalog this data directory has; restore the file, or write {"uuid": "..."} with the catalog's uuid`);
}

/** Remembers the catalog in the data directory, durably. */
export async function writeMarker(dataRoot: string, marker: CatalogMarker): Promise<void> {
  const path = markerPath(dataRoot);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  const file = await open(draft, 'w');
  try {
    await file.writeFile(`${JSON.stringify(marker)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function markerPath(dataRoot: string): string {
  return join(dataRoot, '.sluice', 'lake.json');
}
