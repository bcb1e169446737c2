import type { Prelude } from '../../../executor/engine.js';
import { taskName } from '../../activity/records.js';
import type { CatalogState } from './catalog-state.js';

/** Characters of tasks' SQL that one statement is given, the newest queries' first. */
const LENGTH_MAX = 8 << 20;

let looks = 0;

/** SQL of the tasks that the role may see by their names, for task_sql. */
export function taskSqlByName({ queries = [] }: CatalogState): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let length = 0;
  for (const query of queries) {
    for (const task of query.stages.flatMap((stage) => stage.tasks)) {
      length += task.sql?.length ?? 0;
      if (length > LENGTH_MAX) {
        return found;
      }
      if (task.sql !== null) {
        found.set(taskName(query.id, task), task.sql);
      }
    }
  }
  return found;
}

/** The prelude of that lookup: other tasks every time, and too many to be remembered. */
export function taskPrelude(state: CatalogState, setMap: (pairs: readonly (readonly [string, string])[]) => string): Prelude {
  looks += 1;
  return { name: 'lookup tasks', version: String(looks), statements: [setMap([...taskSqlByName(state)])] };
}
