import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Table } from 'apache-arrow';
import type { FilesNode, FrameNode } from '../../planner/dataframe/frame-node.js';
import type { BoundColumn } from '../../planner/dataframe/partitioned-plan.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { quoteText } from '../../planner/types/data-type.js';
import { storedType } from '../../planner/types/stored-type.js';
import type { Engine } from '../cli/engine.js';
import { stagedRelation } from '../lake/staged-rows.js';
import { sessionQueryContext } from '../query/session-context.js';
import { writeSql } from '../query/write-query.js';
import type { Session as GatewaySession } from '../session/session.js';
import { columnsOfTable, itemsOfTable } from '../../executor/arrow/arrow-input.js';
import { DataFrame } from './data-frame.js';
import type { ActionOptions } from './data-frame.js';
import { FrameActions } from './frame-actions.js';
import type { FrameRunner } from './frame-runner.js';
import { columnsOfItems, jsonLines, readLinesSql } from '../../executor/arrow/literal-rows.js';
import type { Item } from '../../executor/arrow/literal-rows.js';
import { runCommands } from './run-commands.js';
import type { CommandResult } from './run-commands.js';
import { writtenColumns } from './run-frame.js';
import { StoredRows } from './stored-rows.js';

/** How files are read. */
export interface ReadOptions {
  /** Columns read; all where absent. */
  readonly columns?: readonly string[];
  /** Files may lack columns, or have them in another order: they are matched by name, and missing ones are NULL. */
  readonly unionByName?: boolean;
  /** Further options of the reader, as in SQL: { header: true, delim: ';' }. */
  readonly options?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** A connection of a program to executors of its own, or to a cluster. */
export class Session {
  readonly #engine: Engine;
  readonly #runner: FrameRunner;
  readonly #stored: StoredRows;
  readonly #actions: FrameActions;
  #statements: Promise<GatewaySession> | null = null;
  #lastCommand: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | null = null;

  constructor(engine: Engine, runner: FrameRunner) {
    this.#engine = engine;
    this.#runner = runner;
    this.#stored = new StoredRows(join(engine.services.temporaryDirectory, 'library'));
    this.#actions = new FrameActions(runner, this.#stored);
  }

  #frame(node: FrameNode): DataFrame {
    return new DataFrame(this.#actions, node);
  }

  /** Parquet files by path, folder or pattern, below the data directory. */
  readParquet(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('parquet', paths, options);
  }

  /** CSV files. */
  readCsv(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('csv', paths, options);
  }

  /** Files of JSON lines, or of one array. */
  readJson(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('json', paths, options);
  }

  #read(format: FilesNode['format'], paths: string | readonly string[], { columns, unionByName, options }: ReadOptions): DataFrame {
    const named = { ...options, ...(unionByName === undefined ? {} : { union_by_name: unionByName }) };
    return this.#frame({
      kind: 'files',
      format,
      paths: typeof paths === 'string' ? [paths] : paths,
      columns: columns ?? null,
      options: Object.fromEntries(Object.entries(named).map(([name, value]) => [optionName(name), literal(value)])),
    });
  }

  /** A table or view by name: `trips`, `schema.trips`. */
  table(name: string): DataFrame {
    const [first = '', second, ...others] = name.split('.');
    if (others.length > 0) {
      throw new TypeError(`"${name}" is no name of a table`);
    }
    return this.#frame({ kind: 'table', schema: second === undefined ? null : first, name: second ?? first });
  }

  /** A query, in which {0}, {1}, ... are the rows of these frames. */
  sql(text: string, ...inputs: readonly DataFrame[]): DataFrame {
    return this.#frame({ kind: 'sql', text, inputs: inputs.map((input) => input.node) });
  }

  /** A query run once a partition of its frames: smallpond's partial_sql. */
  partialSql(text: string, ...inputs: readonly [DataFrame, ...DataFrame[]]): DataFrame {
    return this.#frame({ kind: 'partial_sql', text, inputs: inputs.map((input) => input.node) });
  }

  /** Literal rows; types are found from the values. */
  fromItems(items: readonly Item[]): DataFrame {
    const columns = columnsOfItems(items);
    return this.#frame(this.#stored.add((directory, signal) => this.#keepLines(directory, signal, columns, () => items)));
  }

  /** Rows of an Arrow table, with its types. */
  fromArrow(table: Table): DataFrame {
    const columns = columnsOfTable(table);
    return this.#frame(this.#stored.add((directory, signal) => this.#keepLines(directory, signal, columns, () => itemsOfTable(table))));
  }

  /** Runs statements, one after another in one session of this connection, and gives the rows or the tag of each. */
  execute(text: string, options: ActionOptions = {}): Promise<readonly CommandResult[]> {
    const done = this.#lastCommand.then(async () => {
      this.#statements ??= this.#runner.open();
      return runCommands(await this.#statements, text, options.signal ?? new AbortController().signal);
    });
    this.#lastCommand = done.catch(() => undefined);
    return done;
  }

  /** Computes several frames at the same time. */
  async wait(...frames: readonly DataFrame[]): Promise<void> {
    await Promise.all(frames.map((frame) => frame.compute()));
  }

  /** Waits for the actions that run, then ends everything: kept rows are gone, executors end. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#actions.settled();
    await this.#lastCommand;
    await (await this.#statements)?.close();
    await this.#stored.close();
    await this.#engine.close();
  }

  /** Writes literal rows as lines of JSON and lets an executor make Parquet of them. */
  async #keepLines(
    directory: string,
    signal: AbortSignal,
    columns: readonly BoundColumn[],
    items: () => Iterable<Item>,
  ): Promise<ReturnType<typeof stagedRelation>> {
    if (columns.length === 0) {
      throw new TypeError('literal rows need a column');
    }
    const path = join(directory, 'rows.ndjson');
    let lineBytesMax = 0;
    const measured = function* (lines: Iterable<string>): Generator<string> {
      for (const line of lines) {
        lineBytesMax = Math.max(lineBytesMax, Buffer.byteLength(line));
        yield line;
      }
    };
    await pipeline(Readable.from(measured(jsonLines(items()))), createWriteStream(path), { signal });
    const written = writtenColumns(columns, storedType);
    const sink = { format: 'parquet' as const, columnNames: columns.map(({ name }) => name), partitionBy: [], options: {}, singleFile: false };
    const { size } = await stat(path);
    const made: { readonly path: string; readonly byteCount: number; readonly rowCount: number }[] = [];
    const files =
      size === 0
        ? []
        : await this.#runner.run(
            'literal rows',
            signal,
            async (session, options) => {
              const context = sessionQueryContext(session, await session.names.current());
              const all = await writeSql(context, readLinesSql(path, columns, lineBytesMax), written, sink, directory, options.signal);
              made.push(...all.map((file) => ({ path: file.path, byteCount: file.byteCount, rowCount: file.rowCount })));
              return { kind: 'command', tag: 'literal rows', notices: [] };
            },
            () => Promise.resolve(made),
          );
    return stagedRelation('stored', columns, files);
  }
}

/** Prints a notice of the server to standard error. */
export function printNotice(notice: SqlNotice): void {
  process.stderr.write(`${notice.severity}:  ${notice.message}\n`);
}

/** camelCase as SQL's options are called. */
function optionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function literal(value: string | number | boolean | readonly string[]): string {
  if (typeof value === 'string') {
    return quoteText(value);
  }
  return typeof value === 'object' ? `ARRAY[${value.map(quoteText).join(', ')}]` : String(value);
}
