/** What went wrong in a lake; gateway/session/lake-failures.ts gives each its SQLSTATE. */
export type LakeErrorCode =
  /** Another transaction changed the same thing first. */
  | 'conflict'
  /** A name is taken. */
  | 'duplicate'
  /** A name is not there. */
  | 'not_found'
  /** Something else needs what is to be dropped. */
  | 'dependent'
  /** There never was such a snapshot, or it is newer than what may be seen. */
  | 'no_snapshot'
  /** The snapshot was expired. */
  | 'snapshot_expired'
  /** The format cannot hold it. */
  | 'unsupported'
  /** The catalog is not what it must be: of another version, of another data directory, damaged. */
  | 'catalog'
  /** The catalog database does not answer. Whether a commit took place may then be unknown: `outcomeUnknown`. */
  | 'unavailable'
  /** A data file is missing or not as long as the catalog says. */
  | 'data_file';

/** A failure of the table catalog, with the names concerned. */
export class LakeError extends Error {
  readonly code: LakeErrorCode;
  readonly detail: string | undefined;
  readonly outcomeUnknown: boolean;

  constructor(code: LakeErrorCode, message: string, options: { readonly detail?: string; readonly cause?: unknown; readonly outcomeUnknown?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LakeError';
    this.code = code;
    this.detail = options.detail;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}
