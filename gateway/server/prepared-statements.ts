import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { PreparedStatement } from '../session/backend.js';

/** Object-relational mappers keep a statement per distinct query; beyond this a client leaks them. */
export const PREPARED_STATEMENT_COUNT_MAX = 10_000;

/** A statement made by Parse; `statement` is null for an empty text. */
export interface ParsedStatement {
  readonly name: string;
  readonly statement: PreparedStatement | null;
  readonly parameterTypes: readonly number[];
}

/** The statements a connection has prepared by Parse, by name; the unnamed one has the name ''. */
export class PreparedStatements {
  readonly #byName = new Map<string, ParsedStatement>();

  /** Keeps a statement; only the unnamed one may be replaced. */
  add(parsed: ParsedStatement): void {
    if (parsed.name !== '' && this.#byName.has(parsed.name)) {
      throw new SqlError(SQLSTATE.duplicate_prepared_statement, `prepared statement "${parsed.name}" already exists`);
    }
    if (this.#byName.size >= PREPARED_STATEMENT_COUNT_MAX) {
      throw new SqlError(SQLSTATE.configuration_limit_exceeded, 'too many prepared statements', {
        detail: `A connection may hold ${PREPARED_STATEMENT_COUNT_MAX} of them.`,
        hint: 'Close (DEALLOCATE) those that are not needed any more.',
      });
    }
    this.#byName.set(parsed.name, parsed);
  }

  get(name: string): ParsedStatement {
    const parsed = this.#byName.get(name);
    if (parsed === undefined) {
      throw new SqlError(
        SQLSTATE.invalid_sql_statement_name,
        name === '' ? 'unnamed prepared statement does not exist' : `prepared statement "${name}" does not exist`,
      );
    }
    return parsed;
  }

  /** Forgets a statement; false when there is none of that name. */
  delete(name: string): boolean {
    return this.#byName.delete(name);
  }

  /** Forgets them all. */
  clear(): void {
    this.#byName.clear();
  }
}
