import type { CopyRequest } from '../../planner/parse/read-copy.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { nodeTag } from '../../planner/parse/syntax-tree.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { parseDataFileName } from '../../fs/dataset/file-format.js';
import type { StoreLocation } from '../../fs/store/data-roots.js';
import { quoteName, quoteText } from '../../planner/types/data-type.js';
import { BinaryReceiver } from '../copy/binary-receiver.js';
import { readCopyFormat } from '../copy/copy-format.js';
import type { CopyFormat } from '../copy/copy-format.js';
import { feedFiles } from '../copy/feed-files.js';
import { LineReceiver } from '../copy/line-receiver.js';
import { columnForm } from '../copy/plain-values.js';
import type { ColumnForm } from '../copy/plain-values.js';
import type { CopyReceiver, ExecuteOptions, ExecutionResult } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { forcedFlags, namedColumns } from './copy-columns.js';
import { columnsToFill } from './insert-with-sequences.js';
import { findTarget, prepareInsert } from './insert.js';

type Target = Extract<CopyRequest['source'], { readonly kind: 'table' }>;

/** COPY table FROM STDIN or a file: all rows or none. */
export async function prepareCopyFrom(session: Session, statement: ParsedStatement, request: CopyRequest): Promise<SessionStatement> {
  const { source, path } = request;
  if (source.kind === 'query') {
    throw new SqlError(SQLSTATE.syntax_error, 'COPY FROM needs a table');
  }
  const files = path === null ? [] : await session.services.datasets.copySources(path);
  const reader = path === null ? null : readerOf(request, files);
  if (path !== null && reader !== null) {
    return prepareFromReader(session, statement, source, request, path, reader);
  }
  const format = readCopyFormat(request.options, 'from');
  checkWhere(request.where);
  const columns = await findColumns(session, source, format);
  formsOf(columns, session);
  return {
    text: statement.text,
    parameterTypes: [],
    endsTransaction: false,
    describe: () => Promise.resolve(null),
    run: async (options): Promise<ExecutionResult> => {
      session.requireWritable('COPY FROM');
      const receiver = await makeReceiver(session, statement, request, source, format, options);
      if (path !== null) {
        return { kind: 'command', tag: await feedFiles(receiver, files, format, options.signal), notices: [] };
      }
      return { kind: 'copyIn', format: format.format === 'binary' ? 'binary' : 'text', columnCount: columns.length, receiver, notices: [] };
    },
  };
}

async function makeReceiver(
  session: Session,
  statement: ParsedStatement,
  { where }: CopyRequest,
  target: Target,
  format: CopyFormat,
  { signal }: ExecuteOptions,
): Promise<CopyReceiver> {
  const columns = await findColumns(session, target, format);
  const copy = {
    session,
    statement,
    schema: target.schema,
    table: target.name,
    columns,
    forms: formsOf(columns, session),
    format,
    where,
    signal,
  };
  return format.format === 'binary' ? new BinaryReceiver(copy) : new LineReceiver(copy);
}

async function findColumns(session: Session, target: Target, format: CopyFormat): Promise<readonly Column[]> {
  const { relation } = await findTarget(session, target, 'copy to');
  const columns = namedColumns(relation.columns, target.name, target.columns);
  const names = columns.map((column) => column.name);
  const all = relation.columns.map((column) => column.name);
  forcedFlags('FORCE_NOT_NULL', format.forceNotNull, names, all, target.name);
  forcedFlags('FORCE_NULL', format.forceNull, names, all, target.name);
  return columns;
}

function formsOf(columns: readonly Column[], session: Session): readonly ColumnForm[] {
  const timeZone = session.settings.require('TimeZone');
  return columns.map((column) => {
    const form = columnForm(column, timeZone);
    if (form === null) {
      throw new SqlError(SQLSTATE.feature_not_supported, `values of column "${column.name}" cannot be copied`, { detail: 'COPY FROM does not read its type.' });
    }
    return form;
  });
}

/** WHERE sees one row: no queries, aggregates or windows in it. The others are refused where it is translated. */
function checkWhere(where: Node | null): void {
  if (where !== null && holdsQuery(where)) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'cannot use subquery in COPY FROM WHERE condition');
  }
}

function holdsQuery(node: Node): boolean {
  return nodeTag(node) === 'SubLink' || JSON.stringify(node).includes('"SubLink":');
}

/** DuckDB's reader for files that are no lines of COPY, by FORMAT or else by the name. */
function readerOf(request: CopyRequest, files: readonly StoreLocation[]): 'read_parquet' | 'read_json' | null {
  const given = request.options.get('format')?.[0]?.toLowerCase();
  const formats = files.map((file) => parseDataFileName(file.path.slice(file.path.lastIndexOf('/') + 1))?.format);
  const named = formats.every((format) => format === formats[0]) ? formats[0] : undefined;
  const format = given ?? named;
  return format === 'parquet' ? 'read_parquet' : format === 'json' ? 'read_json' : null;
}

/** COPY FROM Parquet or JSON is an INSERT of the file's columns of the same names, distributed like any. */
async function prepareFromReader(
  session: Session,
  statement: ParsedStatement,
  target: Target,
  request: CopyRequest,
  path: string,
  reader: 'read_parquet' | 'read_json',
): Promise<SessionStatement> {
  const unknown = [...request.options.keys()].find((name) => name !== 'format' && name !== 'freeze');
  if (unknown !== undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `COPY option "${unknown}" is not supported for format ${reader.replace('read_', '')}`);
  }
  if (request.where !== null) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'COPY FROM with WHERE reads text, csv and binary only', {
      hint: `INSERT ... SELECT ... FROM ${reader}(...) WHERE does it.`,
    });
  }
  const { relation } = await findTarget(session, target, 'copy to');
  const columns = namedColumns(relation.columns, target.name, target.columns);
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const table = target.schema === undefined ? quoteName(target.name) : `${quoteName(target.schema)}.${quoteName(target.name)}`;
  const [parsed] = parseStatements(`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${reader}(${quoteText(path)})`);
  if (parsed === undefined) {
    throw new Error('an INSERT has no text');
  }
  const insert = await prepareInsert(session, parsed, [], await columnsToFill(session, target, columns));
  return {
    text: statement.text,
    parameterTypes: [],
    endsTransaction: false,
    describe: () => Promise.resolve(null),
    run: async (options): Promise<ExecutionResult> => {
      session.requireWritable('COPY FROM');
      const result = await insert.run(options);
      return result.kind === 'command' ? { ...result, tag: result.tag.replace('INSERT 0', 'COPY') } : result;
    },
  };
}
