import { DatasetError } from '../../fs/dataset/dataset-error.js';
import type { StoreErrorCode } from '../../fs/store/store-error.js';
import { StoreError } from '../../fs/store/store-error.js';
import { SqlError } from '../../planner/sql-error.js';
import type { SqlState } from '../../planner/sqlstate.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** A store's or a dataset's error as the client sees it; errors of other kinds are returned as they are. */
export function toSqlError(error: unknown): unknown {
  if (error instanceof StoreError) {
    return new SqlError(storeSqlState(error.code), error.message, { cause: error });
  }
  if (error instanceof DatasetError) {
    return new SqlError(SQLSTATE.wrong_object_type, error.message, {
      detail: error.detail,
      cause: error,
    });
  }
  return error;
}

/** Runs an operation over files; its store and dataset errors come out as SqlErrors. */
export async function withSqlErrors<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw toSqlError(error);
  }
}

/** The SQLSTATE of a store's failure. */
export function storeSqlState(code: StoreErrorCode): SqlState {
  switch (code) {
    case 'not-found':
      return SQLSTATE.undefined_file;
    case 'exists':
      return SQLSTATE.duplicate_file;
    case 'no-space':
      return SQLSTATE.disk_full;
    case 'permission':
    case 'outside-roots':
      return SQLSTATE.insufficient_privilege;
    case 'io':
      return SQLSTATE.io_error;
    case 'corrupt':
      return SQLSTATE.data_corrupted;
    case 'too-large':
      return SQLSTATE.program_limit_exceeded;
    case 'unsupported':
      return SQLSTATE.feature_not_supported;
  }
}
