import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import type { NameSource } from './environment.js';
import { FileFunctionNeeded, RecordingEnvironment, RelationNeeded } from './environment.js';
import type { QueryContext } from './query-context.js';

/** Relations one statement may name; a bound so that a view that keeps naming new ones ends. */
const RELATION_COUNT_MAX = 10_000;

/** Something translated, with the record of what its translation rested on. */
export interface Translation<T> {
  readonly translated: T;
  readonly environment: RecordingEnvironment;
}

/**
 * Runs a synchronous translation against the session's names. Relations are opened on demand: a translation that meets
 * one that is not in memory stops, the relation is loaded, and the translation starts again.
 */
export async function translateWithNames<T>(
  context: QueryContext,
  names: NameSource,
  translate: (environment: TranslationEnvironment) => T,
): Promise<Translation<T>> {
  for (let attempt = 0; attempt < RELATION_COUNT_MAX; attempt += 1) {
    const environment = new RecordingEnvironment(names);
    try {
      const translated = translate(environment);
      names.authorize(environment.lookups());
      return { translated, environment };
    } catch (error) {
      if (error instanceof RelationNeeded) {
        await context.loadRelation(error.schema, error.relation, error.version);
      } else if (error instanceof FileFunctionNeeded) {
        await context.loadFileFunction(error.call, error.via);
      } else {
        throw error;
      }
    }
  }
  throw new SqlError(SQLSTATE.statement_too_complex, `a statement may name at most ${RELATION_COUNT_MAX} relations`);
}
