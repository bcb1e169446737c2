import { parseDataFileName } from '../../fs/dataset/file-format.js';
import type { DatasetFormat } from '../../fs/dataset/file-format.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { CreateForeignTableRequest } from '../../planner/parse/read-foreign-table.js';
import { readCreateForeignTable } from '../../planner/parse/read-foreign-table.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName, quoteText } from '../../planner/types/data-type.js';
import { formatPostgresType } from '../../planner/types/postgres-type.js';
import { FOREIGN_TABLE_TAG } from '../session/lake-relations.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { declaredColumnType, withEnvironment } from './create-stored-table.js';
import { storeView } from './create-view.js';
import { describeColumns, requireDistinctNames } from './describe-columns.js';
import { QueryStatement } from './query.js';
import { creationPlace, findStored, requireFreeName } from './stored-names.js';

/** The only foreign server there is: files under the data directories. */
export const FILES_SERVER = 'files';

/** Options of each format by PostgreSQL's names (file_fdw's), and the readers' names for them. */
const READER_OPTIONS: Readonly<Record<DatasetFormat, ReadonlyMap<string, string>>> = {
  parquet: new Map([['hive_partitioning', 'hive_partitioning']]),
  json: new Map([
    ['hive_partitioning', 'hive_partitioning'],
    ['compression', 'compression'],
  ]),
  csv: new Map([
    ['hive_partitioning', 'hive_partitioning'],
    ['compression', 'compression'],
    ['header', 'header'],
    ['delimiter', 'delim'],
    ['quote', 'quote'],
    ['escape', 'escape'],
    ['null', 'nullstr'],
  ]),
};

const FLAGS: ReadonlySet<string> = new Set(['hive_partitioning', 'header']);

/** CREATE FOREIGN TABLE over files: stored as a view of them, so that every reader of the catalog can follow it. */
export function prepareCreateForeignTable(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateForeignTable(statement);
  if (request.server !== FILES_SERVER) {
    throw new SqlError(SQLSTATE.undefined_object, `server "${request.server}" does not exist`, { hint: `The only server is "${FILES_SERVER}".` });
  }
  const call = readerCall(request);
  return Promise.resolve(command(statement, () => create(session, statement, request, call)));
}

async function create(session: Session, statement: ParsedStatement, request: CreateForeignTableRequest, call: ReaderCall): Promise<CommandOutcome> {
  const tag = 'CREATE FOREIGN TABLE';
  const transaction = await session.lake.writable(tag);
  const place = await creationPlace(session, transaction, { schema: request.schema, temporary: false });
  if (request.ifNotExists && findStored(session, transaction.current, { schema: place.schema, name: request.name }) !== undefined) {
    return { tag, notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.duplicate_table, message: `relation "${request.name}" already exists, skipping` }] };
  }
  await requireFreeName(session, transaction, place, request.name);
  requireDistinctNames(request.columns.map((column) => column.name));
  const found = await describeFiles(session, `SELECT * FROM ${call.text([])}`);
  const body = request.columns.length === 0 ? `SELECT * FROM ${call.text([])}` : await declaredBody(session, statement, request, call, found);
  const columns = await describeFiles(session, body);
  storeView(transaction, {
    place,
    name: request.name,
    columns,
    body,
    text: body,
    reads: [],
    tags: new Map([[FOREIGN_TABLE_TAG, JSON.stringify(Object.fromEntries(request.options))]]),
  });
  return { tag };
}

/** The files' rows as the declared columns: by name, or where a CSV file has other names, by place as COPY reads it. */
async function declaredBody(
  session: Session,
  statement: ParsedStatement,
  request: CreateForeignTableRequest,
  call: ReaderCall,
  found: readonly Column[],
): Promise<string> {
  const declared = await withEnvironment(session, (environment) =>
    request.columns.map(({ name, type }) => ({ name, type: formatPostgresType(declaredColumnType(statement, environment, type).postgres) })),
  );
  const missing = declared.find(({ name }) => !found.some((column) => column.name === name));
  const byPlace = missing !== undefined && call.format === 'csv' && declared.length === found.length;
  if (missing !== undefined && !byPlace) {
    throw new SqlError(SQLSTATE.fdw_column_name_not_found, `column "${missing.name}" of foreign table "${request.name}" is not in its files`, {
      hint: `They have ${found.map((column) => quoteName(column.name)).join(', ')}.`,
    });
  }
  const list = declared.map(({ name, type }, index) => {
    const source = byPlace ? (found[index]?.name ?? name) : name;
    return `CAST(f.${quoteName(source)} AS ${type}) AS ${quoteName(name)}`;
  });
  // A CSV file's texts are read as the declared types by PostgreSQL's rules, not as what they look like.
  return `SELECT ${list.join(', ')} FROM ${call.text(call.format === 'csv' ? ['all_varchar => true'] : [])} AS f`;
}

/** A call of read_parquet and its kin. */
interface ReaderCall {
  readonly format: DatasetFormat;
  /** As SQL, with more arguments. */
  readonly text: (more: readonly string[]) => string;
}

function readerCall(request: CreateForeignTableRequest): ReaderCall {
  const path = request.options.get('path');
  if (path === undefined || path === '') {
    throw new SqlError(SQLSTATE.fdw_dynamic_parameter_value_needed, 'option "path" is required for foreign tables of server "files"');
  }
  const format = readFormat(request.options.get('format'), path);
  const names = READER_OPTIONS[format];
  const given = [...request.options].filter(([name]) => name !== 'path' && name !== 'format');
  const list = given.map(([name, value]) => {
    const reader = names.get(name);
    if (reader === undefined) {
      throw new SqlError(SQLSTATE.fdw_option_name_not_found, `invalid option "${name}"`, {
        hint: `Valid options for format ${format} are: path, format, ${[...names.keys()].join(', ')}.`,
      });
    }
    return `${reader} => ${FLAGS.has(name) ? readFlag(name, value) : quoteText(value)}`;
  });
  return { format, text: (more) => `read_${format}(${[quoteText(path), ...list, ...more].join(', ')})` };
}

function readFormat(given: string | undefined, path: string): DatasetFormat {
  if (given !== undefined) {
    const format = (['parquet', 'csv', 'json'] as const).find((known) => known === given.toLowerCase());
    if (format === undefined) {
      throw new SqlError(SQLSTATE.invalid_parameter_value, `format "${given}" is not one of parquet, csv, json`);
    }
    return format;
  }
  // A pattern's last part has an extension as a file's name has; its stars are no part of that.
  const format = parseDataFileName(`x${path.split('/').at(-1) ?? ''}`)?.format;
  if (format === undefined) {
    throw new SqlError(SQLSTATE.fdw_dynamic_parameter_value_needed, `option "format" is required: the path "${path}" does not tell it`);
  }
  return format;
}

function readFlag(name: string, value: string): string {
  if (/^(?:true|on|yes|1)$/i.test(value)) {
    return 'true';
  }
  if (/^(?:false|off|no|0)$/i.test(value)) {
    return 'false';
  }
  throw new SqlError(SQLSTATE.invalid_parameter_value, `${name} requires a Boolean value`);
}

/** The columns of a query over the files. Its errors have no place in the statement: it is not what the user wrote. */
async function describeFiles(session: Session, sql: string): Promise<readonly Column[]> {
  const [parsed] = parseStatements(sql);
  if (parsed === undefined) {
    throw new Error('no statement');
  }
  try {
    return await describeColumns(new QueryStatement(session, parsed, []), [], '');
  } catch (error) {
    if (error instanceof SqlError) {
      const { detail, hint } = error;
      throw new SqlError(error.sqlstate, error.message, {
        ...(detail === undefined ? {} : { detail }),
        ...(hint === undefined ? {} : { hint }),
        cause: error,
      });
    }
    throw error;
  }
}
