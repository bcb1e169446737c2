import type { DataRoots, StoreLocation } from '../../fs/store/data-roots.js';
import { StoreError } from '../../fs/store/store-error.js';
import { parentOf } from '../../fs/store/store-path.js';
import { parseDataFileName } from '../../fs/dataset/file-format.js';
import type { DatasetFormat } from '../../fs/dataset/file-format.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { withSqlErrors } from './datasets-errors.js';

/** Where COPY ... TO writes. */
export interface CopyTarget extends StoreLocation {
  /** The format the target's name asks for; undefined for a name without a data file's extension: a dataset folder. */
  readonly fileFormat: DatasetFormat | undefined;
  /** True when something of that name is there already: worth an error before the query runs, not after. */
  readonly exists: boolean;
}

/** Finds the place a COPY target names: 42501 outside the roots or by a link that leaves them, 22023 for a root itself. */
export async function resolveCopyTarget(roots: DataRoots, userPath: string): Promise<CopyTarget> {
  return await withSqlErrors(async () => {
    const location = roots.locate(userPath);
    if (location.path === '') {
      throw new SqlError(SQLSTATE.invalid_parameter_value, `${JSON.stringify(userPath)} is a data directory itself, not a place in one`);
    }
    const exists = (await existingPart(location)) === location.path;
    const name = location.path.slice(location.path.lastIndexOf('/') + 1);
    return { ...location, fileFormat: parseDataFileName(name)?.format, exists };
  });
}

/** The deepest part of the path that exists, which must lie inside the root, links resolved. */
async function existingPart({ store, path }: StoreLocation): Promise<string> {
  for (let part = path; ; part = parentOf(part)) {
    try {
      await store.stat(part);
      return part;
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'not-found') || part === '') {
        throw error;
      }
    }
  }
}
