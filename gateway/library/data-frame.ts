import type { RecordBatch, Table } from 'apache-arrow';
import type { FrameNode, FrameScript } from '../../planner/dataframe/frame-node.js';
import { quoteName } from '../../planner/types/data-type.js';
import type { StageProgress } from './stage-progress.js';
import type { FrameActions } from './frame-actions.js';
import { GroupedFrame } from './grouped-frame.js';
import type { AnyScript, BatchScript, NumberScript, RowScript, RowsScript, ScriptOptions, TestScript } from './scripts.js';
import { columnsOf, frameScript, isScript } from './scripts.js';
import type { JoinOptions, PartitionOptions, SortKeys, WriteOptions } from './frame-options.js';
import { joinNode, partitioningOf, textList } from './frame-options.js';

/** How an action is run. */
export interface ActionOptions {
  /** Ends the action; it then fails with 57014. */
  readonly signal?: AbortSignal;
  /** Called as stages begin and their tasks end; an action without stages reports nothing. */
  readonly onProgress?: (progress: StageProgress) => void;
}

/** What EXPLAIN is asked for: its levels and formats. */
export interface ExplainOptions {
  readonly level?: 'translated' | 'logical' | 'distributed' | 'fragments';
  readonly format?: 'text' | 'json' | 'dot';
}

/**
 * Rows that are computed when an action asks for them. Methods that give a data frame run nothing; texts in them are SQL
 * expressions of Sluice. Data frames are values: a method never changes the one it is called on.
 */
export class DataFrame {
  readonly #actions: FrameActions;
  readonly #node: FrameNode;

  constructor(actions: FrameActions, node: FrameNode) {
    this.#actions = actions;
    this.#node = node;
  }

  /** What the frame consists of, for `sql` and its kin. */
  get node(): FrameNode {
    return this.#node;
  }

  #with(node: FrameNode): DataFrame {
    return new DataFrame(this.#actions, node);
  }

  /** The columns of that name. */
  select(...columns: readonly string[]): DataFrame {
    return this.map(columns.map(quoteName));
  }

  /**
   * A row for each row: SELECT of these expressions, `*` among them where all columns stay; or what a function gives for each
   * row, `columns` saying which columns that has.
   */
  map(expressions: string | readonly string[]): DataFrame;
  map(script: RowScript, options: ScriptOptions): DataFrame;
  map(what: string | readonly string[] | RowScript, options: ScriptOptions = {}): DataFrame {
    return isScript(what) ? this.#script(what, 'map', options) : this.#with({ kind: 'select', input: this.#node, expressions: textList(what) });
  }

  /** Any number of rows for each row: `unnest(...)` among the expressions makes them, or a function that gives an array of rows. */
  flatMap(expressions: string | readonly string[]): DataFrame;
  flatMap(script: RowsScript, options: ScriptOptions): DataFrame;
  flatMap(what: string | readonly string[] | RowsScript, options: ScriptOptions = {}): DataFrame {
    return isScript(what) ? this.#script(what, 'flat_map', options) : this.#with({ kind: 'select', input: this.#node, expressions: textList(what) });
  }

  /** The rows for which the condition, or what a function gives, is true. */
  filter(condition: string | TestScript, options: Omit<ScriptOptions, 'columns'> = {}): DataFrame {
    return isScript(condition) ? this.#script(condition, 'filter', options) : this.#with({ kind: 'filter', input: this.#node, condition });
  }

  /** The rows that a function makes of Arrow tables of up to 2048 rows each, as a table or as an array of objects. */
  mapBatches(script: BatchScript, options: ScriptOptions = {}): DataFrame {
    return this.#script(script, 'batch', options);
  }

  #script(script: AnyScript, use: FrameScript['use'], options: ScriptOptions): DataFrame {
    return this.#with({ kind: 'script', input: this.#node, script: frameScript(script, use, options), columns: columnsOf(options) });
  }

  /** All rows of both, columns by place, or by name where missing ones are NULL. */
  union(others: DataFrame | readonly DataFrame[], options: { readonly byName?: boolean } = {}): DataFrame {
    const more = others instanceof DataFrame ? [others] : others;
    return this.#with({ kind: 'union', inputs: [this.#node, ...more.map((frame) => frame.node)], isByName: options.byName === true });
  }

  /** A join; `on` and `select` call this frame l and the other r. */
  join(other: DataFrame, options: JoinOptions): DataFrame {
    return this.#with(joinNode(this.#node, other.node, options));
  }

  /** Groups by expressions, `AS` naming them; `aggregate` then says what of each group. */
  groupBy(...groups: readonly string[]): GroupedFrame {
    return new GroupedFrame((aggregates) => this.#with({ kind: 'aggregate', input: this.#node, groups, aggregates }));
  }

  /** One row of aggregates over all rows. */
  aggregate(...aggregates: readonly string[]): DataFrame {
    return this.#with({ kind: 'aggregate', input: this.#node, groups: [], aggregates });
  }

  /** The rows without those that are there twice. */
  distinct(): DataFrame {
    return this.#with({ kind: 'distinct', input: this.#node });
  }

  /** All rows in order: `sort('a', 'b DESC NULLS LAST')`. */
  sort(...keys: SortKeys): DataFrame {
    return this.#with({ kind: 'sort', input: this.#node, keys });
  }

  /** The first rows, after as many as `offset` says; which ones, an order right below decides. */
  limit(count: number, offset = 0): DataFrame {
    return this.#with({ kind: 'limit', input: this.#node, count: wholeNumber(count), offset: wholeNumber(offset) });
  }

  /**
   * The same rows in `count` partitions: by files unless the options say otherwise. What runs by partitions (`partialSql`,
   * `partialSort`, `map`, `filter` right above, files that are written) sees them; joins, groups and sorts need none.
   */
  repartition(count: number | readonly ({ readonly count: number } & PartitionOptions)[], options: PartitionOptions = {}): DataFrame {
    return this.#with({ kind: 'repartition', input: this.#node, partitioning: partitioningOf(count, options) });
  }

  /** Partitions of about this size each, such as '512MB', where the frame reads files; other rows stay in their partitions. */
  repartitionBySize(size: string): DataFrame {
    return this.#with({ kind: 'repartition', input: this.#node, partitioning: { kind: 'bytes', size } });
  }

  /** Partitions by an expression, or a function, that gives each row's partition, 0 to count - 1; anything else is 22003. */
  partition(count: number, by: string | NumberScript, options: Omit<ScriptOptions, 'columns'> = {}): DataFrame {
    const partitioning = isScript(by)
      ? { kind: 'script' as const, script: frameScript(by, 'number', options), count: wholeNumber(count) }
      : { kind: 'expression' as const, sql: by, count: wholeNumber(count) };
    return this.#with({ kind: 'repartition', input: this.#node, partitioning });
  }

  /** ORDER BY inside each partition. */
  partialSort(...keys: SortKeys): DataFrame {
    return this.#with({ kind: 'partial_sort', input: this.#node, keys });
  }

  /** A query run once a partition, over this frame as {0} and the others as {1}, {2}, ...: partition i of all of them. */
  partialSql(text: string, ...others: readonly DataFrame[]): DataFrame {
    return this.#with({ kind: 'partial_sql', text, inputs: [this.#node, ...others.map((frame) => frame.node)] });
  }

  /** All rows in no order, in `count` partitions. */
  randomShuffle(count: number, options: { readonly seed?: number } = {}): DataFrame {
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
    const input: FrameNode = { kind: 'repartition', input: this.#node, partitioning: { kind: 'random', count: wholeNumber(count), seed: wholeNumber(seed) } };
    return this.#with({ kind: 'partial_sort', input, keys: ['random()'] });
  }

  /** Writes the rows as a dataset of Parquet files, a file a task, and gives their paths. */
  writeParquet(path: string, options: WriteOptions & ActionOptions = {}): Promise<readonly string[]> {
    return this.#actions.write(this.#node, path, 'parquet', options);
  }

  /** Writes the rows as CSV files with a header line. */
  writeCsv(path: string, options: WriteOptions & ActionOptions = {}): Promise<readonly string[]> {
    return this.#actions.write(this.#node, path, 'csv', options);
  }

  /** Writes the rows as files of JSON lines. */
  writeJson(path: string, options: WriteOptions & ActionOptions = {}): Promise<readonly string[]> {
    return this.#actions.write(this.#node, path, 'json', options);
  }

  /** A frame over a Parquet dataset that is written when it is first read, or by `compute`. */
  writeParquetLazy(path: string, options: WriteOptions = {}): DataFrame {
    return this.#with(this.#actions.writeLazily(this.#node, path, options));
  }

  /** How many rows there are. */
  async count(options: ActionOptions = {}): Promise<number> {
    const [row] = await this.aggregate('count(*) AS count').takeAll(options);
    return Number(row?.['count'] ?? 0);
  }

  /** The first rows as objects; see docs/library.md for the values' types. */
  take(count: number, options: ActionOptions = {}): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.limit(count).takeAll(options);
  }

  /** All rows as objects. */
  takeAll(options: ActionOptions = {}): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#actions.rows(this.#node, options);
  }

  /** All rows as an Arrow table. */
  toArrow(options: ActionOptions = {}): Promise<Table> {
    return this.#actions.table(this.#node, options);
  }

  /** The rows as Arrow record batches, made as they are read. */
  toBatches(options: ActionOptions = {}): AsyncGenerator<RecordBatch, void, undefined> {
    return this.#actions.batches(this.#node, options);
  }

  /** Computes the rows now and keeps them in the session: every frame made of this one then reads them. */
  async compute(options: ActionOptions = {}): Promise<DataFrame> {
    await this.#actions.compute(this.#node, options);
    return this;
  }

  /** True when the rows are kept. */
  get isComputed(): boolean {
    return this.#actions.isComputed(this.#node);
  }

  /** Forgets the kept rows and computes them again. */
  async recompute(options: ActionOptions = {}): Promise<DataFrame> {
    await this.#actions.forget(this.#node);
    return this.compute(options);
  }

  /** Names and types of the columns, as DuckDB has them. */
  schema(options: ActionOptions = {}): Promise<readonly { readonly name: string; readonly type: string }[]> {
    return this.#actions.schema(this.#node, options);
  }

  /** What EXPLAIN says of the frame's plan. */
  explain(options: ExplainOptions & ActionOptions = {}): Promise<string> {
    return this.#actions.explain(this.#node, options);
  }
}

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`a whole number from 0 is expected, not ${value}`);
  }
  return value;
}
