import type { Engine } from '../cli/engine.js';
import { startEngine } from '../cli/engine.js';
import type { ConnectOptions } from './connect-options.js';
import { optionValues } from './connect-options.js';
import { FrameRunner } from './frame-runner.js';
import { printNotice, Session } from './session.js';

export type { ConnectOptions } from './connect-options.js';
export { DataFrame } from './data-frame.js';
export type { ActionOptions, ExplainOptions } from './data-frame.js';
export type { JoinOptions, PartitionOptions, SortKeys, WriteOptions } from './frame-options.js';
export { GroupedFrame } from './grouped-frame.js';
export type { Item } from '../../executor/arrow/literal-rows.js';
export type { CommandResult } from './run-commands.js';
export type { BatchScript, ModuleScript, NumberScript, RowScript, RowsScript, ScriptOptions, ScriptRow, TestScript } from './scripts.js';
export { Session } from './session.js';
export type { ReadOptions } from './session.js';
export { SqlError } from '../../planner/sql-error.js';
export type { StageProgress } from './stage-progress.js';

/** The role of a program that names none. */
const USER_DEFAULT = 'sluice';

/**
 * Starts executors of this program's own over a data directory, or with `redis` becomes part of a cluster. Nothing listens
 * for clients. Throws UsageError for options that make no sense.
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const engine = await startEngine(optionValues(options));
  const settings = new Map(Object.entries(options.settings ?? {}).map(([name, value]) => [name, String(value)]));
  const runner = new FrameRunner(engine.services, options.user ?? USER_DEFAULT, settings, printNotice);
  await closingOnFailure(engine, async () => (await runner.open()).close());
  return new Session(engine, runner);
}

/** A role or a setting that there is not is told now, not at the first action. */
async function closingOnFailure(engine: Engine, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await engine.close();
    throw error;
  }
}
