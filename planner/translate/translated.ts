import type { Relation } from '../relation/relation.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import type { Hint } from '../parse/hint.js';
import type { SqlNotice } from '../sql-error.js';

/**
 * DuckDB SQL with holes: the same translated statement is printed over stubs (to plan it), over real files (to run
 * it whole), and with each execution's parameters.
 */
export type SqlTemplate = readonly SqlPiece[];

/** A piece of text, a table reference by its index in `references`, or a parameter by its 1-based number. */
export type SqlPiece = string | { readonly kind: 'reference'; readonly index: number } | { readonly kind: 'parameter'; readonly number: number };

/**
 * One mention of a relation in a statement. Two mentions of one table are two references, so that a plan tells them
 * apart. The template's hole stands for a table expression without alias; the alias follows in the text.
 */
export interface RelationReference {
  readonly index: number;
  readonly relation: Relation;
  /** The name by which hints and EXPLAIN speak of it: its alias, else the relation's name. */
  readonly alias: string;
  /** The query block it stands in, by index in `blocks`. */
  readonly block: number;
}

/** A query block (SELECT with its own FROM) with the block around it; hints look names up block by block. */
export interface QueryBlock {
  readonly index: number;
  readonly parent: number | null;
  /** 1-based character position of its first keyword. */
  readonly position: number;
}

/** An output column. `type` is null where only DuckDB's binder will tell; it is then reported by `postgresTypeOf`. */
export interface OutputColumn {
  readonly name: string;
  readonly type: PostgresColumnType | null;
}

/** A constant output column: Postgres's text of it (null for NULL), or a parameter's value as it is. */
export type ConstantOutput = { readonly kind: 'text'; readonly text: string | null } | { readonly kind: 'parameter'; readonly number: number };

/** A query (SELECT, VALUES, TABLE, WITH ... SELECT) in DuckDB's SQL with Postgres's meaning. */
export interface TranslatedQuery {
  readonly sql: SqlTemplate;
  readonly references: readonly RelationReference[];
  readonly blocks: readonly QueryBlock[];
  /** Null when the query went down DuckDB's own road and its columns are known to DuckDB only. */
  readonly columns: readonly OutputColumn[] | null;
  /** Postgres OIDs of $1..$n, as declared by the client or inferred. */
  readonly parameterTypes: readonly number[];
  /** True when a function that must run exactly once occurs (random(), nextval()): the query is not distributed. */
  readonly volatile: boolean;
  /** True when only constants, parameters and session functions occur: no table is read. */
  readonly tableless: boolean;
  /** By column, the values of a query that is nothing but constants and parameters; absent for all others. */
  readonly constants?: readonly ConstantOutput[];
  /** By row and column, the values of a short VALUES list that is nothing but constants and parameters; absent for all others. */
  readonly constantRows?: readonly (readonly ConstantOutput[])[];
  readonly hints: readonly Hint[];
  readonly notices: readonly SqlNotice[];
}

/** What a hole prints as. */
export interface TemplateFillers {
  /** A table expression, without alias: `read_parquet([...])`, or a parenthesised subquery. */
  readonly reference: (reference: RelationReference) => string;
  /** A constant expression of the parameter's type. */
  readonly parameter: (number: number) => string;
}

/** Prints a translated query with its holes filled. */
export function fillTemplate(query: Pick<TranslatedQuery, 'sql' | 'references'>, fillers: TemplateFillers): string {
  let text = '';
  for (const piece of query.sql) {
    if (typeof piece === 'string') {
      text += piece;
    } else if (piece.kind === 'reference') {
      const reference = query.references[piece.index];
      if (reference === undefined) {
        throw new Error(`template names reference ${piece.index}, which does not exist`);
      }
      text += fillers.reference(reference);
    } else {
      text += fillers.parameter(piece.number);
    }
  }
  return text;
}
