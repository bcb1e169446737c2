import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { ParsedStatement } from './statement.js';
import { positionOf, statementKind } from './statement.js';
import { scalarText } from './syntax-tree.js';

/** How it is printed: lines, or one value of JSON or a Graphviz graph. */
export type ExplainFormat = 'text' | 'json' | 'dot';

/** Which representation of a query EXPLAIN shows. */
export type ExplainLevel = 'translated' | 'logical' | 'distributed' | 'fragments';

/** An EXPLAIN with its options. */
export interface ExplainRequest {
  readonly level: ExplainLevel;
  readonly analyze: boolean;
  readonly format: ExplainFormat;
  readonly inner: ParsedStatement;
}

/** Options of Postgres's EXPLAIN that change nothing here. */
const IGNORED_OPTIONS: ReadonlySet<string> = new Set([
  'costs',
  'verbose',
  'buffers',
  'settings',
  'timing',
  'summary',
  'wal',
  'generic_plan',
  'memory',
  'serialize',
]);

function readFormat(value: string, position: number | undefined): ExplainFormat {
  const format = value.toLowerCase();
  switch (format) {
    case 'text':
    case 'json':
    case 'dot':
      return format;
    case 'xml':
    case 'yaml':
      throw new SqlError(SQLSTATE.feature_not_supported, `EXPLAIN format "${value}" is not supported`);
    default: {
      const message = `unrecognized value for EXPLAIN option "format": "${value}"`;
      throw new SqlError(SQLSTATE.invalid_parameter_value, message, position === undefined ? {} : { position });
    }
  }
}

/** Reads EXPLAIN; unknown options are 42601, unknown formats 22023, formats of Postgres that are not printed 0A000. */
export function readExplain(statement: ParsedStatement): ExplainRequest {
  if (statement.node === null || !('ExplainStmt' in statement.node)) {
    throw new Error('not an EXPLAIN statement');
  }
  let level: ExplainLevel = 'distributed';
  let analyze = false;
  let format: ExplainFormat = 'text';
  for (const option of statement.node.ExplainStmt.options ?? []) {
    if (!('DefElem' in option)) {
      continue;
    }
    const name = option.DefElem.defname ?? '';
    const value = scalarText(option.DefElem.arg) ?? 'true';
    const isOn = value !== 'false' && value !== 'off' && value !== '0';
    if (name === 'translated' || name === 'logical' || name === 'distributed' || name === 'fragments') {
      level = isOn ? name : level;
    } else if (name === 'analyze') {
      analyze = isOn;
    } else if (name === 'format') {
      format = readFormat(value, positionOf(statement.source, option.DefElem.location));
    } else if (!IGNORED_OPTIONS.has(name)) {
      const position = positionOf(statement.source, option.DefElem.location);
      throw new SqlError(SQLSTATE.syntax_error, `unrecognized EXPLAIN option "${name}"`, position === undefined ? {} : { position });
    }
  }
  const query = statement.node.ExplainStmt.query;
  if (query === undefined) {
    throw new Error('EXPLAIN without a statement');
  }
  return { level, analyze, format, inner: { ...statement, kind: statementKind(query), node: query } };
}
