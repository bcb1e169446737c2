import assert from 'node:assert/strict';
import { Table } from 'apache-arrow';
import type { RecordBatch } from 'apache-arrow';
import { compileFrame } from '../../planner/dataframe/compile-frame.js';
import type { FrameNode, StoredNode } from '../../planner/dataframe/frame-node.js';
import { frameInputs, withFrameInputs } from '../../planner/dataframe/frame-node.js';
import type { Relation } from '../../planner/relation/relation.js';
import { printDataType } from '../../planner/types/data-type.js';
import { storedType } from '../../planner/types/stored-type.js';
import { stagedRelation } from '../lake/staged-rows.js';
import type { ExecutionResult } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { writeDataset } from '../statements/copy.js';
import { readCopyOptions } from '../statements/copy-options.js';
import { ArrowBatches } from '../../executor/arrow/arrow-batches.js';
import { rowsOfTable } from '../../executor/arrow/arrow-rows.js';
import type { BoundFrame } from './bind-frame.js';
import { FrameBinder } from './bind-frame.js';
import type { ActionOptions, ExplainOptions } from './data-frame.js';
import { explainFrame } from './explain-frame.js';
import type { WriteOptions } from './frame-options.js';
import { textList } from './frame-options.js';
import type { FrameRunner } from './frame-runner.js';
import { PulledBatches } from './pulled-batches.js';
import { runFrame, writeFrame, writtenColumns } from './run-frame.js';
import type { StoredRows } from './stored-rows.js';

const NEVER = new AbortController().signal;

/** What data frames can be asked to do: each action compiles its frame, binds it, and runs it as one statement. */
export class FrameActions {
  readonly #runner: FrameRunner;
  readonly #stored: StoredRows;
  /** Rows that are kept of a frame. */
  readonly #computed = new Map<FrameNode, StoredNode>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(runner: FrameRunner, stored: StoredRows) {
    this.#runner = runner;
    this.#stored = stored;
  }

  /** Waits for the actions that run. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.allSettled(this.#running);
    }
  }

  /** Runs an action that `settled` waits for. */
  #track<T>(action: () => Promise<T>): Promise<T> {
    const running = action().finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  /** The rows as record batches, as they are made. */
  async *batches(node: FrameNode, options: ActionOptions): AsyncGenerator<RecordBatch, void, undefined> {
    const stop = new AbortController();
    const pulled = new PulledBatches();
    const signal = AbortSignal.any([options.signal ?? NEVER, stop.signal]);
    const running = this.#read(node, { ...options, signal }, (batch) => pulled.offer(batch)).finally(() => pulled.end());
    running.catch(() => undefined); // thrown to the reader below
    try {
      for (let batch = await pulled.take(); batch !== null; batch = await pulled.take()) {
        yield batch;
      }
      await running;
    } finally {
      stop.abort();
      pulled.end();
      await running.catch(() => undefined);
    }
  }

  /** All rows as one table. */
  async table(node: FrameNode, options: ActionOptions): Promise<Table> {
    const batches: RecordBatch[] = [];
    const schema = await this.#read(node, options, (batch) => {
      batches.push(batch);
    });
    return new Table(schema, batches);
  }

  /** All rows as objects. */
  async rows(node: FrameNode, options: ActionOptions): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return rowsOfTable(await this.table(node, options));
  }

  /** Names and types of the columns. */
  schema(node: FrameNode, options: ActionOptions): Promise<readonly { readonly name: string; readonly type: string }[]> {
    return this.#run('schema', node, options, (frame) => Promise.resolve(frame.columns.map(({ name, type }) => ({ name, type: printDataType(type) }))));
  }

  /** What EXPLAIN says. */
  explain(node: FrameNode, options: ExplainOptions & ActionOptions): Promise<string> {
    return this.#run('explain', node, options, (frame) => explainFrame(frame, options.level ?? 'distributed', options.format ?? 'text'));
  }

  /** Writes a dataset, all or nothing, and gives its files' paths below the data directory. */
  write(node: FrameNode, path: string, format: 'parquet' | 'csv' | 'json', options: WriteOptions & ActionOptions): Promise<readonly string[]> {
    const given = new Map<string, readonly string[]>([
      ['format', [format]],
      ...(options.partitionBy === undefined ? [] : [['partition_by', textList(options.partitionBy)] as const]),
      ...(options.mode === undefined || options.mode === 'create' ? [] : [[options.mode, []] as const]),
      ...Object.entries(options.options ?? {}).map(([name, value]) => [name, [String(value)]] as const),
    ]);
    const target = readCopyOptions(path, given);
    return this.#run(`write ${path}`, node, options, async (frame, session, signal) => {
      session.requireWritable('COPY TO');
      await session.access.requireFiles('write', 'write files');
      const columns = writtenColumns(frame.columns, (type) => type);
      const files = await writeDataset(session, path, target, columns, signal, (sink, directory) => writeFrame(frame, columns, sink, directory, signal));
      return files.map((file) => (target.singleFile ? path : `${path.replace(/\/+$/, '')}/${file.relativePath}`));
    });
  }

  /** Rows of a dataset that is written when they are first read. */
  writeLazily(node: FrameNode, path: string, options: WriteOptions): StoredNode {
    return this.#stored.add(async (_, signal) => {
      await this.write(node, path, 'parquet', { ...options, signal });
      return this.#runner.services.datasets.resolveFileFunction({ function: 'read_parquet', paths: [path], options: {}, position: 1 });
    });
  }

  /** Computes the rows and keeps them. */
  async compute(node: FrameNode, options: ActionOptions): Promise<void> {
    const stored =
      node.kind === 'stored'
        ? node
        : (this.#computed.get(node) ?? this.#stored.add((directory, signal) => this.#keep(node, directory, { ...options, signal })));
    await this.#stored.relation(stored.id, options.signal ?? NEVER);
    if (node.kind !== 'stored') {
      this.#computed.set(node, stored);
    }
  }

  /** True when the rows are kept. */
  isComputed(node: FrameNode): boolean {
    const stored = node.kind === 'stored' ? node : this.#computed.get(node);
    return stored !== undefined && this.#stored.isMade(stored.id);
  }

  /** Forgets what is kept of a frame. */
  async forget(node: FrameNode): Promise<void> {
    const stored = node.kind === 'stored' ? node : this.#computed.get(node);
    this.#computed.delete(node);
    if (stored !== undefined) {
      await this.#stored.forget(stored.id);
    }
  }

  /** Writes the rows into files of the session. */
  #keep(node: FrameNode, directory: string, options: ActionOptions): Promise<Relation> {
    return this.#run('compute', node, options, async (frame, _, signal) => {
      const columns = writtenColumns(frame.columns, storedType);
      const sink = { format: 'parquet' as const, columnNames: columns.map(({ name }) => name), partitionBy: [], options: {}, singleFile: false };
      const files = await writeFrame(frame, columns, sink, directory, signal);
      return stagedRelation(
        'stored',
        frame.columns,
        files.filter((file) => file.rowCount > 0).map(({ path, byteCount, rowCount }) => ({ path, byteCount, rowCount })),
      );
    });
  }

  /** Runs a frame and hands over its batches; gives their schema. */
  #read(node: FrameNode, options: ActionOptions, take: (batch: RecordBatch) => Promise<void> | void): Promise<ArrowBatches['schema']> {
    return this.#track(async () => {
      const { signal, relations } = await this.#prepare(node, options);
      return this.#runner.run(
        'data frame',
        signal,
        async (session): Promise<ExecutionResult> => {
          const frame = await this.#bind(session, node, relations, options);
          const { stream, notices } = await runFrame(frame, signal);
          return { kind: 'rows', columns: stream.columns, stream, tag: (count) => `SELECT ${count}`, notices };
        },
        (result) => readBatches(result, take),
      );
    });
  }

  /** Runs work over a bound frame as one statement. */
  #run<T>(what: string, node: FrameNode, options: ActionOptions, work: (frame: BoundFrame, session: Session, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#track(async () => {
      const { signal, relations } = await this.#prepare(node, options);
      const done: T[] = [];
      return this.#runner.run(
        `data frame: ${what}`,
        signal,
        async (session): Promise<ExecutionResult> => {
          done.push(await work(await this.#bind(session, node, relations, options), session, signal));
          return { kind: 'command', tag: what, notices: [] };
        },
        () => {
          const [value] = done;
          assert(value !== undefined, 'the work was done');
          return Promise.resolve(value);
        },
      );
    });
  }

  async #bind(session: Session, node: FrameNode, relations: ReadonlyMap<string, Relation>, options: ActionOptions): Promise<BoundFrame> {
    const frame = await FrameBinder.bind(session, compileFrame(this.#withComputed(node)), relations, options.onProgress);
    if (frame.scripts.length > 0) {
      // They run as executors do, with all that those may do.
      await session.access.requireSuperuser('run functions in JavaScript');
    }
    return frame;
  }

  /** Makes the kept rows that a frame reads. */
  async #prepare(node: FrameNode, options: ActionOptions): Promise<{ readonly signal: AbortSignal; readonly relations: ReadonlyMap<string, Relation> }> {
    const signal = options.signal ?? NEVER;
    const relations = new Map<string, Relation>();
    for (const id of storedIds(this.#withComputed(node))) {
      relations.set(id, await this.#stored.relation(id, signal));
    }
    return { signal, relations };
  }

  /** The frame with kept rows in the place of what they were computed from. Partitions are made again: files do not say them. */
  #withComputed(node: FrameNode): FrameNode {
    const stored = this.#computed.get(node);
    if (stored !== undefined) {
      return node.kind === 'repartition' || node.kind === 'partial_sort' ? { ...node, input: stored } : stored;
    }
    const inputs = frameInputs(node);
    const after = inputs.map((input) => this.#withComputed(input));
    return after.every((input, index) => input === inputs[index]) ? node : withFrameInputs(node, after);
  }
}

async function readBatches(result: ExecutionResult, take: (batch: RecordBatch) => Promise<void> | void): Promise<ArrowBatches['schema']> {
  assert(result.kind === 'rows', 'a data frame gives rows');
  const batches = new ArrowBatches(result.columns);
  try {
    for (let batch = await result.stream.next(); batch !== null; batch = await result.stream.next()) {
      await take(batches.read(batch));
    }
  } finally {
    await result.stream.close();
  }
  return batches.schema;
}

function storedIds(node: FrameNode): ReadonlySet<string> {
  return node.kind === 'stored' ? new Set([node.id]) : new Set(frameInputs(node).flatMap((input) => [...storedIds(input)]));
}
