import type { SqlErrorDetails, SqlNotice } from '../sql-error.js';
import { SqlError } from '../sql-error.js';
import type { SqlState } from '../sqlstate.js';
import { SQLSTATE } from '../sqlstate.js';
import { OID } from '../types/postgres-type.js';
import type { Relation } from '../relation/relation.js';
import type { Node, SelectStmt } from '../parse/syntax-tree.js';
import type { StatementSource } from '../parse/statement.js';
import { positionOf } from '../parse/statement.js';
import { parameterMark, referenceMark } from './holes.js';
import type { TranslationEnvironment } from './environment.js';
import type { QueryBlock, RelationReference } from './translated.js';
import type { Query, QueryBody } from './query-shape.js';
import type { Scope } from './scope.js';
import type { Typed } from './typed.js';

/** What one statement's translation gathers; mutable while it runs, thrown away after. */
export interface Translation {
  readonly environment: TranslationEnvironment;
  /** The text positions count in; null inside a view, whose positions would mean nothing to the client. */
  readonly source: StatementSource | null;
  readonly shared: SharedState;
  readonly recursion: Recursion;
}

/** The functions that a part of SQL which may hold any other calls. */
export interface Recursion {
  readonly expression: (translation: Translation, scope: Scope, node: Node) => Typed;
  readonly select: (translation: Translation, parent: Scope | null, select: SelectStmt, parentBlock: number | null) => Query;
  readonly body: (translation: Translation, parent: Scope | null, select: SelectStmt, parentBlock: number | null) => QueryBody;
}

/** State shared with the translation of the views a statement names. */
export interface SharedState {
  /** OIDs of $1..$n; 0 where still open. */
  readonly parameterTypes: number[];
  readonly references: RelationReference[];
  readonly blocks: QueryBlock[];
  readonly notices: SqlNotice[];
  /** Lower-cased SQL aliases in use: DuckDB's names ignore case, so each range of a statement gets one of its own. */
  readonly aliases: Set<string>;
  volatile: boolean;
  readsTables: boolean;
  /** Views being expanded around this point. */
  viewDepth: number;
  /** Expressions being translated around this point. */
  depth: number;
}

/** Deepest nesting of views: further is a view that reads itself. */
export const VIEW_DEPTH_MAX: number = 100;

/** Deepest nesting of expressions and subqueries, as Postgres's stack depth limit allows some thousands. */
export const EXPRESSION_DEPTH_MAX: number = 1500;

/** Starts a translation. */
export function startTranslation(
  source: StatementSource,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
  recursion: Recursion,
): Translation {
  return {
    environment,
    source,
    recursion,
    shared: {
      parameterTypes: declaredTypes.map((oid) => (oid === OID.unknown ? 0 : oid)),
      references: [],
      blocks: [],
      notices: [],
      aliases: new Set(),
      volatile: false,
      readsTables: false,
      viewDepth: 0,
      depth: 0,
    },
  };
}

/** An error at a place in the statement. */
export function errorAt(
  translation: Pick<Translation, 'source'>,
  sqlstate: SqlState,
  location: number | undefined,
  message: string,
  details: SqlErrorDetails = {},
): SqlError {
  const position = translation.source === null ? undefined : positionOf(translation.source, location);
  return new SqlError(sqlstate, message, position === undefined ? details : { ...details, position });
}

/** The error for a part of SQL that Sluice does not run. */
export function unsupported(translation: Translation, what: string, location?: number): SqlError {
  return errorAt(translation, SQLSTATE.feature_not_supported, location ?? -1, `${what} is not supported`);
}

/** A name for a range of the statement that no other has, whatever the case. */
export function uniqueAlias(translation: Translation, wanted: string): string {
  const aliases = translation.shared.aliases;
  let alias = wanted === '' ? 'unnamed' : wanted;
  for (let suffix = 1; aliases.has(alias.toLowerCase()); suffix++) {
    alias = `${wanted}_${suffix}`;
  }
  aliases.add(alias.toLowerCase());
  return alias;
}

/** Records a mention of a relation and gives its mark. */
export function addReference(translation: Translation, relation: Relation, alias: string, block: number): string {
  const references = translation.shared.references;
  const index = references.length;
  references.push({ index, relation, alias, block });
  translation.shared.readsTables = true;
  return referenceMark(index);
}

/** A parameter as an expression: of its type when one is known, else open. */
export function parameterExpression(translation: Translation, number: number, location: number | undefined): Typed {
  if (number < 1 || number > PARAMETER_COUNT_MAX) {
    throw errorAt(translation, SQLSTATE.undefined_parameter, location, `there is no parameter $${number}`);
  }
  const types = translation.shared.parameterTypes;
  while (types.length < number) {
    types.push(0);
  }
  const oid = types[number - 1] ?? 0;
  const sql = parameterMark(number);
  return oid === 0 ? { sql, type: { oid: OID.unknown, modifier: -1 }, parameter: number } : { sql, type: { oid, modifier: -1 }, wholeParameter: number };
}

/** The protocol counts parameters in 16 bits. */
export const PARAMETER_COUNT_MAX: number = 65535;
