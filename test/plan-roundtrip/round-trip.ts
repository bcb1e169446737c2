import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { readPlan } from '../../planner/bind/read-plan.js';
import { checkPlan } from '../../planner/plan/check-plan.js';
import type { PlanNode } from '../../planner/plan/nodes.js';
import { copyThroughJson } from '../../planner/plan/walk-plan.js';
import { fillPieces, printPlan } from '../../planner/print/print-plan.js';
import { quoteText } from '../../planner/types/data-type.js';

/** The optimizers that are off where plans are made; see the facts on json_serialize_plan. */
const DISABLED_OPTIMIZERS = 'column_lifetime,compressed_materialization,late_materialization,join_filter_pushdown';

/** What came of one statement. */
export type Outcome = { readonly kind: 'unknown'; readonly reason: string } | { readonly kind: 'plan'; readonly plan: PlanNode; readonly sql: string };

/** A result's types and rows, as text. */
export interface Rows {
  readonly types: readonly string[];
  readonly rows: readonly string[];
}

async function readRows(connection: DuckDBConnection, sql: string): Promise<Rows> {
  const result = await connection.runAndReadAll(sql);
  return {
    types: result.columnTypes().map(String),
    rows: result.getRows().map((row) => JSON.stringify(row.map(valueText))),
  };
}

/** Plans statements over zero-row stubs and runs what the printer makes of them over real files. `{name}` in a statement stands for a table. */
export class RoundTrip {
  readonly folder: string;
  readonly #planner: DuckDBConnection;
  readonly #runner: DuckDBConnection;
  readonly #oracle: DuckDBConnection;
  readonly #rowCounts = new Map<string, number>();

  private constructor(folder: string, planner: DuckDBConnection, runner: DuckDBConnection, oracle: DuckDBConnection) {
    this.folder = folder;
    this.#planner = planner;
    this.#runner = runner;
    this.#oracle = oracle;
  }

  static async start(): Promise<RoundTrip> {
    const settings = {
      threads: '2',
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
    };
    const planner = await (await DuckDBInstance.create(':memory:', settings)).connect();
    const runner = await (await DuckDBInstance.create(':memory:', settings)).connect();
    const oracle = await (await DuckDBInstance.create(':memory:', settings)).connect();
    await planner.run(`SET disabled_optimizers = '${DISABLED_OPTIMIZERS}'`);
    for (const connection of [planner, runner, oracle]) {
      await connection.run("SET TimeZone = 'UTC'");
    }
    // As in executors; json_serialize_plan does not see this setting, so plans never depend on it.
    return new RoundTrip(mkdtempSync(join(tmpdir(), 'plan-roundtrip-')), planner, runner, oracle);
  }

  stop(): void {
    this.#planner.closeSync();
    this.#runner.closeSync();
    this.#oracle.closeSync();
    rmSync(this.folder, { recursive: true });
  }

  /** Makes a table of a query's rows, and the stub it is planned over. */
  async addTable(name: string, query: string): Promise<void> {
    await this.#runner.run(`COPY (${query}) TO ${quoteText(this.dataPath(name))} (FORMAT parquet)`);
    await this.#runner.run(
      `COPY (SELECT * FROM read_parquet(${quoteText(this.dataPath(name))}) LIMIT 0) TO ${quoteText(this.stubPath(name, 0))} (FORMAT parquet)`,
    );
    const counted = await this.#runner.runAndReadAll(`SELECT count(*)::INTEGER FROM read_parquet(${quoteText(this.dataPath(name))})`);
    this.#rowCounts.set(name, Number(counted.getRows()[0]?.[0]));
  }

  dataPath(name: string): string {
    return join(this.folder, `${name}.parquet`);
  }

  /** The statement's plan as DuckDB writes it, and the tables by reference index. */
  async serialize(statement: string): Promise<{ readonly json: string; readonly tables: readonly string[] }> {
    const tables: string[] = [];
    const sql = await this.#overStubs(statement, tables);
    const result = await this.#planner.runAndReadAll(`SELECT json_serialize_plan(${quoteText(sql)}, optimize := true, skip_null := true)`);
    return { json: String(result.getRows()[0]?.[0]), tables };
  }

  /** SQL -> plan -> JSON and back -> SQL over the real files. */
  async plan(statement: string): Promise<Outcome> {
    const { json, tables } = await this.serialize(statement);
    const read = readPlan(json);
    if (read.kind === 'unknown') {
      return read;
    }
    checkPlan(read.plan);
    const plan = copyThroughJson(read.plan);
    assert.deepEqual(plan, read.plan);
    const pieces = printPlan(plan);
    const sql = fillPieces(pieces, {
      scan: (reference) => this.realTable(tables[reference] ?? ''),
      exchange: () => assert.fail('no exchange was planned'),
    });
    return { kind: 'plan', plan, sql };
  }

  /** Runs a statement as it is over the real files. */
  runOriginal(statement: string): Promise<Rows> {
    return readRows(this.#oracle, this.original(statement));
  }

  /** Runs printed SQL under the executors' settings. */
  run(sql: string): Promise<Rows> {
    return readRows(this.#runner, sql);
  }

  /** The statement over the real files. */
  original(statement: string): string {
    return statement.replaceAll(/\{(\w+)\}/g, (_, name: string) => this.realTable(name));
  }

  realTable(name: string): string {
    return `read_parquet(${quoteText(this.dataPath(name))})`;
  }

  stubPath(name: string, index: number): string {
    return join(this.folder, `stub-${name}-${index}.parquet`);
  }

  async #overStubs(statement: string, tables: string[]): Promise<string> {
    const text = statement.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      tables.push(name);
      return `read_parquet(${quoteText(this.stubPath(name, tables.length - 1))}, explicit_cardinality => ${this.#rowCounts.get(name) ?? 1})`;
    });
    for (const [index, name] of tables.entries()) {
      await this.#copyStub(name, index);
    }
    return text;
  }

  readonly #stubs = new Set<string>();

  async #copyStub(name: string, index: number): Promise<void> {
    const path = this.stubPath(name, index);
    if (index > 0 && !this.#stubs.has(path)) {
      await this.#runner.run(`COPY (FROM read_parquet(${quoteText(this.stubPath(name, 0))})) TO ${quoteText(path)} (FORMAT parquet)`);
      this.#stubs.add(path);
    }
  }
}

/** Digits that two ways of summing floats agree on. */
const FLOAT_DIGITS = 10;

function valueText(value: DuckDBValue): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? String(value) : value.toPrecision(FLOAT_DIGITS);
  }
  return value === null ? 'NULL' : value.toString();
}

/** Compares the printed statement with the original: types, and rows in order where the statement orders them wholly. */
export async function assertSameRows(trip: RoundTrip, statement: string, outcome: Outcome, ordered: boolean): Promise<void> {
  assert.equal(outcome.kind, 'plan', outcome.kind === 'unknown' ? outcome.reason : '');
  if (outcome.kind !== 'plan') {
    return;
  }
  const expected = await trip.runOriginal(statement);
  let actual: Rows;
  try {
    actual = await trip.run(outcome.sql);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nof\n${statement}\nprinted as\n${outcome.sql}`, { cause: error });
  }
  const sort = (rows: readonly string[]): readonly string[] => (ordered ? rows : rows.toSorted());
  assert.deepEqual(actual.types, expected.types, `types of\n${statement}\nprinted as\n${outcome.sql}`);
  assert.deepEqual(sort(actual.rows), sort(expected.rows), `rows of\n${statement}\nprinted as\n${outcome.sql}`);
}
