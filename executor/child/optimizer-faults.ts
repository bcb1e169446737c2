import type { TaskSettings, TaskWork } from '../protocol/messages.js';

/**
 * DuckDB 1.5.6 pushes the bound of ORDER BY ... NULLS FIRST LIMIT into the scan on the nullable side of an outer join: rows
 * that are filtered there lose their partners, and rows that should not exist come out with NULLs, first. Without its
 * top_n optimizer the same statement sorts everything and is right.
 */
const TOP_N_FAULT = /\bNULLS\s+FIRST\b/i;
const OUTER_JOIN = /\b(?:LEFT|RIGHT|FULL|POSITIONAL)\s+(?:OUTER\s+)?JOIN\b/i;
const LIMIT = /\bLIMIT\b/i;

/**
 * The optimizers that must be off for a task, as DuckDB's setting takes them. Joins of a stage stay in the order of the plan:
 * measured on TPC-H query 5, scale 1, the order DuckDB chose for one stage from its inputs' sizes took 16 times as long.
 */
export function optimizersToAvoid(work: TaskWork, settings: TaskSettings): string {
  const hasTopNFault = textsOf(work).some((text) => TOP_N_FAULT.test(text) && OUTER_JOIN.test(text) && LIMIT.test(text));
  return [...(settings.keepJoinOrder ? ['join_order'] : []), ...(hasTopNFault ? ['top_n'] : [])].join(',');
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
