import { constants } from 'node:os';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DuckdbException } from './exception.js';

/**
 * A file that cannot be opened, read or written. DuckDB passes errno for some calls; for the others the operating
 * system's text inside the message is all there is.
 */
export function ioError(exception: DuckdbException): SqlError {
  const message = exception.message.split('\n', 1)[0] ?? '';
  const { errno } = exception;
  if (errno === constants.errno.ENOSPC || errno === constants.errno.EDQUOT || /No space left on device|Disk quota exceeded/.test(message)) {
    return new SqlError(SQLSTATE.disk_full, 'could not write: no space left on device', {
      detail: message,
    });
  }
  if (errno === constants.errno.ENOENT || /No such file or directory|No files found that match the pattern/.test(message)) {
    return new SqlError(SQLSTATE.undefined_file, missingFileMessage(message), { detail: message });
  }
  if (errno === constants.errno.EACCES || errno === constants.errno.EPERM || /Permission denied/.test(message)) {
    return new SqlError(SQLSTATE.insufficient_privilege, 'permission denied for a file of this statement', { detail: message });
  }
  return new SqlError(SQLSTATE.io_error, message);
}

function missingFileMessage(message: string): string {
  const path = /"([^"]+)"/.exec(message)?.[1];
  return path === undefined ? message : `could not open file "${path}": No such file or directory`;
}
