import { LakeError } from '../lake-error.js';
import type { CatalogDatabase } from '../catalog-database.js';

/** A piece of SQL that is a value. */
export type SqlValue = string;

/** A text constant that DuckDB and PostgreSQL read alike. Throws `unsupported` for a NUL character, which PostgreSQL cannot hold. */
export function sqlText(text: string): SqlValue {
  if (text.includes('\0')) {
    throw new LakeError('unsupported', 'a text with a NUL character cannot be kept in the catalog');
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** Any simple value as a constant. */
export function sqlValue(value: string | number | boolean | null): SqlValue {
  if (value === null) {
    return 'NULL';
  }
  if (typeof value === 'string') {
    return sqlText(value);
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new LakeError('catalog', `${value} is no number of a catalog`);
  }
  return String(value);
}

/** A quoted identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `(a, b, c)` of numbers; never empty. */
export function sqlList(values: Iterable<number>): string {
  return `(${[...values].map(sqlValue).join(', ')})`;
}

/** Rows of one INSERT; more go into another statement, so that a statement stays under a few MB. */
const INSERT_ROW_COUNT_MAX = 2000;

/**
 * SQL of one catalog transaction, gathered and then run in order: definitions of tables, then updates of what was there,
 * then inserts, many rows a statement.
 */
export class CatalogWrites {
  readonly #prefix: string;
  readonly #definitions: string[] = [];
  readonly #updates: string[] = [];
  readonly #inserts = new Map<string, string[]>();

  constructor(database: CatalogDatabase) {
    this.#prefix = database.prefix;
  }

  get isEmpty(): boolean {
    return this.#definitions.length + this.#updates.length + this.#inserts.size === 0;
  }

  /** `SET end_snapshot` of the live rows of a catalog table that `condition` picks. */
  end(table: string, snapshotId: number, condition: string): void {
    this.update(table, `end_snapshot = ${snapshotId}`, `end_snapshot IS NULL AND ${condition}`);
  }

  update(table: string, assignments: string, condition: string): void {
    this.#updates.push(`UPDATE ${this.#prefix}${sqlName(table)} SET ${assignments} WHERE ${condition}`);
  }

  remove(table: string, condition: string): void {
    this.#updates.push(`DELETE FROM ${this.#prefix}${sqlName(table)} WHERE ${condition}`);
  }

  /** A row by position: DuckLake's tables have no columns of ours. */
  insert(table: string, ...values: readonly (string | number | boolean | null)[]): void {
    this.insertSql(table, values.map(sqlValue));
  }

  /** A row of values that are SQL already. */
  insertSql(table: string, values: readonly SqlValue[]): void {
    const rows = this.#inserts.get(table) ?? [];
    rows.push(`(${values.join(', ')})`);
    this.#inserts.set(table, rows);
  }

  /** A table that is made when it is not there. */
  createTable(table: string, columns: readonly string[]): void {
    this.#definitions.push(`CREATE TABLE IF NOT EXISTS ${this.#prefix}${sqlName(table)} (${columns.join(', ')})`);
  }

  /** Takes over all of another's. */
  append(other: CatalogWrites): void {
    this.#definitions.push(...other.#definitions);
    this.#updates.push(...other.#updates);
    for (const [table, rows] of other.#inserts) {
      this.#inserts.set(table, [...(this.#inserts.get(table) ?? []), ...rows]);
    }
  }

  /** The statements in the order they must run. */
  statements(): readonly string[] {
    // The snapshot's own row comes first: its primary key makes every other writer wait or fail here.
    const snapshots = this.#insertStatements('ducklake_snapshot');
    const others = [...this.#inserts.keys()].filter((table) => table !== 'ducklake_snapshot').flatMap((table) => this.#insertStatements(table));
    return [...snapshots, ...this.#definitions, ...this.#updates, ...others];
  }

  #insertStatements(table: string): readonly string[] {
    const rows = this.#inserts.get(table) ?? [];
    const statements: string[] = [];
    for (let start = 0; start < rows.length; start += INSERT_ROW_COUNT_MAX) {
      statements.push(`INSERT INTO ${this.#prefix}${sqlName(table)} VALUES ${rows.slice(start, start + INSERT_ROW_COUNT_MAX).join(', ')}`);
    }
    return statements;
  }
}
