import type { DataType } from '../../planner/types/data-type.js';

/**
 * How the vectors of a type travel for Apache Arrow, the same on both sides: the encoder in the executor writes these buffers
 * in this order, the reader makes Arrow's data of them without looking at a value. Validity (empty where nothing is NULL)
 * comes first for every vector.
 */
export type ArrowLayout =
  /** No buffers but validity. */
  | { readonly kind: 'null' }
  /** DuckDB's own bytes, `byteWidth` a value. */
  | { readonly kind: 'fixed'; readonly byteWidth: number }
  /** DuckDB's bytes become bits. */
  | { readonly kind: 'bits' }
  /** DuckDB's integers of `byteWidth` become 16 bytes each. */
  | { readonly kind: 'wide'; readonly byteWidth: number }
  /** Months, days, and microseconds, which become nanoseconds: 16 bytes. */
  | { readonly kind: 'interval' }
  /** Offsets and bytes of texts or blobs. */
  | { readonly kind: 'bytes' }
  /** Offsets and bytes of the type's text, as the wire has it. */
  | { readonly kind: 'text' }
  /** Numbers of values, `byteWidth` each. */
  | { readonly kind: 'enum'; readonly byteWidth: 1 | 2 | 4 }
  /** Offsets, then the elements. */
  | { readonly kind: 'list'; readonly element: DataType }
  /** The elements. */
  | { readonly kind: 'array'; readonly element: DataType; readonly length: number }
  /** The fields in order. */
  | { readonly kind: 'struct'; readonly fields: readonly DataType[] };

const FIXED: Readonly<Record<string, number>> = {
  TINYINT: 1,
  UTINYINT: 1,
  SMALLINT: 2,
  USMALLINT: 2,
  INTEGER: 4,
  UINTEGER: 4,
  FLOAT: 4,
  DATE: 4,
  BIGINT: 8,
  UBIGINT: 8,
  DOUBLE: 8,
  TIME: 8,
  TIME_NS: 8,
  TIMESTAMP: 8,
  TIMESTAMP_S: 8,
  TIMESTAMP_MS: 8,
  TIMESTAMP_NS: 8,
  'TIMESTAMP WITH TIME ZONE': 8,
  HUGEINT: 16,
};

const OTHER_SCALARS: Readonly<Record<string, 'null' | 'bits' | 'interval' | 'bytes'>> = {
  NULL: 'null',
  BOOLEAN: 'bits',
  INTERVAL: 'interval',
  VARCHAR: 'bytes',
  JSON: 'bytes',
  BLOB: 'bytes',
};

/** The layout of a type. Types that Arrow has none for go as text. */
export function arrowLayout(type: DataType): ArrowLayout {
  switch (type.kind) {
    case 'scalar': {
      const byteWidth = FIXED[type.name];
      if (byteWidth !== undefined) {
        return { kind: 'fixed', byteWidth };
      }
      const kind = OTHER_SCALARS[type.name];
      return kind === undefined ? { kind: 'text' } : { kind };
    }
    case 'decimal':
      return { kind: 'wide', byteWidth: type.width <= 4 ? 2 : type.width <= 9 ? 4 : type.width <= 18 ? 8 : 16 };
    case 'enum':
      return { kind: 'enum', byteWidth: type.values.length <= 0xff ? 1 : type.values.length <= 0xffff ? 2 : 4 };
    case 'list':
      return { kind: 'list', element: type.element };
    case 'array':
      return { kind: 'array', element: type.element, length: type.length };
    case 'struct':
      return { kind: 'struct', fields: type.fields.map((field) => field.type) };
    case 'map':
      return {
        kind: 'list',
        element: {
          kind: 'struct',
          fields: [
            { name: 'key', type: type.key },
            { name: 'value', type: type.value },
          ],
        },
      };
    case 'union':
      return { kind: 'text' };
  }
}

/** Buffers start at multiples of this, so that they can be read as arrays of 64-bit numbers where they lie. */
const ALIGNMENT = 8;

/** A batch's buffers in one: their number, their lengths, then they themselves. */
export function packBuffers(buffers: readonly Uint8Array[]): Buffer {
  const headerBytes = aligned(4 + 4 * buffers.length);
  const total = buffers.reduce((sum, buffer) => sum + aligned(buffer.byteLength), headerBytes);
  const packed = Buffer.allocUnsafeSlow(total);
  packed.writeUInt32LE(buffers.length, 0);
  let at = headerBytes;
  buffers.forEach((buffer, index) => {
    packed.writeUInt32LE(buffer.byteLength, 4 + 4 * index);
    packed.set(buffer, at);
    at += aligned(buffer.byteLength);
  });
  return packed;
}

/** The buffers again: parts of `packed` where that begins at a multiple of 8, else of a copy. */
export function unpackBuffers(packed: Uint8Array): readonly Uint8Array[] {
  const bytes = packed.byteOffset % ALIGNMENT === 0 ? packed : new Uint8Array(packed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  let at = aligned(4 + 4 * count);
  return Array.from({ length: count }, (_, index) => {
    const length = view.getUint32(4 + 4 * index, true);
    const buffer = bytes.subarray(at, at + length);
    at += aligned(length);
    return buffer;
  });
}

function aligned(byteCount: number): number {
  return Math.ceil(byteCount / ALIGNMENT) * ALIGNMENT;
}
