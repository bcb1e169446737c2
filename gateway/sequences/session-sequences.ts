import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** The values of sequences that one session has been given: what currval and lastval tell. */
export class SessionSequences {
  /** By the identity of the sequence's view. */
  readonly #values = new Map<string, bigint>();
  #last: string | null = null;

  /** Remembers a value that nextval gave. */
  given(id: string, value: bigint): void {
    this.#values.set(id, value);
    this.#last = id;
  }

  /** Remembers what setval set: currval tells it, lastval does not. */
  set(id: string, value: bigint): void {
    this.#values.set(id, value);
  }

  /** currval; 55000 before the first nextval. */
  current(id: string, name: string): bigint {
    const value = this.#values.get(id);
    if (value === undefined) {
      throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, `currval of sequence "${name}" is not yet defined in this session`);
    }
    return value;
  }

  /** lastval; 55000 before the first nextval. */
  last(): bigint {
    const value = this.#last === null ? undefined : this.#values.get(this.#last);
    if (value === undefined) {
      throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, 'lastval is not yet defined in this session');
    }
    return value;
  }

  /** DISCARD SEQUENCES. */
  clear(): void {
    this.#values.clear();
    this.#last = null;
  }
}
