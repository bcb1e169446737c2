import { LakeError } from '../../fs/lake/lake-error.js';
import type { LakeErrorCode } from '../../fs/lake/lake-error.js';
import { SqlError } from '../../planner/sql-error.js';
import type { SqlState } from '../../planner/sqlstate.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CopyReceiver } from './backend.js';

/** Runs work whose LakeErrors become the SqlErrors clients know. */
export async function withLakeErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LakeError ? lakeSqlError(error) : error;
  }
}

/** A COPY's receiver with the same errors. */
export function withReceiverErrors(receiver: CopyReceiver): CopyReceiver {
  return {
    receive: (chunk) => withLakeErrors(() => receiver.receive(chunk)),
    finish: () => withLakeErrors(() => receiver.finish()),
    discard: () => receiver.discard(),
  };
}

function lakeSqlError(error: LakeError): SqlError {
  const unknown = error.outcomeUnknown ? { detail: 'The connection was lost during COMMIT: whether the transaction took place is not known.' } : {};
  return new SqlError(error.outcomeUnknown ? SQLSTATE.transaction_resolution_unknown : sqlstateOf(error.code), error.message, {
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...unknown,
  });
}

function sqlstateOf(code: LakeErrorCode): SqlState {
  switch (code) {
    case 'conflict':
      return SQLSTATE.serialization_failure;
    case 'duplicate':
      return SQLSTATE.duplicate_table;
    case 'not_found':
      return SQLSTATE.undefined_table;
    case 'dependent':
      return SQLSTATE.dependent_objects_still_exist;
    case 'no_snapshot':
      return SQLSTATE.undefined_object;
    case 'snapshot_expired':
      return SQLSTATE.snapshot_too_old;
    case 'unsupported':
      return SQLSTATE.feature_not_supported;
    case 'catalog':
      return SQLSTATE.data_corrupted;
    case 'unavailable':
      return SQLSTATE.connection_failure;
    case 'data_file':
      return SQLSTATE.io_error;
  }
}
