import { mkdirSync } from 'node:fs';
import type { CollectedRow, TaskWork } from '../protocol/messages.js';
import { checkInputs } from './check-inputs.js';
import type { TaskContext } from './task-context.js';

/** Runs statements in order; the rows are the last one's. */
export async function runCollect(context: TaskContext, work: Extract<TaskWork, { kind: 'collect' }>): Promise<void> {
  await context.preludes.ensure(context.database, work.preludes);
  context.check();
  await checkInputs(context, work.inputs);
  for (const directory of work.directories) {
    mkdirSync(directory, { recursive: true });
  }
  let rows: readonly CollectedRow[] = [];
  for (const statement of work.statements) {
    context.check();
    rows = await context.database.collect(statement, work.rowCountMax);
  }
  context.check();
  context.channel.send({ kind: 'collected', task: context.task, rows, ...context.peakMemory() });
}
