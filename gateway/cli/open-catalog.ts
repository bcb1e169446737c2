import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Lake } from '../../fs/lake/lake.js';
import { LakeError } from '../../fs/lake/lake-error.js';
import { openLake } from '../../fs/lake/open-lake.js';
import { isInside } from '../../fs/store/store-path.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { LazyLake } from '../session/lazy-lake.js';
import type { SharedLake } from '../session/session-lake.js';
import type { CatalogMarker, CatalogPlace } from './catalog-place.js';
import { describePlace, existingPart, findCatalogPlace, readMarker, tablesDirectory, writeMarker } from './catalog-place.js';
import { UsageError } from './usage-error.js';

/** What opening a catalog takes. */
export interface CatalogOptions {
  readonly dataRoot: string;
  /** Directories SQL can read: the catalog must not be in one. */
  readonly readableRoots: readonly string[];
  /** Directory for files made of rows kept in the catalog; executors must be able to read it. */
  readonly cacheDirectory: string;
  /** `--catalog` as given. */
  readonly option: string | undefined;
}

/**
 * The catalog of a data directory's tables. One that exists is opened now, so that what is wrong with it is said at the
 * start; one in a DuckDB file that does not exist yet is made by the first statement that stores something.
 */
export async function openCatalog(options: CatalogOptions): Promise<SharedLake> {
  const place = findCatalogPlace(options.dataRoot, options.readableRoots, options.option);
  const marker = readMarker(options.dataRoot);
  const dataPath = tablesDirectory(options.dataRoot);
  if (place.kind === 'postgres' || existsSync(place.path)) {
    const lake = await openAtStart(place, options, marker);
    const same = (): Promise<Lake> => Promise.resolve(lake);
    return new LazyLake(lake.dataPath, lake, same, same);
  }
  if (marker !== null) {
    throw new UsageError(
      `the tables in ${options.dataRoot} belong to the catalog ${marker.uuid}, last at ${marker.catalog}, and there is none at ${place.path}; ` +
        'name it with --catalog, or restore it from a backup',
    );
  }
  return new LazyLake(
    dataPath,
    null,
    () => createCatalog(place, options),
    () => createScratch(options),
  );
}

/** Where no tables can be stored: temporary ones alone, which end with the process. */
export function openTemporaryCatalog(options: CatalogOptions): SharedLake {
  if (options.option !== undefined) {
    throw new UsageError('--catalog: stored tables on S3 are not supported');
  }
  return new LazyLake(tablesDirectory(options.dataRoot), null, refuseTables, () => createScratch(options));
}

function refuseTables(): Promise<never> {
  return Promise.reject(new SqlError(SQLSTATE.feature_not_supported, 'stored tables on S3 are not supported'));
}

async function openAtStart(place: CatalogPlace, options: CatalogOptions, marker: CatalogMarker | null): Promise<Lake> {
  let lake: Lake;
  try {
    lake = await openPlace(place, options);
  } catch (error) {
    if (error instanceof LakeError) {
      throw new UsageError(`cannot open the catalog ${describePlace(place)}: ${error.message}${error.detail === undefined ? '' : ` (${error.detail})`}`);
    }
    throw error;
  }
  try {
    checkDataPath(lake.dataPath, options);
    if (marker !== null && marker.uuid !== lake.uuid) {
      throw new UsageError(
        `the tables in ${options.dataRoot} belong to the catalog ${marker.uuid}, last at ${marker.catalog}, but ${describePlace(place)} is the catalog ${lake.uuid}`,
      );
    }
    if (marker === null) {
      await adopt(lake, place, options);
    }
    return lake;
  } catch (error) {
    await lake.close();
    throw error;
  }
}

/**
 * A catalog that others made has its files where they put them. SQL reads and writes what is below the readable directories by
 * path, so tables' files must not be there, nor those directories among them.
 */
function checkDataPath(dataPath: string, { dataRoot, readableRoots }: CatalogOptions): void {
  if (dataPath === tablesDirectory(dataRoot)) {
    return;
  }
  if (!isAbsolute(dataPath)) {
    throw new UsageError(`the catalog's data files are in ${dataPath}, which is no absolute path: where that is cannot be known`);
  }
  const real = existingPart(dataPath);
  const shared = readableRoots.find((root) => isInside(root, real) || isInside(real, root));
  if (shared !== undefined) {
    throw new UsageError(
      `the catalog's data files are in ${dataPath}, and SQL can read ${shared} by path; start with another --data directory, which is neither inside nor around the other`,
    );
  }
}

/** A catalog that is there for a data directory that remembers none: right only when the tables' files are there too. */
async function adopt(lake: Lake, place: CatalogPlace, options: CatalogOptions): Promise<void> {
  const { tables } = await lake.snapshot();
  if (tables.length > 0 && !existsSync(lake.dataPath)) {
    throw new UsageError(
      `${describePlace(place)} is a catalog of ${tables.length} tables whose files should be in ${lake.dataPath}, which does not exist; ` +
        'restore the files, or name another catalog with --catalog',
    );
  }
  await writeMarker(options.dataRoot, { uuid: lake.uuid, catalog: describePlace(place) });
}

async function createCatalog(place: CatalogPlace & { readonly kind: 'duckdb' }, options: CatalogOptions): Promise<Lake> {
  try {
    await mkdir(dirname(place.path), { recursive: true, mode: 0o700 });
    const lake = await openPlace(place, options);
    await writeMarker(options.dataRoot, { uuid: lake.uuid, catalog: describePlace(place) });
    return lake;
  } catch (error) {
    throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, `the catalog of the tables cannot be made at ${place.path}`, {
      detail: error instanceof Error ? error.message : String(error),
      hint: 'Start Sluice with --catalog FILE, outside the data directory, or --catalog postgres://...',
    });
  }
}

/** A catalog in the process's own directory: temporary tables are made over it while nothing is stored. */
async function createScratch(options: CatalogOptions): Promise<Lake> {
  const cacheDirectory = join(options.cacheDirectory, 'scratch');
  await mkdir(cacheDirectory, { recursive: true });
  const path = join(cacheDirectory, 'catalog.duckdb');
  await Promise.all([path, `${path}.wal`].map((file) => rm(file, { force: true })));
  return openLake({ catalog: { kind: 'duckdb', path }, dataPath: tablesDirectory(options.dataRoot), cacheDirectory });
}

async function openPlace(place: CatalogPlace, options: CatalogOptions): Promise<Lake> {
  await mkdir(options.cacheDirectory, { recursive: true });
  return openLake({ catalog: place, dataPath: tablesDirectory(options.dataRoot), mayBeElsewhere: true, cacheDirectory: options.cacheDirectory });
}
