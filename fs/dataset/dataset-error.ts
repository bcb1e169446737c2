/** Why a table's files cannot be read as one table. */
export type DatasetErrorCode = 'mixed-formats' | 'ambiguous-name' | 'partition-mismatch';

/** A table whose files contradict each other; raised when the table is used, never by listing it among others. */
export class DatasetError extends Error {
  readonly code: DatasetErrorCode;
  /** What contradicts what, for people: paths below the root. */
  readonly detail: string;

  constructor(code: DatasetErrorCode, message: string, detail: string) {
    super(message);
    this.name = 'DatasetError';
    this.code = code;
    this.detail = detail;
  }
}
