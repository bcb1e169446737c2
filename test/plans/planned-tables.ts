import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { dataTypeOfLogicalType } from '../../executor/encode/duckdb-type.js';
import type { Column, DataFile, Relation } from '../../planner/relation/relation.js';
import type { ReadPlanResult } from '../../planner/plan/nodes.js';
import type { RelationReference } from '../../planner/translate/translated.js';
import { StubBinder } from './stub-binder.js';
import { quoteText } from '../../planner/types/data-type.js';

/** A statement bound over stubs: its plan and the tables it names. */
export interface BoundStatement {
  readonly plan: ReadPlanResult;
  readonly references: readonly RelationReference[];
  /** The statement over the real files. */
  readonly original: string;
}

/** Tables of several Parquet files each, and DuckDB's plans of statements over them. `{name}` in a statement stands for a table. */
export class PlannedTables {
  readonly folder: string;
  readonly connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  readonly #binder: StubBinder;
  readonly #relations = new Map<string, Relation>();

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, binder: StubBinder) {
    this.#instance = instance;
    this.#binder = binder;
    this.connection = connection;
    this.folder = mkdtempSync(join(tmpdir(), 'planned-tables-'));
  }

  static async start(): Promise<PlannedTables> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '2',
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new PlannedTables(instance, connection, await StubBinder.start());
  }

  stop(): void {
    this.#binder.stop();
    this.connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.folder, { recursive: true });
  }

  /** Makes a table of a query's rows, dealt over some files. */
  async addTable(name: string, query: string, fileCount = 3): Promise<void> {
    await this.connection.run(`CREATE OR REPLACE TEMP TABLE dealt AS SELECT *, row_number() OVER () % ${fileCount} AS file_index FROM (${query})`);
    const parts = Array.from({ length: fileCount }, (_, index) => join(this.folder, `${name}-${index}.parquet.data`));
    for (const [index, path] of parts.entries()) {
      await this.connection.run(
        `COPY (SELECT * EXCLUDE (file_index) FROM dealt WHERE file_index = ${index}) TO ${quoteText(path)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
      );
    }
    await this.addFiles(name, parts);
  }

  /** Takes existing Parquet files as a table. */
  async addFiles(name: string, filePaths: readonly string[]): Promise<void> {
    const described = await this.connection.runAndReadAll(`FROM read_parquet([${filePaths.map(quoteText).join(', ')}]) LIMIT 0`);
    const types = described.columnTypes();
    const columns = described.columnNames().flatMap((column, index): Column[] => {
      const type = types[index];
      return type === undefined ? [] : [{ name: column, type: dataTypeOfLogicalType(type) }];
    });
    const files: DataFile[] = [];
    for (const path of filePaths) {
      const groups = await this.connection.runAndReadAll(
        `SELECT DISTINCT ON (row_group_id) row_group_num_rows::INTEGER FROM parquet_metadata(${quoteText(path)}) ORDER BY row_group_id`,
      );
      const rowGroups = groups.getRows().map((row) => Number(row[0]));
      files.push({ path, byteCount: statSync(path).size, rowCount: rowGroups.reduce((sum, rows) => sum + rows, 0), rowGroups });
    }
    this.#relations.set(name, {
      schema: 'main',
      name,
      columns,
      source: { kind: 'files', format: 'parquet', files, partitionColumns: [], readerOptions: {}, unionByName: false },
    });
  }

  /** DuckDB's plan of a statement over stubs. */
  async bind(statement: string): Promise<BoundStatement> {
    const references: RelationReference[] = [];
    const pieces = statement.split(/\{(\w+)\}/);
    const planned: string[] = [];
    const original: string[] = [];
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 0) {
        planned.push(piece);
        original.push(piece);
      } else {
        const relation = this.relation(piece);
        const alias = /^\s+(?:as\s+)?(\w+)/i.exec(pieces[index + 1] ?? '')?.[1] ?? piece;
        const reference: RelationReference = { index: references.length, relation, alias, block: 0 };
        references.push(reference);
        planned.push(await this.#binder.stubSql(reference));
        original.push(`read_parquet([${paths(relation).map(quoteText).join(', ')}])`);
      }
    }
    return {
      plan: await this.#binder.plan(planned.join('')),
      references,
      original: original.join(''),
    };
  }

  /** A table by its name. */
  relation(name: string): Relation {
    const relation = this.#relations.get(name);
    if (relation === undefined) {
      throw new Error(`no table ${name}`);
    }
    return relation;
  }
}

function paths(relation: Relation): readonly string[] {
  return relation.source.kind === 'files' ? relation.source.files.map((file) => file.path) : [];
}
