import { DuckDBInstance, DuckDBTypeId, type DuckDBConnection, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import type { ColumnKind, Row } from './value.js';

/** The oracle's answer: rows as text, and how each column is to be compared. */
export interface OracleResult {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
  readonly kinds: readonly ColumnKind[];
}

/**
 * DuckDB in the test process as the oracle: the same files, the statement as it stands, Postgres's meaning by settings
 * (integer division, NULL order) where the statements of these suites differ in it.
 */
export class DuckdbOracle {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Opens an oracle in which every name is a view over the given table expression. */
  static async open(tables: Readonly<Record<string, string>>, settings: Readonly<Record<string, string>> = {}): Promise<DuckdbOracle> {
    const instance = await DuckDBInstance.create(':memory:', {
      // The oracle runs Postgres's text as it stands, not the translation, which writes // itself.
      integer_division: 'true',
      default_null_order: 'nulls_last_on_asc_first_on_desc',
      // DuckDB 1.5.6 pushes the bound of ORDER BY ... NULLS FIRST LIMIT below an outer join, which loses its partners.
      disabled_optimizers: 'top_n',
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
      ...settings,
    });
    const connection = await instance.connect();
    for (const [name, expression] of Object.entries(tables)) {
      await connection.run(`CREATE VIEW ${name} AS FROM ${expression}`);
    }
    return new DuckdbOracle(instance, connection);
  }

  /** Runs one query; values as text, null for NULL. */
  async query(sql: string): Promise<OracleResult> {
    const reader = await this.#connection.runAndReadAll(sql);
    return {
      names: reader.columnNames(),
      rows: reader.getRows().map((row) => row.map(asText)),
      kinds: reader.columnTypes().map(kindOf),
    };
  }

  /** Runs one query to its end without turning values into JavaScript; returns the number of rows. */
  async drain(sql: string): Promise<number> {
    const result = await this.#connection.stream(sql);
    let rows = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) {
        return rows;
      }
      rows += chunk.rowCount;
    }
  }

  /** Gives DuckDB's memory back. */
  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

function asText(value: DuckDBValue): string | null {
  if (value === null) {
    return null;
  }
  if (typeof value === 'boolean') {
    return value ? 't' : 'f';
  }
  return String(value);
}

const FLOATS: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.FLOAT, DuckDBTypeId.DOUBLE]);
const EXACT_NUMBERS: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.DECIMAL,
]);

/** Exact where DuckDB computes exactly: sums of decimals and integers must agree in every digit. */
function kindOf(type: DuckDBType): ColumnKind {
  if (FLOATS.has(type.typeId)) {
    return 'float';
  }
  return EXACT_NUMBERS.has(type.typeId) ? 'number' : 'text';
}
