import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStatements } from '../../planner/parse/parser.js';
import type { CopyRequest } from '../../planner/parse/read-copy.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName, scalar } from '../../planner/types/data-type.js';
import { formatPostgresType, postgresTypeOf } from '../../planner/types/postgres-type.js';
import type { CopyReceiver, ExecuteOptions } from '../session/backend.js';
import { relationOfTable } from '../session/lake-relations.js';
import type { Session } from '../session/session.js';
import { TEMPORARY_SCHEMA, ownSchemas } from '../session/session-catalog.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CopyFormat } from './copy-format.js';
import { readCopyFormat } from './copy-format.js';
import type { CopyRow } from './copy-lines.js';
import { CopyLines } from './copy-lines.js';
import { requireDistinctNames } from './describe-columns.js';
import { prepareInsert } from './insert.js';

const WRITE_LENGTH = 256 * 1024;
/** The name under which the received rows stand in the session's temporary schema while they are inserted. */
const RECEIVED = 'sluice_copy_rows';

/** COPY table FROM STDIN: the rows are kept in a file until the client is done, then inserted as one INSERT ... SELECT. */
export async function prepareCopyFrom(session: Session, statement: ParsedStatement, request: CopyRequest): Promise<SessionStatement> {
  if (request.path !== null) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'COPY FROM a file is not supported', { hint: 'INSERT INTO ... SELECT reads files, with read_csv and its kin.' });
  }
  const format = readCopyFormat(request.options, 'from');
  const { source } = request;
  if (source.kind === 'query') {
    throw new SqlError(SQLSTATE.syntax_error, 'COPY FROM needs a table');
  }
  if (statement.node !== null && 'CopyStmt' in statement.node && statement.node.CopyStmt.whereClause !== undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'COPY FROM with WHERE is not supported');
  }
  requireDistinctNames(source.columns);
  await findColumns(session, source);
  return {
    text: statement.text,
    parameterTypes: [],
    endsTransaction: false,
    describe: () => Promise.resolve(null),
    run: async (options) => {
      session.requireWritable('COPY FROM');
      const columns = await findColumns(session, source);
      return { kind: 'copyIn', columnCount: columns.length, receiver: new RowReceiver(session, source, columns, format, options), notices: [] };
    },
  };
}

type Target = Extract<CopyRequest['source'], { readonly kind: 'table' }>;

async function findColumns(session: Session, target: Target): Promise<readonly Column[]> {
  const own = ownSchemas(target.schema)
    .map((schema) => session.catalog.find(schema, target.name))
    .find((relation) => relation !== undefined);
  const table = own === undefined ? await session.lake.findTable(target.schema, target.name) : undefined;
  const relation = own ?? (table === undefined ? undefined : await relationOfTable(await session.lake.snapshot(), table));
  if (relation?.source.kind === 'view') {
    throw new SqlError(SQLSTATE.wrong_object_type, `cannot copy to view "${target.name}"`);
  }
  if (relation === undefined) {
    throw new SqlError(SQLSTATE.undefined_table, `relation "${target.name}" does not exist`);
  }
  if (target.columns.length === 0) {
    return relation.columns;
  }
  return target.columns.map((name) => {
    const column = relation.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      throw new SqlError(SQLSTATE.undefined_column, `column "${name}" of relation "${target.name}" does not exist`);
    }
    return column;
  });
}

class RowReceiver implements CopyReceiver {
  readonly #session: Session;
  readonly #target: Target;
  readonly #columns: readonly Column[];
  readonly #options: ExecuteOptions;
  readonly #lines: CopyLines;
  #file: { readonly path: string; readonly handle: FileHandle } | null = null;
  #pending: string[] = [];
  #pendingLength = 0;
  #byteCount = 0;

  constructor(session: Session, target: Target, columns: readonly Column[], format: CopyFormat, options: ExecuteOptions) {
    this.#session = session;
    this.#target = target;
    this.#columns = columns;
    this.#options = options;
    const names = columns.map((column) => column.name);
    this.#lines = new CopyLines(format, target.name, names);
  }

  async receive(chunk: Buffer | null): Promise<void> {
    for (const row of this.#lines.rows(chunk)) {
      const line = csvLine(row);
      this.#pending.push(line);
      this.#pendingLength += line.length;
    }
    if (this.#pendingLength >= WRITE_LENGTH) {
      await this.#write();
    }
  }

  async finish(): Promise<string> {
    await this.receive(null);
    await this.#write();
    const file = this.#file;
    if (file === null) {
      return 'COPY 0';
    }
    await file.handle.close();
    this.#file = null;
    const { catalog } = this.#session;
    catalog.put(receivedRelation(file.path, this.#byteCount, this.#columns.length), true);
    try {
      const [statement] = parseStatements(insertText(this.#target, this.#columns));
      if (statement === undefined) {
        throw new Error('an INSERT has no text');
      }
      const insert = await prepareInsert(this.#session, statement, []);
      const result = await insert.run({ parameters: [], resultFormats: [], signal: this.#options.signal });
      if (result.kind !== 'command') {
        throw new Error('an INSERT gave rows');
      }
      return result.tag.replace(/^INSERT 0/, 'COPY');
    } finally {
      catalog.remove([{ schema: TEMPORARY_SCHEMA, name: RECEIVED }]);
    }
  }

  async discard(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.handle.close();
  }

  async #write(): Promise<void> {
    if (this.#pendingLength === 0) {
      return;
    }
    const bytes = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    this.#pendingLength = 0;
    if (this.#file === null) {
      const path = join(await this.#session.temporaryFiles.makeDirectory(), 'rows.csv');
      this.#file = { path, handle: await open(path, 'wx') };
    }
    await this.#file.handle.appendFile(bytes);
    this.#byteCount += bytes.length;
  }
}

/** Every value in quotes, NULL without: nothing a value holds can be taken for something else. */
function csvLine(row: CopyRow): string {
  return `${row.map((value) => (value === null ? '\\N' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;
}

function receivedRelation(path: string, byteCount: number, columnCount: number): Relation {
  return {
    schema: TEMPORARY_SCHEMA,
    name: RECEIVED,
    columns: Array.from({ length: columnCount }, (_, index) => ({ name: `c${index}`, type: scalar('VARCHAR') })),
    source: {
      kind: 'files',
      format: 'csv',
      files: [{ path, byteCount }],
      partitionColumns: [],
      readerOptions: {
        delim: "','",
        quote: "'\"'",
        escape: "'\"'",
        header: 'false',
        nullstr: "'\\N'",
        allow_quoted_nulls: 'false',
        parallel: 'false',
        max_line_size: '1073741824',
      },
      unionByName: false,
    },
  };
}

/** Values are read by their types' own input rules; texts are assigned, so that one too long is an error and not cut. */
function insertText(target: Target, columns: readonly Column[]): string {
  const table = target.schema === undefined ? quoteName(target.name) : `${quoteName(target.schema)}.${quoteName(target.name)}`;
  const values = columns.map((column, index) => {
    const type = column.postgres ?? postgresTypeOf(column.type);
    const name = formatPostgresType({ ...type, modifier: -1 });
    return /^(text|character|"char"|name)/.test(name) && !name.endsWith(']') ? `c${index}` : `CAST(c${index} AS ${name})`;
  });
  return `INSERT INTO ${table} (${columns.map((column) => quoteName(column.name)).join(', ')}) SELECT ${values.join(', ')} FROM pg_temp.${RECEIVED}`;
}
