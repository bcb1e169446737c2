import type { CopyRequest } from '../../planner/parse/read-copy.js';
import { readCopy } from '../../planner/parse/read-copy.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { parseDataFileName } from '../../fs/dataset/file-format.js';
import type { WrittenFile } from '../../executor/engine.js';
import { beginStaging } from '../../fs/commit/begin-staging.js';
import { isS3Url } from '../../fs/s3/location.js';
import type { FileSink } from '../../planner/fragment/staged-plan.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName } from '../../planner/types/data-type.js';
import { toSqlError, withSqlErrors } from '../catalog/datasets-errors.js';
import { writeQuery } from '../query/write-query.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { prepareCopyFrom } from './copy-from.js';
import type { CopyTarget } from './copy-options.js';
import { readCopyOptions } from './copy-options.js';
import { prepareCopyOut } from './copy-out.js';
import { requireDistinctNames } from './describe-columns.js';
import { QueryStatement } from './query.js';

/** COPY. TO 'path' writes a dataset or a file under the data root, all or nothing. */
export async function prepareCopy(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCopy(statement);
  if (request.isProgram) {
    throw new SqlError(SQLSTATE.insufficient_privilege, `COPY ${request.direction} a program is not allowed`);
  }
  const { path } = request;
  if (path === null) {
    return request.direction === 'from' ? prepareCopyFrom(session, statement, request) : prepareCopyOut(session, statement, sourceOf(request), request);
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) && !isS3Url(path)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `COPY ${request.direction} a URL is not supported: "${path}"`, {
      hint: 'Name a place under the data directory.',
    });
  }
  await session.access.requireFiles(request.direction === 'from' ? 'read' : 'write', `COPY ${request.direction} a file`);
  if (request.direction === 'from') {
    return prepareCopyFrom(session, statement, request);
  }
  const target = readCopyOptions(path, request.options);
  const query = new QueryStatement(session, sourceOf(request), []);
  await query.translate();
  return command(statement, (options) => copyTo(session, query, path, target, options));
}

async function copyTo(session: Session, query: QueryStatement, path: string, target: CopyTarget, options: ExecuteOptions): Promise<CommandOutcome> {
  session.requireWritable('COPY TO');
  const { context, query: translated } = await query.translate();
  const described = await query.describeExactly();
  const columns = described.map((column) => ({ name: column.name, type: column.duckdbType, storedType: column.duckdbType }));
  const files = await writeDataset(session, path, target, columns, options.signal, (sink, directory) =>
    writeQuery(context, translated, [], columns, sink, directory, options.signal),
  );
  return { tag: `COPY ${files.reduce((sum, file) => sum + file.rowCount, 0)}`, notices: translated.notices };
}

/** Writes rows of these columns as a dataset or a file below the data directory, all or nothing; `write` makes the files in a folder. */
export async function writeDataset(
  session: Session,
  path: string,
  target: CopyTarget,
  columns: readonly { readonly name: string }[],
  signal: AbortSignal,
  write: (sink: FileSink, directory: string) => Promise<readonly WrittenFile[]>,
): Promise<readonly WrittenFile[]> {
  const { datasets } = session.services;
  checkColumns(
    columns.map((column) => column.name),
    target,
  );
  const place = await datasets.resolveCopyTarget(path);
  if (place.exists && target.mode === 'create') {
    throw new SqlError(SQLSTATE.duplicate_file, `"${path}" already exists`, { hint: 'OVERWRITE replaces it, APPEND adds files to a dataset.' });
  }
  if (!place.exists) {
    await requireFreeName(session, place.path);
  }
  const published = { mode: target.mode, singleFile: target.singleFile };
  const staging = await withSqlErrors(() => beginStaging(place.store, place.path, published));
  try {
    const sink = {
      format: target.format,
      columnNames: columns.map((column) => column.name),
      partitionBy: target.partitionBy,
      options: target.writerOptions,
      singleFile: target.singleFile,
    };
    const files = await write(sink, staging.directory);
    signal.throwIfAborted();
    await withSqlErrors(() =>
      staging.publish(
        place.path,
        files.map((file) => ({ path: file.relativePath, byteCount: file.byteCount })),
        published,
      ),
    );
    datasets.invalidate();
    return files;
  } catch (error) {
    await staging.discard();
    throw toSqlError(error);
  }
}

/** What is copied, as a query. */
function sourceOf(request: CopyRequest): ParsedStatement {
  if (request.source.kind === 'query') {
    const { statement } = request.source;
    if (statement.node === null || !('SelectStmt' in statement.node)) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'COPY query must be a SELECT or VALUES');
    }
    return statement;
  }
  const { schema, name, columns } = request.source;
  const table = schema === undefined ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`;
  const [statement] = parseStatements(`SELECT ${columns.length === 0 ? '*' : columns.map(quoteName).join(', ')} FROM ${table}`);
  if (statement === undefined) {
    throw new Error('a table cannot be selected from');
  }
  return statement;
}

/** A second file or folder of a table's name would make the table unreadable for everybody: 42P07. */
async function requireFreeName(session: Session, path: string): Promise<void> {
  const parts = path.split('/');
  const last = parts.at(-1) ?? '';
  const name = parseDataFileName(last)?.stem ?? last;
  const schema = parts.length === 1 ? 'public' : (parts[0] ?? '');
  if (parts.length <= 2 && (await session.services.datasets.snapshot()).has(schema, name)) {
    throw new SqlError(SQLSTATE.duplicate_table, `relation "${name}" already exists`, {
      detail: 'Another file or folder under the data directory gives the table its name.',
    });
  }
}

function checkColumns(names: readonly string[], target: CopyTarget): void {
  for (const name of target.partitionBy) {
    if (!names.includes(name)) {
      throw new SqlError(SQLSTATE.undefined_column, `column "${name}" named in PARTITION_BY does not exist`);
    }
  }
  requireDistinctNames(target.partitionBy);
  if (target.partitionBy.length > 0 && target.partitionBy.length === names.length) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, 'PARTITION_BY must leave at least one column to be written');
  }
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      throw new SqlError(SQLSTATE.duplicate_column, `column "${name}" specified more than once`, {
        hint: 'Files need different names for their columns; give the columns aliases.',
      });
    }
    seen.add(name.toLowerCase());
  }
}
