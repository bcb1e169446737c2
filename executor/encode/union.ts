import duckdb from '@duckdb/node-bindings';
import type { Vector } from '@duckdb/node-bindings';
import type { ByteSink } from './byte-sink.js';
import { RenderedEncoder } from './rendered.js';
import type { ValueEncoder } from './value-encoder.js';
import { isNullAt, readData, readValidity } from './value-encoder.js';

/** UNION as the text of the member it holds. DuckDB keeps it as a struct: a tag, then one child a member. */
export class UnionEncoder extends RenderedEncoder {
  readonly #members: readonly ValueEncoder[];
  #tags: Uint8Array = new Uint8Array(0);
  #tagValidity: Uint8Array | null = null;

  constructor(members: readonly ValueEncoder[]) {
    super();
    this.#members = members;
  }

  protected override loadSource(vector: Vector, count: number): void {
    const tags = duckdb.struct_vector_get_child(vector, 0);
    this.#tagValidity = readValidity(tags, count);
    this.#tags = readData(tags, count);
    this.#members.forEach((member, position) => {
      member.load(duckdb.struct_vector_get_child(vector, position + 1), count);
    });
  }

  override isNull(index: number): boolean {
    if (super.isNull(index) || isNullAt(this.#tagValidity, index)) {
      return true;
    }
    return this.#members[this.#tags[index] ?? 0]?.isNull(index) ?? true;
  }

  protected override render(index: number, sink: ByteSink): void {
    const member = this.#members[this.#tags[index] ?? 0];
    if (member !== undefined) {
      const length = member.length(index);
      member.write(index, sink.reserve(length), sink.length);
      sink.length += length;
    }
  }
}
