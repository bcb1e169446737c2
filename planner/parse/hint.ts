/** A hint as read from a comment, resolved to its query block. Positions are 1-based characters of the statement text. */
export type Hint =
  | (HintPlace & {
      readonly kind: 'partition';
      readonly relation: string;
      readonly scheme: PartitionScheme;
      readonly count: number | null;
      readonly dimension: string | null;
    })
  | (HintPlace & { readonly kind: 'broadcast'; readonly relation: string })
  /** `relation` is `*` for every join. */
  | (HintPlace & { readonly kind: 'shuffle_hash'; readonly relation: string })
  | (HintPlace & {
      readonly kind: 'repartition';
      readonly count: number | null;
      readonly columns: readonly string[];
    })
  | (HintPlace & {
      readonly kind: 'repartition_by_range';
      readonly count: number | null;
      readonly columns: readonly string[];
    })
  | (HintPlace & { readonly kind: 'coalesce'; readonly count: number })
  | (HintPlace & { readonly kind: 'rebalance'; readonly columns: readonly string[] })
  | (HintPlace & { readonly kind: 'partitions'; readonly count: number })
  | (HintPlace & { readonly kind: 'local' })
  | (HintPlace & { readonly kind: 'distributed' })
  | (HintPlace & {
      readonly kind: 'resources';
      readonly cpu: number | null;
      readonly memoryBytes: number | null;
    });

/** Where a hint stands. */
export interface HintPlace {
  /** Index of its query block in the translated query. */
  readonly block: number;
  readonly position: number;
}

/** How PARTITION(t, ...) splits a relation. */
export type PartitionScheme =
  | { readonly kind: 'hash'; readonly columns: readonly string[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'rows' }
  | { readonly kind: 'bytes'; readonly byteCount: number }
  | { readonly kind: 'range'; readonly columns: readonly string[] }
  | { readonly kind: 'random' }
  | { readonly kind: 'value'; readonly column: string };
