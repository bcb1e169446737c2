import type { NumberSource } from './number-source.js';

/** The types random expressions have; within one, Postgres and DuckDB compute alike. */
export type ValueType = 'integer' | 'decimal' | 'float' | 'text' | 'date' | 'timestamp' | 'boolean';

/** A column that expressions may name. */
export interface ScopeColumn {
  /** `alias.name` */
  readonly text: string;
  readonly type: ValueType;
  /** `table.column` where it is a table's own column unchanged; null for computed ones. */
  readonly origin: string | null;
}

/** What a query block sees in its FROM. */
export interface Scope {
  readonly columns: readonly ScopeColumn[];
  /** Columns that together tell any two rows of this FROM apart, null when there are none. */
  readonly key: readonly string[] | null;
}

/** An output column of a block. */
export interface OutputColumn {
  readonly name: string;
  readonly type: ValueType;
  readonly origin: string | null;
}

/** State of one query being made: its choices, fresh aliases, and how deep it is. */
export interface Making {
  readonly numbers: NumberSource;
  /** A new alias with that prefix, unique in the query. */
  readonly fresh: (prefix: string) => string;
  /** Told of every mention of a table: its name and its alias, which is unique in the query. */
  readonly mention: (table: string, alias: string) => void;
}

/** Columns of a scope with that type. */
export function columnsOfType(scope: Scope, type: ValueType): readonly ScopeColumn[] {
  return scope.columns.filter((column) => column.type === type);
}
