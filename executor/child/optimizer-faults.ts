import type { TaskWork } from '../protocol/messages.js';

/**
 * DuckDB 1.5.6 pushes the bound of ORDER BY ... NULLS FIRST LIMIT into the scan on the nullable side of an outer join: rows
 * that are filtered there lose their partners, and rows that should not exist come out with NULLs, first. Without its
 * top_n optimizer the same statement sorts everything and is right.
 */
const TOP_N_FAULT = /\bNULLS\s+FIRST\b/i;
const OUTER_JOIN = /\b(?:LEFT|RIGHT|FULL|POSITIONAL)\s+(?:OUTER\s+)?JOIN\b/i;
const LIMIT = /\bLIMIT\b/i;

/** The optimizers that must be off for a task to be right, as DuckDB's setting takes them; empty for nearly all. */
export function optimizersToAvoid(work: TaskWork): string {
  return textsOf(work).some((text) => TOP_N_FAULT.test(text) && OUTER_JOIN.test(text) && LIMIT.test(text)) ? 'top_n' : '';
}

/** SQL of users' queries in a task. What else is collected (plans, metadata) is no query of theirs and has settings of its own. */
function textsOf(work: TaskWork): readonly string[] {
  switch (work.kind) {
    case 'stream':
      return [work.sql];
    case 'collect':
      return work.statements.filter((statement) => statement.startsWith('COPY'));
    case 'describe':
      return [];
  }
}
