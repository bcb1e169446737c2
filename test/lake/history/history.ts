/**
 * What clients did and saw. Every value written anywhere is unique in the whole history, so that a read tells who wrote.
 * Three kinds of objects, each a way in which tables are used:
 * a *list* is a row whose text grows by UPDATE, a *register* a row read and overwritten with version + 1,
 * a *bucket* the rows of one value of a column, read by predicate and grown by INSERT of one or several rows.
 */
export type Operation =
  | { readonly kind: 'append'; readonly list: number; readonly value: number }
  | { readonly kind: 'read_list'; readonly list: number; readonly values: readonly number[] }
  | { readonly kind: 'write_register'; readonly register: number; readonly version: number; readonly value: number }
  | { readonly kind: 'read_register'; readonly register: number; readonly version: number; readonly value: number }
  | { readonly kind: 'insert'; readonly bucket: number; readonly values: readonly number[] }
  | { readonly kind: 'read_bucket'; readonly bucket: number; readonly values: readonly number[] }
  | { readonly kind: 'count_bucket'; readonly bucket: number; readonly count: number };

/** `ok`: the commit was acknowledged; `fail`: it surely did not happen; `unknown`: the answer to the commit was lost. */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** A transaction with what its operations returned; writes that were refused are left out of an `ok` one, not of others. */
export interface Transaction {
  /** Its place in the history. */
  readonly id: number;
  /** One after another within a client; a client whose connection was lost goes on as another. */
  readonly client: number;
  readonly outcome: Outcome;
  readonly operations: readonly Operation[];
  /** Ticks of one clock over all clients: before BEGIN was sent, and after the answer to COMMIT came. */
  readonly invoked: number;
  readonly completed: number;
}

/** Transactions by id. Value 0 of version 0 is what every register starts with; lists and buckets start empty. */
export type History = readonly Transaction[];

/** What no history under snapshot isolation may hold. */
export type AnomalyKind =
  /** An acknowledged write that a later one overwrote without having seen it, or that was not there at the end. */
  | 'lost_update'
  /** G1a: a value of a transaction that did not commit. */
  | 'aborted_read'
  /** G1b: a value that its own transaction wrote over. */
  | 'intermediate_read'
  /** A value nobody wrote, or one value twice. */
  | 'impossible_read'
  /** A row read twice in a transaction with different results. */
  | 'fuzzy_read'
  /** A predicate read twice in a transaction with different results. */
  | 'phantom'
  /** A transaction that does not see what it wrote itself. */
  | 'own_write_missed'
  /** Two reads of a list of which neither is the beginning of the other. */
  | 'incompatible_order'
  /** A cycle of writes over writes. */
  | 'G0'
  /** A cycle of writes, reads of writes, and order. */
  | 'G1c'
  /** A cycle with exactly one read of what was then overwritten. */
  | 'G_single'
  /** A cycle with several of them, no two one after another. */
  | 'G_nonadjacent';

/** An anomaly found, with words that let a person find it in the history. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly transactions: readonly number[];
  readonly description: string;
}
