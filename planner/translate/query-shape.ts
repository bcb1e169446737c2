import type { PostgresColumnType } from '../types/postgres-type.js';
import type { Typed } from './typed.js';

/** An output column of a query: Postgres's name, the name it has in the printed SQL, and its type (the SQL in `value` is not for use outside). */
export interface QueryColumn {
  readonly name: string;
  readonly sqlName: string;
  readonly value: Typed;
}

/** A translated query without the statement around it. */
export interface Query {
  readonly sql: string;
  readonly columns: readonly QueryColumn[];
  /** The cells of a VALUES list that is the whole query, typed as its columns. */
  readonly rows?: readonly (readonly Typed[])[];
}

/** A query whose output expressions can still be given types from outside: the sides of UNION, the source of INSERT. */
export interface QueryBody {
  readonly columns: readonly QueryColumn[];
  /** Prints it with each column's expressions coerced to these types; null leaves a column as it is. */
  readonly print: (types: readonly (PostgresColumnType | null)[]) => Query;
}
