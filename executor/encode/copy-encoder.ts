import duckdb from '@duckdb/node-bindings';
import type { DataChunk } from '@duckdb/node-bindings';
import { DuckDBDataChunk } from '@duckdb/node-api';
import type { OutputSettings, ResultColumn, RowBatch } from '../engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { createArrowEncoder } from './arrow-encoder.js';
import { ByteSink } from './byte-sink.js';
import type { CopyEncoding } from './copy-encoding.js';
import { csvQuoted, textEscapes } from './copy-encoding.js';
import { createValueEncoder } from './create-value-encoder.js';
import { createRowEncoder } from './row-encoder.js';
import type { RowEncoder } from './row-encoder.js';
import type { ValueEncoder } from './value-encoder.js';

const COPY_DATA = 0x64;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const END_MARKER = Buffer.from('\\.');
/** Postgres's own limit for a message. */
const ROW_BYTES_MAX = 0x3fff_ffff;
/** Chunks whose lines take more than this cannot go out as one buffer. */
const BATCH_BYTES_MAX = 0xffff_ffff;

/** Makes the encoder of a COPY: whole CopyData messages, one a row. */
export function createCopyEncoder(columns: readonly ResultColumn[], settings: OutputSettings, encoding: CopyEncoding): RowEncoder {
  switch (encoding.kind) {
    case 'arrow':
      return createArrowEncoder(columns, settings);
    case 'binary':
      return new BinaryCopyEncoder(createRowEncoder(columns, settings));
    case 'text':
      return new LineEncoder(columns, settings, encoding.delimiter, encoding.nullText, new TextFields(encoding.delimiter));
    case 'csv':
      return new LineEncoder(columns, settings, encoding.delimiter, encoding.nullText, new CsvFields(encoding, columns.length === 1));
  }
}

/** A row of COPY's binary format is what a DataRow holds. */
class BinaryCopyEncoder implements RowEncoder {
  readonly #rows: RowEncoder;

  constructor(rows: RowEncoder) {
    this.#rows = rows;
  }

  encode(chunk: DuckDBDataChunk | DataChunk): RowBatch {
    const batch = this.#rows.encode(chunk);
    for (let at = 0; at < batch.bytes.length; at += 1 + batch.bytes.readInt32BE(at + 1)) {
      batch.bytes[at] = COPY_DATA;
    }
    return batch;
  }
}

/** Makes the bytes of a value, which the sink holds from an offset on, those of a field. */
interface Fields {
  finish(sink: ByteSink, start: number, column: number): void;
}

class LineEncoder implements RowEncoder {
  readonly #encoders: readonly ValueEncoder[];
  readonly #delimiter: number;
  readonly #nullText: Buffer;
  readonly #fields: Fields;

  constructor(columns: readonly ResultColumn[], settings: OutputSettings, delimiter: number, nullText: string, fields: Fields) {
    this.#encoders = columns.map((column) => createValueEncoder(column.duckdbType, column.type.oid, 'text', settings));
    this.#delimiter = delimiter;
    this.#nullText = Buffer.from(nullText);
    this.#fields = fields;
  }

  encode(given: DuckDBDataChunk | DataChunk): RowBatch {
    const chunk = given instanceof DuckDBDataChunk ? given.chunk : given;
    const rowCount = duckdb.data_chunk_get_size(chunk);
    this.#encoders.forEach((encoder, index) => {
      encoder.load(duckdb.data_chunk_get_vector(chunk, index), rowCount);
    });
    const sink = new ByteSink();
    for (let row = 0; row < rowCount; row += 1) {
      const start = sink.length;
      sink.reserve(5);
      sink.length += 5;
      this.#writeRow(row, sink);
      sink.byte(NEWLINE);
      const length = sink.length - start;
      if (length > ROW_BYTES_MAX) {
        throw new SqlError(SQLSTATE.program_limit_exceeded, 'row is too large', { detail: `A row takes ${length} bytes; the limit is ${ROW_BYTES_MAX}.` });
      }
      if (sink.length > BATCH_BYTES_MAX) {
        throw new SqlError(SQLSTATE.program_limit_exceeded, 'rows are too large');
      }
      sink.target.bytes[start] = COPY_DATA;
      sink.target.view.setInt32(start + 1, length - 1);
    }
    return { bytes: sink.target.bytes.subarray(0, sink.length), rowCount };
  }

  #writeRow(row: number, sink: ByteSink): void {
    const encoders = this.#encoders;
    for (let column = 0; column < encoders.length; column += 1) {
      if (column > 0) {
        sink.byte(this.#delimiter);
      }
      const encoder = encoders[column];
      if (encoder === undefined || encoder.isNull(row)) {
        const target = sink.reserve(this.#nullText.length);
        this.#nullText.copy(target.bytes, sink.length);
        sink.length += this.#nullText.length;
      } else {
        const start = sink.length;
        // Room for a value of which every byte is escaped, and for quotes.
        const target = sink.reserve(encoder.length(row) * 2 + 2);
        sink.length = encoder.write(row, target, start);
        this.#fields.finish(sink, start, column);
      }
    }
  }
}

class TextFields implements Fields {
  readonly #escapes: Uint8Array;

  constructor(delimiter: number) {
    this.#escapes = textEscapes(delimiter);
  }

  finish(sink: ByteSink, start: number): void {
    const escapes = this.#escapes;
    const { bytes } = sink.target;
    const end = sink.length;
    let count = 0;
    for (let at = start; at < end; at += 1) {
      count += escapes[bytes[at] ?? 0] === 0 ? 0 : 1;
    }
    if (count === 0) {
      return;
    }
    let to = end + count;
    sink.length = to;
    for (let at = end - 1; at >= start; at -= 1) {
      const byte = bytes[at] ?? 0;
      const letter = escapes[byte] ?? 0;
      if (letter === 0) {
        bytes[--to] = byte;
      } else {
        bytes[--to] = letter;
        bytes[--to] = BACKSLASH;
      }
    }
  }
}

class CsvFields implements Fields {
  readonly #special: Uint8Array;
  readonly #quote: number;
  readonly #escape: number;
  readonly #nullText: Buffer;
  readonly #forced: readonly boolean[];
  readonly #isSingle: boolean;

  constructor(encoding: Extract<CopyEncoding, { readonly kind: 'csv' }>, isSingle: boolean) {
    this.#special = csvQuoted(encoding.delimiter, encoding.quote);
    this.#quote = encoding.quote;
    this.#escape = encoding.escape;
    this.#nullText = Buffer.from(encoding.nullText);
    this.#forced = encoding.forced;
    this.#isSingle = isSingle;
  }

  finish(sink: ByteSink, start: number, column: number): void {
    const { bytes } = sink.target;
    const end = sink.length;
    let isQuoted = this.#forced[column] === true || isEqual(bytes, start, end, this.#nullText) || (this.#isSingle && isEqual(bytes, start, end, END_MARKER));
    let count = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      isQuoted ||= this.#special[byte] !== 0;
      count += byte === this.#quote || byte === this.#escape ? 1 : 0;
    }
    if (!isQuoted) {
      return;
    }
    let to = end + count + 2;
    sink.length = to;
    bytes[--to] = this.#quote;
    for (let at = end - 1; at >= start; at -= 1) {
      const byte = bytes[at] ?? 0;
      bytes[--to] = byte;
      if (byte === this.#quote || byte === this.#escape) {
        bytes[--to] = this.#escape;
      }
    }
    bytes[start] = this.#quote;
  }
}

function isEqual(bytes: Buffer, start: number, end: number, other: Buffer): boolean {
  return end - start === other.length && other.compare(bytes, start, end) === 0;
}
