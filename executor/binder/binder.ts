import assert from 'node:assert/strict';

import { join } from 'node:path';
import { quoteText } from '../../planner/types/data-type.js';
import type { Column } from '../../planner/relation/relation.js';
import type { DescribedColumn, FileInspector, InspectedFile, Prelude } from '../engine.js';
import { toSqlError } from '../errors/duckdb-error.js';
import { readPlanException } from '../errors/exception.js';
import { ProcessFolder } from '../pool/process-folder.js';
import type { CollectedRow, InstanceOptions } from '../protocol/messages.js';
import { inspectParquet } from './inspect-parquet.js';
import type { BinderOptions } from './options.js';
import { SerialProcess } from './serial-process.js';
import { StubFiles } from './stub-files.js';

/** Memory of a binder process: plans, footers and catalog tables, never data. */
const MEMORY_BYTES = 1 << 30;

/** Most rows of a metadata query: a row a column a file. */
const TEXT_ROWS_MAX = 1_000_000;

/**
 * Planning is not threaded, and these optimizers make plans that cannot be serialized or executed elsewhere
 * (measured: without this a third of TPC-DS fails to serialize).
 */
const DISABLED_OPTIMIZERS = 'column_lifetime,compressed_materialization,late_materialization,join_filter_pushdown';
/** Off where DuckDB fails to write a plan: it loses columns of some GROUP BYs (count(DISTINCT a), count(DISTINCT a + 0)). */
const FAULTY_OPTIMIZER = 'common_aggregate';

function disableOptimizers(names: string): string {
  return `SET GLOBAL disabled_optimizers = ${quoteText(names)}`;
}

/**
 * DuckDB as binder and optimizer, in processes of its own: one plans and describes, the other reads files' footers and
 * headers, which can be slow. A statement that ends its process is tried once more in a fresh one.
 */
export class Binder implements FileInspector {
  readonly #planner: SerialProcess;
  readonly #inspector: SerialProcess;
  readonly #stubs: StubFiles;
  readonly #stubFolder: ProcessFolder;
  readonly #processFolder: ProcessFolder;

  private constructor(options: BinderOptions, stubFolder: ProcessFolder, processFolder: ProcessFolder) {
    this.#stubFolder = stubFolder;
    this.#processFolder = processFolder;
    const instance: Omit<InstanceOptions, 'spillDirectory' | 'threads'> = {
      memoryBytes: MEMORY_BYTES,
      allowedDirectories: [...options.readableRoots, this.#stubFolder.path],
      statements: [],
    };
    this.#planner = new SerialProcess(
      { ...instance, threads: 1, spillDirectory: this.#processFolder.next(), statements: [disableOptimizers(DISABLED_OPTIMIZERS)] },
      options.log,
    );
    this.#inspector = new SerialProcess({ ...instance, threads: 2, spillDirectory: this.#processFolder.next() }, options.log);
    this.#stubs = new StubFiles(this.#stubFolder.path, async (sql) => {
      await collect(this.#planner, [sql], 1);
    });
  }

  /** Starts both processes. */
  static async start(options: BinderOptions): Promise<Binder> {
    const binder = new Binder(
      options,
      await ProcessFolder.open(join(options.stubDirectory, 'stubs'), 'stubs'),
      await ProcessFolder.open(join(options.spillDirectory, 'executors'), 'spill'),
    );
    try {
      await Promise.all([binder.#planner.start(), binder.#inspector.start()]);
    } catch (error) {
      await binder.close();
      throw error;
    }
    return binder;
  }

  /** Names and types of a query's columns. */
  async describe(sql: string, preludes: readonly Prelude[] = [], timeZone: string = 'UTC'): Promise<readonly DescribedColumn[]> {
    return await describe(this.#planner, sql, preludes, timeZone);
  }

  /** DuckDB's optimized logical plan of a query as JSON text. Constants are folded in the time zone given. */
  async plan(sql: string, timeZone: string = 'UTC'): Promise<string> {
    const json = await this.#serializePlan([], sql, timeZone);
    const exception = readPlanException(json);
    if (exception === undefined) {
      return json;
    }
    const again = await this.#serializePlan([disableOptimizers(`${DISABLED_OPTIMIZERS},${FAULTY_OPTIMIZER}`)], sql, timeZone);
    await collect(this.#planner, [disableOptimizers(DISABLED_OPTIMIZERS)], 1);
    if (readPlanException(again) !== undefined) {
      throw toSqlError(exception);
    }
    return again;
  }

  async #serializePlan(before: readonly string[], sql: string, timeZone: string): Promise<string> {
    const rows = await collect(this.#planner, [...before, `SELECT json_serialize_plan(${quoteText(sql)}, optimize := true, skip_null := true)`], 1, timeZone);
    const json = rows[0]?.[0];
    assert(typeof json === 'string', 'json_serialize_plan gives one text');
    return json;
  }

  /** Path of a zero-row Parquet file with these columns; its name ends in the reference's index. */
  async stubFor(columns: readonly Column[], referenceIndex: number): Promise<string> {
    return await this.#stubs.path(columns, referenceIndex);
  }

  /** Names and types of a table expression over files (`read_csv([...])`), sniffed by DuckDB. */
  async describeFiles(tableExpression: string): Promise<readonly DescribedColumn[]> {
    return await describe(this.#inspector, `SELECT * FROM ${tableExpression}`, [], 'UTC');
  }

  /** Rows, row groups and statistics of Parquet files. */
  async inspectParquet(paths: readonly string[]): Promise<readonly InspectedFile[]> {
    return await inspectParquet(paths, (sql, rowCountMax) => collect(this.#inspector, [sql], rowCountMax));
  }

  /** Rows of a trusted query over metadata functions, whose columns are all VARCHAR. */
  async queryText(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const rows = await collect(this.#inspector, [sql], TEXT_ROWS_MAX);
    return rows.map((row) =>
      row.map((value) => {
        assert(value === null || typeof value === 'string', 'every column is VARCHAR');
        return value;
      }),
    );
  }

  /** Process ids, planner first; for status and tests. */
  get processIds(): readonly number[] {
    return [this.#planner.processId, this.#inspector.processId].flatMap((id) => id ?? []);
  }

  /** Ends both processes and removes the stubs. */
  async close(): Promise<void> {
    await Promise.all([this.#planner.close(), this.#inspector.close()]);
    await this.#stubFolder.close();
    await this.#processFolder.close();
  }
}

async function describe(process: SerialProcess, sql: string, preludes: readonly Prelude[], timeZone: string): Promise<readonly DescribedColumn[]> {
  const end = await process.run({ kind: 'describe', sql, preludes }, timeZone);
  assert(end.kind === 'described');
  return end.columns;
}

async function collect(process: SerialProcess, statements: readonly string[], rowCountMax: number, timeZone = 'UTC'): Promise<readonly CollectedRow[]> {
  const end = await process.run({ kind: 'collect', statements, directories: [], rowCountMax, preludes: [], inputs: [] }, timeZone);
  assert(end.kind === 'collected');
  return end.rows;
}
