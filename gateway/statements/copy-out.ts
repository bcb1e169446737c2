import type { CopyEncoding } from '../../executor/encode/copy-encoding.js';
import type { CopyRequest } from '../../planner/parse/read-copy.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { BINARY_SIGNATURE } from '../copy/binary-receiver.js';
import type { CopyFormat } from '../copy/copy-format.js';
import { readCopyFormat } from '../copy/copy-format.js';
import { headerLine } from '../copy/header-line.js';
import { whileWanted } from '../query/while-wanted.js';
import type { ExecutionResult } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { forcedFlags } from './copy-columns.js';
import { QueryStatement, runQuery } from './query.js';

/** No flags, no extension. */
const BINARY_HEADER = Buffer.concat([BINARY_SIGNATURE, Buffer.alloc(8)]);
const BINARY_TRAILER = Buffer.from([0xff, 0xff]);

/** COPY ... TO STDOUT: a query's rows in COPY's formats, written by the executors. */
export async function prepareCopyOut(session: Session, statement: ParsedStatement, source: ParsedStatement, request: CopyRequest): Promise<SessionStatement> {
  const format = readCopyFormat(request.options, 'to');
  const query = new QueryStatement(session, source, []);
  await query.translate();
  if (query.parameterTypes.length > 0) {
    throw new SqlError(SQLSTATE.undefined_parameter, 'there is no parameter $1');
  }
  const binary = format.format === 'binary';
  return {
    text: statement.text,
    parameterTypes: [],
    endsTransaction: false,
    describe: () => Promise.resolve(null),
    run: async (options): Promise<ExecutionResult> => {
      const names = (await whileWanted(options.signal, query.describe())).map((column) => column.name);
      const table = request.source.kind === 'table' ? request.source.name : null;
      const encoding = encodingOf(format, forcedFlags('FORCE_QUOTE', format.forceQuote, names, names, table));
      const { context, query: translated } = await whileWanted(options.signal, query.translate());
      const formats = [binary ? ('binary' as const) : ('text' as const)];
      const running = await runQuery(context, translated, [], { parameters: [], resultFormats: formats, signal: options.signal }, encoding);
      return {
        kind: 'copyOut',
        format: binary ? 'binary' : 'text',
        columnCount: names.length,
        stream: running.stream,
        header: binary ? BINARY_HEADER : format.header === 'none' ? null : headerLine(format, names),
        trailer: binary ? BINARY_TRAILER : null,
        tag: (rowCount) => `COPY ${rowCount}`,
        notices: [...translated.notices, ...running.notices],
      };
    },
  };
}

function encodingOf(format: CopyFormat, forced: readonly boolean[]): CopyEncoding {
  const delimiter = format.delimiter.charCodeAt(0);
  switch (format.format) {
    case 'binary':
      return { kind: 'binary' };
    case 'text':
      return { kind: 'text', delimiter, nullText: format.nullText };
    case 'csv':
      return { kind: 'csv', delimiter, quote: format.quote.charCodeAt(0), escape: format.escape.charCodeAt(0), nullText: format.nullText, forced };
  }
}
