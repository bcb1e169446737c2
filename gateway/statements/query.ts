import type { StageSummary } from '../../executor/stages/options.js';
import type { CopyEncoding } from '../../executor/encode/copy-encoding.js';
import type { ResultColumn, ResultStream } from '../../executor/engine.js';
import { readJobCall } from '../../planner/parse/read-job-call.js';
import { readSetConfig } from '../../planner/parse/read-set-config.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { evaluateConstant } from '../../planner/translate/constant.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { translateQuery } from '../../planner/translate/query.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';
import { nullLiteral } from '../parameters/parameter-literal.js';
import { chooseRoad, roadSettings } from '../query/choose-road.js';
import { planQuery, runStaged } from '../query/planned-query.js';
import { sessionQueryContext } from '../query/session-context.js';
import type { RelationLookup } from '../query/environment.js';
import { namingDamagedFiles, namingDamagedFilesOf } from '../query/damaged-files.js';
import type { QueryContext } from '../query/query-context.js';
import type { Translation } from '../query/translate-query.js';
import { translateWithNames } from '../query/translate-query.js';
import { fetchInputs, NO_FILES, releasingAtEnd } from '../query/fetch-inputs.js';
import { whileWanted } from '../query/while-wanted.js';
import type { ParameterConstants } from '../query/whole-query.js';
import { preludesFor, runWhole, stubSql } from '../query/whole-query.js';
import { bindParameters } from './bind-parameters.js';
import { prepareJobCall } from './jobs.js';
import { prepareSetConfig } from './set-config.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import { constantRows, describeConstantColumns, formatOf, hasSimpleBinaryForm } from '../session/constant-rows.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { StatementNames } from '../session/session-names.js';

/** By this name pgjdbc knows that preparing the statement again helps. */
const REPLANNING = 'RevalidateCachedQuery';

/** SELECT, VALUES, TABLE, WITH: a statement whose rows come from executors, or a SET in disguise. */
export async function prepareQuery(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const calls = readSetConfig(statement);
  if (calls !== null) {
    return prepareSetConfig(session, statement, calls);
  }
  const job = readJobCall(statement);
  if (job !== null) {
    return prepareJobCall(session, statement, job);
  }
  const query = new QueryStatement(session, statement, declaredTypes);
  await query.translate();
  return query;
}

/** Translates a statement's query; INSERT has its own. */
export type Translator = (statement: ParsedStatement, environment: TranslationEnvironment, declaredTypes: readonly number[]) => TranslatedQuery;

/** A translation that holds now. */
export interface CurrentTranslation {
  readonly context: QueryContext;
  readonly query: TranslatedQuery;
  /** The names that were looked up for it, found or not, those inside views too. */
  readonly lookups: readonly RelationLookup[];
}

/** A query with its translation, kept as long as what it rests on stays the same. */
export class QueryStatement implements SessionStatement {
  readonly text: string;
  readonly endsTransaction = false;
  readonly #session: Session;
  readonly #statement: ParsedStatement;
  readonly #declaredTypes: readonly number[];
  readonly #translator: Translator;
  readonly #namesNoTables: boolean;
  #translation: Translation<TranslatedQuery> | null = null;
  #parameterTypes: readonly number[] = [];
  /** Names and types of the columns as they were first, null before; and whether they have changed since. */
  #firstColumns: string | null = null;
  #hasOtherColumns = false;
  #described: { readonly query: TranslatedQuery; readonly columns: readonly ResultColumn[] } | null = null;

  /** With `namesNoTables` the statement is known to look none up: then no directory and no catalog is asked for them. */
  constructor(
    session: Session,
    statement: ParsedStatement,
    declaredTypes: readonly number[],
    translator: Translator = translateQuery,
    { namesNoTables }: { readonly namesNoTables: boolean } = { namesNoTables: false },
  ) {
    this.#session = session;
    this.#translator = translator;
    this.#namesNoTables = namesNoTables;
    this.#statement = statement;
    this.#declaredTypes = declaredTypes;
    this.text = statement.text;
  }

  get parameterTypes(): readonly number[] {
    return this.#parameterTypes;
  }

  /** The query in DuckDB's SQL as of now, with the context it runs in. */
  async translate(): Promise<CurrentTranslation> {
    const names = this.#namesNoTables ? this.#session.names.withoutTables() : await this.#session.names.current();
    const context = sessionQueryContext(this.#session, names);
    if (this.#translation === null || !(await stillHolds(this.#translation, names))) {
      // Parameter types are fixed by the first translation: clients have been told them.
      const types = this.#translation === null ? this.#declaredTypes : this.#parameterTypes;
      this.#translation = await translateWithNames(context, names, (environment) => this.#translator(this.#statement, environment, types));
      this.#parameterTypes = this.#translation.translated.parameterTypes;
      const columns = columnsKey(this.#translation.translated);
      this.#firstColumns ??= columns;
      this.#hasOtherColumns = columns !== this.#firstColumns;
    } else {
      names.authorize(this.#translation.environment.lookups());
    }
    return { context, query: this.#translation.translated, lookups: this.#translation.environment.lookups() };
  }

  async isCurrent(): Promise<boolean> {
    if (this.#hasOtherColumns) {
      return false;
    }
    return this.#translation === null || this.#knownConstant() !== null || (await stillHolds(this.#translation, await this.#session.names.current()));
  }

  async describe(): Promise<readonly ResultColumn[]> {
    const known = this.#knownConstant();
    if (known !== null && this.#described?.query === known) {
      return this.#described.columns;
    }
    const { context, query } = await this.#translateAsPrepared();
    if (this.#described?.query !== query) {
      this.#described = { query, columns: await describeQuery(context, query) };
    }
    return this.#described.columns;
  }

  /** The same with DuckDB's own types, as its binder gives them. */
  async describeExactly(): Promise<readonly ResultColumn[]> {
    const { context, query } = await this.translate();
    return bindColumns(context, query);
  }

  async run(options: ExecuteOptions): Promise<ExecutionResult> {
    const known = this.#knownConstant();
    const quick = known === null ? null : this.#runConstant(known, options);
    if (quick !== null) {
      return quick;
    }
    const { context, query } = await whileWanted(options.signal, this.#translateAsPrepared());
    const constant = this.#runConstant(query, options);
    if (constant !== null) {
      return constant;
    }
    const { stream, notices } = await runQuery(context, query, bindParameters(query.parameterTypes, options, context.outputSettings()), options);
    return rowsResult(stream, [...query.notices, ...notices]);
  }

  /** As `translate`; 0A000 when other columns come out than the client was told of when it prepared the statement. */
  async #translateAsPrepared(): Promise<CurrentTranslation> {
    const translation = await this.translate();
    if (this.#hasOtherColumns) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'cached plan must not change result type', { routine: REPLANNING });
    }
    return translation;
  }

  /** The translation of a query that was found to be constant and still is: it costs no look at tables. */
  #knownConstant(): TranslatedQuery | null {
    const translation = this.#translation;
    if (translation === null || translation.translated.constants === undefined || translation.environment.lookups().length > 0) {
      return null;
    }
    return translation.environment.holdsFor(this.#session.names.withoutTables()) ? translation.translated : null;
  }

  /** Answers a query over nothing but constants without an executor, where that is known to give the same answer. */
  #runConstant(query: TranslatedQuery, options: ExecuteOptions): ExecutionResult | null {
    const row = evaluateConstant(this.#statement, query, options.parameters);
    if (row === null || row.columns.some((column, index) => formatOf(options.resultFormats, index) === 'binary' && !hasSimpleBinaryForm(column.type.oid))) {
      return null;
    }
    return rowsResult(constantRows(row.columns, row.rows, options.resultFormats), query.notices);
  }
}

/** A query that runs: its rows, and what its planning had to say. */
export interface RunningQuery {
  readonly stream: ResultStream;
  readonly notices: readonly SqlNotice[];
  /** How its stages went, complete once the stream has ended; none where it ran whole. */
  readonly summary: () => readonly StageSummary[];
}

/** Runs a translated query whichever way is right for it; with `copy` its rows are COPY's. */
export async function runQuery(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  options: ExecuteOptions,
  copy?: CopyEncoding,
): Promise<RunningQuery> {
  const running = await namingDamagedFiles(context, query.references, () => startQuery(context, query, parameters, options, copy));
  return { ...running, stream: namingDamagedFilesOf(context, query.references, running.stream) };
}

async function startQuery(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  options: ExecuteOptions,
  copy: CopyEncoding | undefined,
): Promise<RunningQuery> {
  const road = chooseRoad(query, roadSettings(context));
  const planned = road.kind === 'planned' ? await whileWanted(options.signal, planQuery(context, query, parameters, road.mode)) : null;
  const notices = planned?.notices ?? [];
  const files = context.objects === null ? NO_FILES : await whileWanted(options.signal, fetchInputs(context, query, parameters, planned));
  try {
    if (planned?.kind === 'staged') {
      const stream = await runStaged(context, query, planned.staged, options.resultFormats, options.signal, copy);
      return { stream: releasingAtEnd(stream, files), notices, summary: () => stream.summary() };
    }
    const stream = await runWhole(context, query, parameters, options.resultFormats, options.signal, copy);
    return { stream: releasingAtEnd(stream, files), notices, summary: () => [] };
  } catch (error) {
    files.release();
    throw error;
  }
}

/** A stream of rows as the result of a statement that selects. */
export function rowsResult(stream: ResultStream, notices: readonly SqlNotice[]): ExecutionResult {
  return { kind: 'rows', columns: stream.columns, stream, tag: (rowCount) => `SELECT ${rowCount}`, notices };
}

/** Columns of a query: from its translation where all types are known, else from DuckDB's binder. */
export function describeQuery(context: QueryContext, query: TranslatedQuery): Promise<readonly ResultColumn[]> {
  const known = query.columns?.flatMap((column) => (column.type === null ? [] : [{ name: column.name, type: column.type }]));
  if (known !== undefined && known.length === query.columns?.length) {
    return Promise.resolve(describeConstantColumns(known, []));
  }
  return bindColumns(context, query);
}

async function bindColumns(context: QueryContext, query: TranslatedQuery): Promise<readonly ResultColumn[]> {
  const sql = await stubSql(context, query, query.parameterTypes.map(nullLiteral));
  const described = await context.binder.describe(sql, await preludesFor(context, sql), context.setting('TimeZone'));
  return described.map((column, index) => ({
    name: query.columns?.[index]?.name ?? column.name,
    duckdbType: column.type,
    type: query.columns?.[index]?.type ?? postgresTypeOf(column.type),
    format: 'text',
  }));
}

/** What of its columns a query may not change while it is prepared. */
function columnsKey(query: TranslatedQuery): string {
  return JSON.stringify(query.columns?.map((column) => [column.name, column.type?.oid ?? null]) ?? null);
}

async function stillHolds(translation: Translation<TranslatedQuery>, names: StatementNames): Promise<boolean> {
  for (const { schema, name, version } of translation.environment.lookups()) {
    if (version !== undefined || names.has(schema, name) || names.isSequence(schema, name)) {
      await names.load(schema, name, version);
    }
  }
  return translation.environment.holdsFor(names);
}
