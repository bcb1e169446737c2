import type { Vector } from '@duckdb/node-bindings';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ByteSink } from './byte-sink.js';
import type { ArrayLevel } from './list-levels.js';
import { ListLevel } from './list-levels.js';
import { RenderedEncoder } from './rendered.js';

/** Postgres's own limit. */
const DIMENSIONS_MAX = 6;

/** Lists in Postgres's binary array form: dimensions, a flag for NULLs, the element type, bounds, then every element in order. */
export class ArrayBinaryEncoder extends RenderedEncoder {
  readonly #level: ArrayLevel;
  readonly #elementOid: number;
  /** int2vector and oidvector count from 0. */
  readonly #lowerBound: number;

  constructor(level: ArrayLevel, elementOid: number, lowerBound: number) {
    super();
    this.#level = level;
    this.#elementOid = elementOid;
    this.#lowerBound = lowerBound;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#level.load(vector, count);
  }

  protected override render(index: number, sink: ByteSink): void {
    const sizes: number[] = [];
    measure(this.#level, index, 0, sizes);
    if (sizes.includes(0)) {
      sizes.length = 0;
    } else if (sizes.length > DIMENSIONS_MAX) {
      throw new SqlError(SQLSTATE.program_limit_exceeded, `number of array dimensions (${sizes.length}) exceeds the maximum allowed (${DIMENSIONS_MAX})`);
    }
    sink.int32(sizes.length);
    const flagAt = sink.length;
    sink.int32(0);
    sink.int32(this.#elementOid);
    for (const size of sizes) {
      sink.int32(size);
      sink.int32(this.#lowerBound);
    }
    if (sizes.length > 0 && renderElements(this.#level, index, sink)) {
      sink.target.view.setInt32(flagAt, 1);
    }
  }
}

/** Notes the size of each dimension; lists of other sizes beside it have no array form. */
function measure(level: ArrayLevel, index: number, depth: number, sizes: number[]): void {
  const size = level.size(index);
  const known = sizes[depth];
  if (known === undefined) {
    sizes[depth] = size;
  } else if (known !== size) {
    throw raggedArray();
  }
  const child = level.child;
  if (child instanceof ListLevel) {
    const start = level.start(index);
    for (let element = start; element < start + size; element++) {
      if (child.isNull(element)) {
        throw raggedArray();
      }
      measure(child, element, depth + 1, sizes);
    }
  }
}

function raggedArray(): SqlError {
  return new SqlError(SQLSTATE.array_subscript_error, 'multidimensional arrays must have array expressions with matching dimensions', {
    hint: 'Nested lists of different lengths, or with NULL lists in them, can be read in text format, or as json.',
  });
}

/** Writes the elements; true when one was NULL. */
function renderElements(level: ArrayLevel, index: number, sink: ByteSink): boolean {
  const child = level.child;
  const start = level.start(index);
  const end = start + level.size(index);
  let anyNull = false;
  for (let element = start; element < end; element++) {
    if (child instanceof ListLevel) {
      anyNull = renderElements(child, element, sink) || anyNull;
    } else if (child.isNull(element)) {
      sink.int32(-1);
      anyNull = true;
    } else {
      const length = child.length(element);
      sink.int32(length);
      child.write(element, sink.reserve(length), sink.length);
      sink.length += length;
    }
  }
  return anyNull;
}
