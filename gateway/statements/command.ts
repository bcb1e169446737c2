import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import type { ConstantColumn } from '../session/constant-rows.js';
import { constantRows, describeConstantColumns } from '../session/constant-rows.js';
import type { SessionStatement } from '../session/session-statement.js';
import { endsTransaction } from '../session/session-statement.js';

/** What a command without rows gives: its tag, with notices where there are any. */
export interface CommandOutcome {
  readonly tag: string;
  readonly notices?: readonly SqlNotice[];
}

/** A statement that returns no rows. */
export function command(
  statement: ParsedStatement,
  run: (options: ExecuteOptions) => CommandOutcome | Promise<CommandOutcome>,
  parameterTypes: readonly number[] = [],
): SessionStatement {
  return {
    text: statement.text,
    parameterTypes,
    endsTransaction: endsTransaction(statement),
    describe: () => Promise.resolve(null),
    run: async (options) => {
      const outcome = await run(options);
      return { kind: 'command', tag: outcome.tag, notices: outcome.notices ?? [] };
    },
  };
}

/** Rows the gateway makes itself, as text values. */
export interface ConstantOutcome {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly tag: string;
  readonly notices?: readonly SqlNotice[];
}

/** A statement whose rows the gateway makes itself (SHOW, EXPLAIN). */
export function constantStatement(
  statement: ParsedStatement,
  columns: readonly ConstantColumn[],
  run: (options: ExecuteOptions) => Promise<ConstantOutcome>,
  parameterTypes: readonly number[] = [],
): SessionStatement {
  return {
    text: statement.text,
    parameterTypes,
    endsTransaction: false,
    describe: () => Promise.resolve(describeConstantColumns(columns, [])),
    run: async (options): Promise<ExecutionResult> => {
      const outcome = await run(options);
      const stream = constantRows(columns, outcome.rows, options.resultFormats);
      return { kind: 'rows', columns: stream.columns, stream, tag: () => outcome.tag, notices: outcome.notices ?? [] };
    },
  };
}
