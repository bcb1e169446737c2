import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { StubFiles } from '../../executor/binder/stub-files.js';
import { readPlan } from '../../planner/bind/read-plan.js';
import type { ReadPlanResult } from '../../planner/plan/nodes.js';
import { estimateRowCount } from '../../planner/relation/relation.js';
import { stubScanSql } from '../../planner/relation/scan-sql.js';
import type { RelationReference } from '../../planner/translate/translated.js';
import { quoteText } from '../../planner/types/data-type.js';

/** The optimizers that are off where plans are made; see executor/binder. */
const DISABLED_OPTIMIZERS = 'column_lifetime,compressed_materialization,late_materialization,join_filter_pushdown';

/** DuckDB in the test process as the binder: plans statements over zero-row stubs of their tables. */
export class StubBinder {
  readonly #folder: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #stubs: StubFiles;

  private constructor(folder: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#folder = folder;
    this.#instance = instance;
    this.#connection = connection;
    this.#stubs = new StubFiles(folder, async (sql) => {
      await connection.run(sql);
    });
  }

  static async start(): Promise<StubBinder> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      disabled_optimizers: DISABLED_OPTIMIZERS,
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new StubBinder(mkdtempSync(join(tmpdir(), 'stub-binder-')), instance, connection);
  }

  stop(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.#folder, { recursive: true });
  }

  /** The table expression a reference is planned over. */
  async stubSql(reference: RelationReference): Promise<string> {
    return stubScanSql(await this.#stubs.path(reference.relation.columns, reference.index), estimateRowCount(reference.relation));
  }

  /** The plan of a statement over stubs. */
  async plan(sql: string): Promise<ReadPlanResult> {
    const first = await this.#serialize(sql);
    if (!first.startsWith('{"error":true')) {
      return readPlan(first);
    }
    await this.#connection.run(`SET disabled_optimizers = '${DISABLED_OPTIMIZERS},common_aggregate'`);
    const second = await this.#serialize(sql);
    await this.#connection.run(`SET disabled_optimizers = '${DISABLED_OPTIMIZERS}'`);
    return readPlan(second);
  }

  async #serialize(sql: string): Promise<string> {
    const result = await this.#connection.runAndReadAll(`SELECT json_serialize_plan(${quoteText(sql)}, optimize := true, skip_null := true)`);
    return String(result.getRows()[0]?.[0]);
  }
}
