import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { RecordWriter } from './record-writer.js';

/** Reads the records of one format, one after another. */
export interface RecordReader {
  /** True once the end-of-data marker was read: nothing after it counts. */
  readonly ended: boolean;
  /** True when an error is about a whole line, which is then shown with it. */
  readonly failsInValue: boolean;
  /** True once lines are known to end in a newline; else carriage returns are what counts lines. */
  readonly countsNewlines: boolean;
  /** True for whole lines, each ending in a newline, that are in normal form as they are. */
  isPlain(lines: Buffer): boolean;
  /**
   * Reads the record that starts at `from` and puts it into `out`. Gives the offset behind it, or null when its end is not
   * there yet. 22P04, 22021 for what is no data of the format.
   */
  read(data: Buffer, from: number, isLast: boolean, out: RecordWriter): number | null;
}

/** 22021: no text holds a NUL. */
export function noNul(): SqlError {
  return new SqlError(SQLSTATE.character_not_in_repertoire, 'invalid byte sequence for encoding "UTF8": 0x00');
}

/** 22021, with the first bytes of data that is not UTF-8. */
export function invalidUtf8(data: Buffer): SqlError {
  let at = 0;
  while (at < data.length) {
    const length = sequenceLength(data, at);
    if (length === 0) {
      break;
    }
    at += length;
  }
  const first = data[at] ?? 0;
  const count = first < 0xc0 || first >= 0xf8 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const bytes = [...data.subarray(at, at + count)].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`);
  return new SqlError(SQLSTATE.character_not_in_repertoire, `invalid byte sequence for encoding "UTF8": ${bytes.join(' ')}`);
}

/** Bytes of the character at an offset, 0 when there is none. */
function sequenceLength(data: Buffer, at: number): number {
  const first = data[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > data.length) {
    return 0;
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}
