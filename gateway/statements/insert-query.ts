import type { LakeTable } from '../../fs/lake/model.js';
import type { InsertRequest } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import type { Relation } from '../../planner/relation/relation.js';
import { evaluateRows } from '../../planner/translate/constant.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { OID, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { INLINED_ROW_COUNT_MAX } from '../lake/apply-changes.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SequenceColumn } from './insert-sequences.js';
import { QueryStatement } from './query.js';
import { defaultsOf } from './stored-defaults.js';
import { translateInsert } from './translate-insert.js';

/** An environment that knows more names than another. */
export type Within = (environment: TranslationEnvironment) => TranslationEnvironment;

/** Where rows go. */
export interface InsertTarget {
  readonly relation: Relation;
  readonly table: LakeTable;
}

/**
 * The rows of an INSERT as a query that gives its target's columns, made anew where the target has others. Rows that are
 * nothing but constants and parameters are known without one.
 */
export class InsertQuery {
  readonly #session: Session;
  readonly #statement: ParsedStatement;
  readonly #request: InsertRequest;
  readonly #filled: readonly string[];
  readonly #within: Within;
  #parameterTypes: readonly number[];
  #constants: { readonly target: InsertTarget; readonly query: QueryStatement } | null = null;
  #query: { readonly target: InsertTarget; readonly query: QueryStatement } | null = null;

  /** `fill`: columns that sequences fill in the rows of a query; they are 0 in it. */
  constructor(
    session: Session,
    statement: ParsedStatement,
    request: InsertRequest,
    declaredTypes: readonly number[],
    fill: readonly SequenceColumn[] = [],
    within: Within = (environment) => environment,
  ) {
    this.#within = within;
    this.#filled = fill.map(({ name }) => name);
    this.#session = session;
    this.#statement = statement;
    this.#request = request;
    this.#parameterTypes = declaredTypes;
  }

  get parameterTypes(): readonly number[] {
    return this.#parameterTypes;
  }

  /** Reports what is wrong with the statement, and fixes the parameters' types. */
  async prepare(target: InsertTarget): Promise<void> {
    if (isPlainValues(this.#statement)) {
      const query = this.#make(target, true);
      const translated = await query.translate();
      if (translated.query.constantRows !== undefined) {
        this.#constants = { target, query };
        this.#parameterTypes = query.parameterTypes;
        return;
      }
    }
    const query = this.for(target);
    await query.translate();
    this.#parameterTypes = query.parameterTypes;
  }

  for(target: InsertTarget): QueryStatement {
    if (this.#query === null || !hasSameColumns(this.#query.target, target)) {
      this.#query = { target, query: this.#make(target, false) };
    }
    return this.#query.query;
  }

  /** Rows that are known without a query, as texts for the catalog; null where DuckDB has to read them, or refuse them. */
  async constantTexts(target: InsertTarget, { parameters }: ExecuteOptions): Promise<readonly (readonly (string | null)[])[] | null> {
    if (this.#constants === null) {
      return null;
    }
    if (!hasSameColumns(this.#constants.target, target)) {
      this.#constants = { target, query: this.#make(target, true) };
    }
    const { query } = await this.#constants.query.translate();
    const { columns } = target.relation;
    const rows = parameters.length === query.parameterTypes.length ? evaluateRows(query, parameters) : null;
    const isRefused = (row: readonly (string | null)[]): boolean => row.some((value, index) => value === null && columns[index]?.notNull === true);
    if (rows === null || rows.length > INLINED_ROW_COUNT_MAX || rows.some(isRefused)) {
      return null;
    }
    const isBoolean = columns.map((column) => (column.postgres ?? postgresTypeOf(column.type)).oid === OID.bool);
    return rows.map((row) => row.map((value, index) => (isBoolean[index] === true && value !== null ? (value === 't' ? 'true' : 'false') : value)));
  }

  #make(target: InsertTarget, namesNoTables: boolean): QueryStatement {
    const defaults = defaultsOf(target.table, this.#filled);
    return new QueryStatement(
      this.#session,
      this.#statement,
      this.#parameterTypes,
      (parsed, environment, types) => translateInsert(parsed, this.#request.columns, target.relation, defaults, this.#within(environment), types),
      { namesNoTables },
    );
  }
}

function hasSameColumns(a: InsertTarget, b: InsertTarget): boolean {
  return a.relation === b.relation;
}

/** True for VALUES of constants, parameters and DEFAULT: nothing in them is looked up. */
function isPlainValues({ node }: ParsedStatement): boolean {
  const insert = node !== null && 'InsertStmt' in node ? node.InsertStmt : undefined;
  const source = insert?.selectStmt;
  const select = source !== undefined && 'SelectStmt' in source && insert?.withClause === undefined ? source.SelectStmt : undefined;
  const rows = select?.valuesLists ?? [];
  return rows.length > 0 && rows.length <= INLINED_ROW_COUNT_MAX && rows.every((row) => 'List' in row && (row.List.items ?? []).every(isPlain));
}

function isPlain(item: Node): boolean {
  return 'A_Const' in item || 'ParamRef' in item || 'SetToDefault' in item;
}
