import duckdb from '@duckdb/node-bindings';
import type { Connection, Database as Instance } from '@duckdb/node-bindings';
import { DuckDBConnection } from '@duckdb/node-api';
import type { DuckDBScalarFunction } from '@duckdb/node-api';
import { mkdirSync } from 'node:fs';
import { quoteText } from '../../planner/types/data-type.js';
import type { CollectedRow, InstanceOptions, TaskSettings } from '../protocol/messages.js';

/** The one DuckDB of an executor process: a connection for its tasks and one for changes while a task runs. */
export class Database {
  readonly #instance: Instance;
  readonly #settings: DuckDBConnection;
  /** The connection tasks run on; the low-level form streams, the other collects. */
  readonly connection: Connection;
  readonly #collector: DuckDBConnection;
  #threads: number;
  #memoryBytes: number;
  #avoidedOptimizers = '';
  #timeZone = '';

  private constructor(instance: Instance, connection: Connection, settings: Connection, options: InstanceOptions) {
    this.#instance = instance;
    this.connection = connection;
    this.#collector = new DuckDBConnection(connection);
    this.#settings = new DuckDBConnection(settings);
    this.#threads = options.threads;
    this.#memoryBytes = options.memoryBytes;
  }

  /** Opens DuckDB and locks it to its directories. */
  static async open(options: InstanceOptions): Promise<Database> {
    mkdirSync(options.spillDirectory, { recursive: true });
    const config = duckdb.create_config();
    const values: readonly (readonly [string, string])[] = [
      ['threads', String(options.threads)],
      ['memory_limit', `${options.memoryBytes}B`],
      ['temp_directory', options.spillDirectory],
      ['autoload_known_extensions', 'false'],
      ['autoinstall_known_extensions', 'false'],
    ];
    for (const [name, value] of values) {
      duckdb.set_config(config, name, value);
    }
    const instance = await duckdb.open(':memory:', config);
    const database = new Database(instance, await duckdb.connect(instance), await duckdb.connect(instance), options);
    const directories = [...options.allowedDirectories, options.spillDirectory].map((path) => quoteText(path.endsWith('/') ? path : `${path}/`));
    for (const statement of [
      'SET GLOBAL errors_as_json = true',
      // Postgres takes ORDER BY 'text' inside aggregates; DuckDB refuses it unless told so.
      'SET GLOBAL order_by_non_integer_literal = true',
      ...options.statements,
      `SET GLOBAL allowed_directories = [${directories.join(', ')}]`,
      'SET GLOBAL enable_external_access = false',
    ]) {
      await database.run(statement);
    }
    return database;
  }

  /** Brings the settings a task asks for into force; only what differs costs anything. */
  async apply(settings: TaskSettings): Promise<void> {
    if (settings.threads !== this.#threads) {
      await this.run(`SET GLOBAL threads = ${settings.threads}`);
      this.#threads = settings.threads;
    }
    if (settings.timeZone !== this.#timeZone) {
      await this.run(`SET TimeZone = ${quoteText(settings.timeZone)}`);
      this.#timeZone = settings.timeZone;
    }
    await this.resize(settings.memoryBytes);
  }

  /** Switches optimizers off for the next task; the ones switched off for the one before come back. */
  async avoidOptimizers(names: string): Promise<void> {
    if (names !== this.#avoidedOptimizers) {
      await this.run(`SET GLOBAL disabled_optimizers = ${quoteText(names)}`);
      this.#avoidedOptimizers = names;
    }
  }

  /**
   * Changes the memory limit, also under a running task. DuckDB refuses a limit below what is in use and cannot be
   * evicted; the old limit then stays until the next resize.
   */
  async resize(memoryBytes: number): Promise<void> {
    if (memoryBytes === this.#memoryBytes) {
      return;
    }
    try {
      await this.#settings.run(`SET GLOBAL memory_limit = '${memoryBytes}B'`);
      this.#memoryBytes = memoryBytes;
    } catch {
      // The use is above the new limit right now: keep the old one.
    }
  }

  /** Adds a function that SQL can call. */
  register(scalar: DuckDBScalarFunction): void {
    this.#collector.registerScalarFunction(scalar);
  }

  /** Runs one statement whose result does not matter. */
  async run(sql: string): Promise<void> {
    await this.#collector.run(sql);
  }

  /** Runs one statement and gives its few rows. Not streamed: a stream's late errors are lost (see stream-task.ts). */
  async collect(sql: string, rowCountMax: number): Promise<readonly CollectedRow[]> {
    const reader = await this.#collector.runAndReadAll(sql);
    return reader.getRowsJson().slice(0, rowCountMax);
  }

  /** Asks the running statement, if any, to stop. */
  interrupt(): void {
    duckdb.interrupt(this.connection);
  }

  /** Closes DuckDB; it removes its spilled files. */
  close(): void {
    duckdb.disconnect_sync(this.connection);
    duckdb.close_sync(this.#instance);
  }
}
