import type { ResultColumn } from '../../executor/engine.js';
import type { ExecutionResult, ParameterValue } from '../session/backend.js';
import type { AbortSource } from './abort-source.js';
import type { RowSource } from './row-relay.js';
import type { ParsedStatement } from './prepared-statements.js';

/** The rows kind of an execution's result. */
export type RowsResult = Extract<ExecutionResult, { readonly kind: 'rows' }>;

/**
 * What has become of a portal.
 *
 *   bound --Execute--> suspended --Execute--> ... --> exhausted
 *     |  \                  \------error------> failed
 *     |   \--all rows at once-----------------> exhausted
 *     \--command (no rows)---> done
 */
export type PortalState =
  | { readonly kind: 'bound' }
  | {
      readonly kind: 'suspended';
      readonly result: RowsResult;
      readonly source: RowSource;
      /** Aborts the production behind the stream. */
      readonly abort: AbortSource;
    }
  | { readonly kind: 'exhausted'; readonly result: RowsResult }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' };

/** A prepared statement with its parameters' values, ready to run or running. */
export class Portal {
  readonly name: string;
  readonly parsed: ParsedStatement;
  readonly parameters: readonly ParameterValue[];
  readonly resultFormats: readonly ('text' | 'binary')[];
  state: PortalState = { kind: 'bound' };

  constructor(name: string, parsed: ParsedStatement, parameters: readonly ParameterValue[], resultFormats: readonly ('text' | 'binary')[]) {
    this.name = name;
    this.parsed = parsed;
    this.parameters = parameters;
    this.resultFormats = resultFormats;
  }

  /** The columns as this portal sends them, null when it returns no rows. */
  async describe(): Promise<readonly ResultColumn[] | null> {
    switch (this.state.kind) {
      case 'suspended':
      case 'exhausted':
        return this.state.result.columns;
      case 'bound':
      case 'done':
      case 'failed': {
        const columns = (await this.parsed.statement?.describe()) ?? null;
        return (
          columns?.map((column, index) => ({
            ...column,
            format: resultFormat(this.resultFormats, index),
          })) ?? null
        );
      }
    }
  }

  /** Gives up what it still holds. */
  async close(): Promise<void> {
    if (this.state.kind === 'suspended') {
      const { source } = this.state;
      this.state = { kind: 'failed' };
      await source.stream.close();
    }
  }
}

function resultFormat(formats: readonly ('text' | 'binary')[], index: number): 'text' | 'binary' {
  return (formats.length === 1 ? formats[0] : formats[index]) ?? 'text';
}
