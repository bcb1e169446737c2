import { isAbsolute } from 'node:path';
import type * as arrow from 'apache-arrow';
import type { FrameScript, ScriptNode } from '../../planner/dataframe/frame-node.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** A row as functions are given it. */
export type ScriptRow = Readonly<Record<string, unknown>>;

/** A function in a module that all executors can read, by its absolute path and the name of the export. */
export interface ModuleScript {
  readonly module: string;
  readonly export: string;
}

/** Functions that executors run. Inline ones are sent as their text: they know their arguments and JavaScript's own names, nothing of what is around them. */
export type RowScript = ((row: ScriptRow, parameters: never) => ScriptRow) | ModuleScript;
export type RowsScript = ((row: ScriptRow, parameters: never) => Iterable<ScriptRow>) | ModuleScript;
export type TestScript = ((row: ScriptRow, parameters: never) => boolean) | ModuleScript;
export type NumberScript = ((row: ScriptRow, parameters: never) => number) | ModuleScript;
export type BatchScript = ((table: arrow.Table, parameters: never, library: typeof arrow) => arrow.Table | Iterable<ScriptRow>) | ModuleScript;
export type AnyScript = RowScript | RowsScript | TestScript | NumberScript | BatchScript;

/** What a function is to know, and what it gives. */
export interface ScriptOptions {
  /** The columns it gives, with their SQL types: { host: 'text', n: 'bigint' }; those of its input where absent. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Its second argument: anything that JSON can say. */
  readonly parameters?: unknown;
}

/** True for a function, not a text. */
export function isScript<S extends AnyScript>(value: string | readonly string[] | S): value is S {
  return typeof value === 'function' || (typeof value === 'object' && 'module' in value);
}

/** A function as a frame has it. 38000 for one that has no text. */
export function frameScript(script: AnyScript, use: FrameScript['use'], options: ScriptOptions): FrameScript {
  const parameters = options.parameters === undefined ? null : JSON.stringify(options.parameters);
  if (typeof script !== 'function') {
    if (!isAbsolute(script.module)) {
      throw new SqlError(SQLSTATE.external_routine_exception, `"${script.module}" is no absolute path of a module`);
    }
    return { use, parameters, code: { kind: 'module', path: script.module, export: script.export } };
  }
  const source = String(script);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw new SqlError(SQLSTATE.external_routine_exception, 'a function that is bound or built in has no text to send');
  }
  return { use, parameters, code: { kind: 'inline', source } };
}

/** The columns that the options name. */
export function columnsOf({ columns }: ScriptOptions): ScriptNode['columns'] {
  return columns === undefined ? null : Object.entries(columns);
}
