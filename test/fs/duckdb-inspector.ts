import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DescribedColumn, FileInspector, InspectedFile } from '../../executor/engine.js';
import { fileListSql } from '../../planner/relation/file-list-sql.js';
import type { DataType } from '../../planner/types/data-type.js';
import { decimal, list, SCALAR_TYPE_NAMES, scalar } from '../../planner/types/data-type.js';

/** DuckDB in this process, as the tests' oracle and as the inspector of their catalogs. */
export class TestDuckdb implements FileInspector {
  readonly #connection: DuckDBConnection;
  /** Files whose footers were asked for, in order. */
  readonly inspected: string[] = [];

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<TestDuckdb> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    return new TestDuckdb(await instance.connect());
  }

  /** Rows as JSON values: numbers beyond 32 bits, dates and decimals are texts. */
  async rows(sql: string): Promise<unknown[]> {
    return (await this.#connection.runAndReadAll(sql)).getRowObjectsJson();
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  close(): void {
    this.#connection.closeSync();
  }

  async describeFiles(tableExpression: string): Promise<readonly DescribedColumn[]> {
    const rows = await this.queryText(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${tableExpression})`);
    return rows.map(([name, type]) => ({ name: name ?? '', type: parseType(type ?? '') }));
  }

  async inspectParquet(paths: readonly string[]): Promise<readonly InspectedFile[]> {
    this.inspected.push(...paths);
    const rows = await this.queryText(
      `SELECT file_name, string_agg(row_group_num_rows, ',' ORDER BY row_group_id) FROM (SELECT DISTINCT file_name, row_group_id, row_group_num_rows FROM parquet_metadata(${fileListSql(paths)})) GROUP BY file_name`,
    );
    const groups = new Map(rows.map(([path, counts]) => [path, (counts ?? '').split(',').map(Number)]));
    return paths.map((path) => {
      const rowGroups = groups.get(path) ?? [];
      return {
        path,
        rowGroups,
        rowCount: rowGroups.reduce((sum, count) => sum + count, 0),
        statistics: {},
      };
    });
  }

  async queryText(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const rows = (await this.#connection.runAndReadAll(sql)).getRowsJson();
    return rows.map((row) => row.map((cell) => (cell === null ? null : typeof cell === 'string' ? cell : JSON.stringify(cell))));
  }
}

/** Reads the type names that these tests' files have. */
function parseType(text: string): DataType {
  const name = SCALAR_TYPE_NAMES.find((candidate) => candidate === text);
  const decimals = /^DECIMAL\((\d+),(\d+)\)$/.exec(text);
  if (text.endsWith('[]')) {
    return list(parseType(text.slice(0, -2)));
  }
  if (decimals !== null) {
    return decimal(Number(decimals[1]), Number(decimals[2]));
  }
  if (text.startsWith('STRUCT(')) {
    const fields = text
      .slice('STRUCT('.length, -1)
      .split(', ')
      .map((field) => field.split(' '));
    return {
      kind: 'struct',
      fields: fields.map(([field, ...type]) => ({
        name: (field ?? '').replaceAll('"', ''),
        type: parseType(type.join(' ')),
      })),
    };
  }
  if (name === undefined) {
    throw new Error(`the tests' inspector does not know the type ${text}`);
  }
  return scalar(name);
}
