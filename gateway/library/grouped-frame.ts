import type { DataFrame } from './data-frame.js';

/** Rows in groups, before it is said what of each group. */
export class GroupedFrame {
  readonly #aggregate: (aggregates: readonly string[]) => DataFrame;

  constructor(aggregate: (aggregates: readonly string[]) => DataFrame) {
    this.#aggregate = aggregate;
  }

  /** A row a group: the groups' columns, then these aggregates. */
  aggregate(...aggregates: readonly string[]): DataFrame {
    return this.#aggregate(aggregates);
  }

  /** A row a group with its number of rows in the column `count`. */
  count(): DataFrame {
    return this.#aggregate(['count(*) AS count']);
  }
}
