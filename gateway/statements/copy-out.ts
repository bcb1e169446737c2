import type { CopyRequest } from '../../planner/parse/read-copy.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ExecutionResult } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CopyFormat } from './copy-format.js';
import { readCopyFormat } from './copy-format.js';
import { QueryStatement } from './query.js';

/** COPY ... TO STDOUT: a query's rows as lines of text or CSV. */
export async function prepareCopyOut(session: Session, statement: ParsedStatement, source: ParsedStatement, request: CopyRequest): Promise<SessionStatement> {
  const format = readCopyFormat(request.options, 'to');
  const query = new QueryStatement(session, source, []);
  await query.translate();
  if (query.parameterTypes.length > 0) {
    throw new SqlError(SQLSTATE.undefined_parameter, 'there is no parameter $1');
  }
  return {
    text: statement.text,
    parameterTypes: [],
    endsTransaction: false,
    describe: () => Promise.resolve(null),
    run: async (options): Promise<ExecutionResult> => {
      const result = await query.run({ parameters: [], resultFormats: [], signal: options.signal });
      if (result.kind !== 'rows') {
        throw new Error('a query gave no rows');
      }
      const names = result.columns.map((column) => column.name);
      const { forceQuote } = format;
      if (forceQuote !== 'all') {
        const unknown = forceQuote.find((name) => !names.includes(name));
        if (unknown !== undefined) {
          await result.stream.close();
          throw new SqlError(SQLSTATE.undefined_column, `column "${unknown}" does not exist`);
        }
      }
      const forced = names.map((name) => forceQuote === 'all' || forceQuote.includes(name));
      const line = format.format === 'text' ? textLine(format) : csvLine(format, forced);
      const headerLine = format.format === 'text' ? line : csvLine(format, []);
      return {
        kind: 'copyOut',
        columnCount: names.length,
        stream: result.stream,
        header: format.header === 'none' ? null : Buffer.from(headerLine(names)),
        line,
        tag: (rowCount) => `COPY ${rowCount}`,
        notices: result.notices,
      };
    },
  };
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' };

function textLine(format: CopyFormat): (values: readonly (string | null)[]) => string {
  const { delimiter, nullText } = format;
  const special = new RegExp(`[\\\\\\x08\\f\\n\\r\\t\\v${quoteForClass(delimiter)}]`, 'g');
  const escape = (found: string): string => (found === delimiter ? `\\${ESCAPED[found]?.[1] ?? found}` : (ESCAPED[found] ?? found));
  return (values) => `${values.map((value) => (value === null ? nullText : value.replace(special, escape))).join(delimiter)}\n`;
}

function csvLine(format: CopyFormat, forced: readonly boolean[]): (values: readonly (string | null)[]) => string {
  const { delimiter, nullText, quote, escape } = format;
  const inQuotes = new RegExp(`[${quoteForClass(quote)}${quoteForClass(escape)}]`, 'g');
  const needsQuotes = new RegExp(`[${quoteForClass(delimiter)}${quoteForClass(quote)}\\n\\r]`);
  return (values) => {
    const fields = values.map((value, index) => {
      if (value === null) {
        return nullText;
      }
      const quoted = forced[index] === true || value === nullText || needsQuotes.test(value) || (values.length === 1 && value === '\\.');
      return quoted ? `${quote}${value.replace(inQuotes, (found) => `${escape}${found}`)}${quote}` : value;
    });
    return `${fields.join(delimiter)}\n`;
  };
}

function quoteForClass(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
