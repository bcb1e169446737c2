import type { BoundColumn, PartitionedPlan } from '../../planner/dataframe/partitioned-plan.js';
import { columnsOfPlan } from '../../planner/dataframe/partitioned-plan.js';
import type { FrameStatement } from '../../planner/dataframe/compile-frame.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { translateQuery } from '../../planner/translate/query.js';
import { OID } from '../../planner/types/postgres-type.js';
import { nullLiteral } from '../parameters/parameter-literal.js';
import { bindQuery } from '../query/planned-query.js';
import type { QueryContext } from '../query/query-context.js';
import { sessionQueryContext } from '../query/session-context.js';
import { translateWithNames } from '../query/translate-query.js';
import { preludesFor, stubSql } from '../query/whole-query.js';
import type { StageProgress } from './stage-progress.js';
import { withProgress } from './stage-progress.js';
import type { Session } from '../session/session.js';
import type { StatementNames } from '../session/session-names.js';
import { duckdbTranslator } from '../statements/duckdb-query.js';
import type { ScriptFunction } from '../../executor/engine.js';
import { quoteName } from '../../planner/types/data-type.js';
import { FRAME_SCHEMA, FrameNames } from './frame-names.js';
import { scriptStatement } from './script-statement.js';

/** A data frame whose names and types are known. */
export interface BoundFrame {
  readonly context: QueryContext;
  readonly columns: readonly BoundColumn[];
  readonly plan: PartitionedPlan;
  /** True when it is one query that the planner may place as it likes, like any other. */
  readonly isPlain: boolean;
  /** Functions in JavaScript that its statements call. */
  readonly scripts: readonly ScriptFunction[];
}

/** Parameters of a statement that runs once a partition: the partition's number, and their count. */
const PARTITION_PARAMETERS: readonly number[] = [OID.int4, OID.int4];

/** Binds the statements of one data frame, each once, against one picture of names. */
export class FrameBinder {
  readonly #session: Session;
  readonly #names: StatementNames;
  readonly #context: QueryContext;
  readonly #stored: ReadonlyMap<string, Relation>;
  readonly #bound = new Map<FrameStatement, PartitionedPlan>();
  readonly #scripts = new Map<string, ScriptFunction>();

  /** `stored` are the rows that the library keeps, by the names that statements know them by. */
  static async bind(
    session: Session,
    statement: FrameStatement,
    stored: ReadonlyMap<string, Relation>,
    onProgress?: (progress: StageProgress) => void,
  ): Promise<BoundFrame> {
    const names = await session.names.current();
    const binder = new FrameBinder(session, names, stored);
    const plan = await binder.#plan(statement);
    const context = onProgress === undefined ? binder.#context : { ...binder.#context, pool: withProgress(binder.#context.pool, onProgress) };
    return {
      context,
      columns: columnsOfPlan(plan),
      plan,
      isPlain: statement.kind === 'query' && statement.parts.size === 0,
      scripts: [...binder.#scripts.values()],
    };
  }

  private constructor(session: Session, names: StatementNames, stored: ReadonlyMap<string, Relation>) {
    this.#session = session;
    this.#names = names;
    this.#stored = stored;
    this.#context = sessionQueryContext(session, names);
  }

  async #plan(statement: FrameStatement): Promise<PartitionedPlan> {
    const known = this.#bound.get(statement);
    if (known !== undefined) {
      return known;
    }
    const plan = await this.#bind(statement);
    this.#bound.set(statement, plan);
    return plan;
  }

  async #bind(statement: FrameStatement): Promise<PartitionedPlan> {
    if (statement.kind === 'repartition') {
      const input = await this.#plan(statement.input);
      return { kind: 'repartition', input, columns: columnsOfPlan(input), partitioning: statement.partitioning };
    }
    if (statement.kind === 'script') {
      const input = await this.#plan(statement.input);
      const { script, bound } = scriptStatement(input, statement, statement.columns === null ? null : await this.#declared(statement.columns));
      this.#scripts.set(script.name, script);
      return { kind: 'per_partition', statement: bound, description: `JavaScript, ${statement.script.use}` };
    }
    const parts = new Map<string, PartitionedPlan>();
    for (const [name, part] of statement.parts) {
      parts.set(name, await this.#plan(part));
    }
    const isPerPartition = statement.kind === 'per_partition';
    const query = await this.#translate(statement.sql, parts, isPerPartition ? PARTITION_PARAMETERS : []);
    const constants = query.parameterTypes.map(nullLiteral);
    const logical = isPerPartition ? null : await bindQuery(this.#context, query, constants);
    const bound = {
      query,
      logical: logical?.kind === 'plan' ? logical.plan : null,
      columns: await this.#columns(query, constants),
      partitioned: new Map(
        query.references.flatMap((reference) => {
          const part = reference.relation.source.kind === 'partitioned' ? parts.get(reference.relation.name) : undefined;
          return part === undefined ? [] : [[reference.index, part] as const];
        }),
      ),
    };
    return isPerPartition ? { kind: 'per_partition', statement: bound, description: statement.description } : { kind: 'statement', statement: bound };
  }

  /** Columns of which only names and SQL types are known. */
  async #declared(columns: readonly (readonly [name: string, type: string])[]): Promise<readonly BoundColumn[]> {
    const query = await this.#translate(`SELECT ${columns.map(([name, type]) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`).join(', ')}`, new Map(), []);
    return this.#columns(query, []);
  }

  async #translate(sql: string, parts: ReadonlyMap<string, PartitionedPlan>, parameterTypes: readonly number[]): Promise<TranslatedQuery> {
    const [parsed, ...others] = parseStatements(sql);
    if (parsed === undefined || others.length > 0 || (parsed.kind !== 'select' && parsed.kind !== 'duckdb')) {
      throw new SqlError(SQLSTATE.syntax_error, 'one query is expected', { detail: sql });
    }
    const relations = new Map(this.#stored);
    for (const [name, plan] of parts) {
      relations.set(name, { schema: FRAME_SCHEMA, name, columns: columnsOfPlan(plan), source: { kind: 'partitioned' } });
    }
    const translator = parsed.kind === 'duckdb' ? await duckdbTranslator(this.#session, parsed) : translateQuery;
    const names = new FrameNames(this.#names, relations);
    const { translated } = await translateWithNames(this.#context, names, (environment) => translator(parsed, environment, parameterTypes));
    return translated;
  }

  /** Names and types of a query's columns; 42701 where two have one name. */
  async #columns(query: TranslatedQuery, constants: readonly string[]): Promise<readonly BoundColumn[]> {
    const sql = await stubSql(this.#context, query, constants);
    const described = await this.#context.binder.describe(sql, await preludesFor(this.#context, sql), this.#context.setting('TimeZone'));
    const columns = described.map(({ name, type }, index) => ({ name: query.columns?.[index]?.name ?? name, type }));
    const twice = columns.find(({ name }, index) => columns.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined) {
      throw new SqlError(SQLSTATE.duplicate_column, `column "${twice.name}" occurs more than once in a data frame`, {
        hint: 'Select the columns by name, with AS for those of the same name.',
      });
    }
    return columns;
  }
}
