/** How COPY TO writes rows. Characters are bytes; `nullText` is what stands for NULL. */
export type CopyEncoding =
  | { readonly kind: 'text'; readonly delimiter: number; readonly nullText: string }
  | {
      readonly kind: 'csv';
      readonly delimiter: number;
      readonly quote: number;
      readonly escape: number;
      readonly nullText: string;
      /** By column: always in quotes. */
      readonly forced: readonly boolean[];
    }
  | { readonly kind: 'binary' }
  /** No COPY: chunks for Apache Arrow's record batches, for the library. */
  | { readonly kind: 'arrow' };

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BACKSLASH = 0x5c;

/** The letters that stand for control characters in COPY's text format, by character. */
const LETTERS: ReadonlyMap<number, number> = new Map([
  [0x08, 0x62],
  [0x0c, 0x66],
  [0x0a, 0x6e],
  [0x0d, 0x72],
  [0x09, 0x74],
  [0x0b, 0x76],
]);

/** Bytes that COPY's text format puts behind a backslash: by byte, what follows it, or 0. */
export function textEscapes(delimiter: number): Uint8Array {
  const escapes = new Uint8Array(256);
  escapes[delimiter] = delimiter;
  escapes[BACKSLASH] = BACKSLASH;
  for (const [byte, letter] of LETTERS) {
    escapes[byte] = letter;
  }
  return escapes;
}

/** Bytes that a CSV value must be quoted for. */
export function csvQuoted(delimiter: number, quote: number): Uint8Array {
  const special = new Uint8Array(256);
  for (const byte of [delimiter, quote, NEWLINE, RETURN]) {
    special[byte] = 1;
  }
  return special;
}
