import type { FrameJoinType, FrameNode, FramePartitioning } from '../../planner/dataframe/frame-node.js';

/** Which partition a row goes to; one of these at most. Without any, files are dealt out whole, and other rows evenly. */
export interface PartitionOptions {
  /** `files`, `rows`, or the name of a column of whole numbers: the partition's number. */
  readonly by?: string;
  /** Rows that agree in these columns are in one partition. */
  readonly hashBy?: string | readonly string[];
  /** Partition i has the rows that come before those of i + 1 in these columns' order. */
  readonly rangeBy?: string | readonly string[];
  /** In no order; a number is the seed. */
  readonly random?: boolean | number;
}

/** How two frames are joined. */
export interface JoinOptions {
  readonly type?: FrameJoinType;
  /** A condition over l and r. */
  readonly on?: string;
  /** Columns that both have. */
  readonly using?: string | readonly string[];
  /** What is kept, over l and r; all columns where this is absent. */
  readonly select?: string | readonly string[];
}

/** How a dataset is written. */
export interface WriteOptions {
  /** What happens when the target is there: an error unless this says otherwise. */
  readonly mode?: 'create' | 'overwrite' | 'append';
  /** Columns that become folders, hive style. */
  readonly partitionBy?: string | readonly string[];
  /** Further options of COPY ... TO for the format, such as { compression: 'zstd' }. */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
}

/** ORDER BY's keys. */
export type SortKeys = readonly [string, ...string[]];

/** One text or several. */
export function textList(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : typeof texts === 'string' ? [texts] : texts;
}

/** What `repartition` means. Throws RangeError, TypeError for what makes no sense. */
export function partitioningOf(count: number | readonly ({ readonly count: number } & PartitionOptions)[], options: PartitionOptions): FramePartitioning {
  if (typeof count === 'number') {
    return onePartitioning(count, options);
  }
  const dimensions = count.map((dimension) => {
    const { count: own, ...rest } = dimension;
    const partitioning = onePartitioning(own, rest);
    if (partitioning.kind !== 'hash' && partitioning.kind !== 'value') {
      throw new TypeError('nested dimensions are by hash or by the number in a column');
    }
    return partitioning;
  });
  return { kind: 'nested', dimensions };
}

function onePartitioning(count: number, { by, hashBy, rangeBy, random }: PartitionOptions): FramePartitioning {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`a number of partitions from 1 is expected, not ${count}`);
  }
  if ([by, hashBy, rangeBy, random].filter((option) => option !== undefined && option !== false).length > 1) {
    throw new TypeError('a repartition is by one of by, hashBy, rangeBy, random');
  }
  if (hashBy !== undefined) {
    return { kind: 'hash', columns: textList(hashBy), count };
  }
  if (rangeBy !== undefined) {
    return { kind: 'range', columns: textList(rangeBy), count };
  }
  if (random !== undefined && random !== false) {
    return { kind: 'random', count, seed: random === true ? Math.floor(Math.random() * 2 ** 31) : random };
  }
  return by === undefined || by === 'files' || by === 'rows' ? { kind: 'split', by: by ?? 'files', count } : { kind: 'value', column: by, count };
}

/** A join's node. */
export function joinNode(left: FrameNode, right: FrameNode, options: JoinOptions): FrameNode {
  const { on, using, select } = options;
  if (on !== undefined && using !== undefined) {
    throw new TypeError('a join is by on or by using, not by both');
  }
  const joinType = options.type ?? 'inner';
  if (on === undefined && using === undefined && joinType !== 'cross') {
    throw new TypeError('a join needs on or using');
  }
  return {
    kind: 'join',
    left,
    right,
    joinType,
    condition: on !== undefined ? { kind: 'on', sql: on } : using !== undefined ? { kind: 'using', columns: textList(using) } : { kind: 'none' },
    expressions: select === undefined ? null : textList(select),
  };
}
