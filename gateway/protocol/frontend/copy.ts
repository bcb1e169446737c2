/** A chunk of COPY input is at most this long; psql and drivers send 8-64 KB. */
export const COPY_DATA_BODY_LENGTH_MAX: number = 16 * 1024 * 1024;

/** A chunk of COPY input. */
export interface CopyDataMessage {
  readonly kind: 'copyData';
  readonly data: Buffer;
}

/** The end of COPY input. */
export interface CopyDoneMessage {
  readonly kind: 'copyDone';
}

/** The client gives up a COPY. Its text is read only inside a COPY: outside, Postgres ignores the body whatever it is. */
export interface CopyFailMessage {
  readonly kind: 'copyFail';
  readonly body: Buffer;
}
