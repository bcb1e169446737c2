import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { SequenceOptions } from './read-sequence.js';
import { readSequenceOptions } from './read-sequence.js';
import { textUntilClause } from './clause-text.js';
import type { QualifiedName } from './read-names.js';
import type { ParsedStatement } from './statement.js';
import { statementKind } from './statement.js';
import type { ColumnDef, Constraint, CreateStmt, Node, TypeName } from './syntax-tree.js';
import { scalarText, stringValues } from './syntax-tree.js';

/** A column's default as it was written. */
export interface DefaultRequest {
  /** PostgreSQL's SQL. */
  readonly text: string;
  readonly node: Node;
}

/** A column to be. */
export interface ColumnRequest {
  readonly name: string;
  readonly type: TypeName;
  readonly notNull: boolean;
  readonly defaultValue: DefaultRequest | null;
  /** A sequence of its own that fills it: serial types and identity columns. */
  readonly sequence: { readonly identity: 'always' | 'by default' | null; readonly options: SequenceOptions } | null;
}

/** A declared key. Keys are shown, not enforced. */
export interface KeyRequest {
  readonly name: string | undefined;
  readonly kind: 'primary' | 'unique' | 'foreign';
  readonly columns: readonly string[];
  readonly references: (QualifiedName & { readonly columns: readonly string[]; readonly onUpdate?: string; readonly onDelete?: string }) | null;
}

/** A table whose columns are taken over (LIKE). */
export interface LikeRequest extends QualifiedName {
  readonly includingDefaults: boolean;
  readonly includingComments: boolean;
  readonly includingKeys: boolean;
}

/** A key of a table's partitioning: a column, or a DuckLake transform of one. */
export interface PartitionKeyRequest {
  readonly column: string;
  /** `identity`, `year`, `month`, `day`, `hour` or `bucket(N)`. */
  readonly transform: string;
}

/** A key of a table's sort order. */
export interface SortKeyRequest {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** What becomes of a temporary table when a transaction is committed. */
export type OnCommit = 'preserve rows' | 'delete rows' | 'drop';

/** What CREATE TABLE and CREATE TABLE AS say alike. */
export interface TableHead extends QualifiedName {
  readonly temporary: boolean;
  readonly onCommit: OnCommit;
  readonly ifNotExists: boolean;
  readonly replace: boolean;
  readonly options: ReadonlyMap<string, string>;
}

/** CREATE TABLE. */
export interface CreateTableRequest extends TableHead {
  /** Columns and LIKE clauses in order. */
  readonly elements: readonly ({ readonly kind: 'column'; readonly column: ColumnRequest } | { readonly kind: 'like'; readonly like: LikeRequest })[];
  readonly keys: readonly KeyRequest[];
  readonly partitionStrategy: 'list' | 'range' | 'hash' | null;
  readonly partition: readonly PartitionKeyRequest[];
}

/** CREATE TABLE ... AS and SELECT ... INTO. */
export interface CreateTableAsRequest extends TableHead {
  readonly withData: boolean;
  readonly columnNames: readonly string[];
  readonly inner: ParsedStatement;
}

/** Bits of CREATE TABLE ... LIKE's options, by Postgres's numbering. */
const LIKE_COMMENTS = 1;
const LIKE_DEFAULTS = 8;
const LIKE_INDEXES = 64;

/** Reads CREATE TABLE. */
export function readCreateTable(statement: ParsedStatement): CreateTableRequest {
  if (statement.node === null || !('CreateStmt' in statement.node)) {
    throw new Error('not a CREATE TABLE statement');
  }
  const create = statement.node.CreateStmt;
  const elements: CreateTableRequest['elements'][number][] = [];
  const keys: KeyRequest[] = [];
  for (const element of create.tableElts ?? []) {
    if ('ColumnDef' in element) {
      elements.push({ kind: 'column', column: readColumn(statement, element.ColumnDef) });
      keys.push(...columnKeys(element.ColumnDef));
    } else if ('TableLikeClause' in element) {
      const { relation, options = 0 } = element.TableLikeClause;
      const like = {
        schema: relation?.schemaname,
        name: relation?.relname ?? '',
        includingDefaults: (options & LIKE_DEFAULTS) !== 0,
        includingComments: (options & LIKE_COMMENTS) !== 0,
        includingKeys: (options & LIKE_INDEXES) !== 0,
      };
      elements.push({ kind: 'like', like });
    } else if ('Constraint' in element) {
      keys.push(readKey(element.Constraint, stringValues(element.Constraint.keys)));
    }
  }
  const strategy = create.partspec?.strategy;
  return {
    schema: create.relation?.schemaname,
    name: create.relation?.relname ?? '',
    temporary: create.relation?.relpersistence === 't',
    onCommit: onCommitOf(create.oncommit),
    ifNotExists: create.if_not_exists === true,
    replace: isReplacing(statement),
    options: readOptions(create.options),
    elements,
    keys,
    partitionStrategy:
      strategy === undefined ? null : strategy === 'PARTITION_STRATEGY_LIST' ? 'list' : strategy === 'PARTITION_STRATEGY_RANGE' ? 'range' : 'hash',
    partition: (create.partspec?.partParams ?? []).map(readPartitionKey),
  };
}

/** Reads CREATE TABLE ... AS. */
export function readCreateTableAs(statement: ParsedStatement): CreateTableAsRequest {
  if (statement.node === null || !('CreateTableAsStmt' in statement.node) || statement.node.CreateTableAsStmt.query === undefined) {
    throw new Error('not a CREATE TABLE AS statement');
  }
  const { query, into, if_not_exists: ifNotExists, objtype } = statement.node.CreateTableAsStmt;
  if (objtype === 'OBJECT_MATVIEW') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'materialized views are not supported');
  }
  return {
    schema: into?.rel?.schemaname,
    name: into?.rel?.relname ?? '',
    temporary: into?.rel?.relpersistence === 't',
    onCommit: onCommitOf(into?.onCommit),
    ifNotExists: ifNotExists === true,
    replace: isReplacing(statement),
    options: readOptions(into?.options),
    withData: into?.skipData !== true,
    columnNames: stringValues(into?.colNames),
    inner: { ...statement, kind: statementKind(query), node: query },
  };
}

/** Reads a column's definition, in CREATE TABLE or ADD COLUMN; 0A000 for what is not kept. */
export function readColumn(statement: ParsedStatement, definition: ColumnDef): ColumnRequest {
  const name = definition.colname ?? '';
  if (definition.typeName === undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `column "${name}" has no type`);
  }
  const typeName = stringValues(definition.typeName.names).at(-1) ?? '';
  const serial = definition.typeName.names?.length === 1 ? SERIAL_TYPES.get(typeName) : undefined;
  let notNull = serial !== undefined;
  let sequence: ColumnRequest['sequence'] = serial === undefined ? null : { identity: null, options: {} };
  let defaultValue: DefaultRequest | null = null;
  for (const constraint of constraintsOf(definition)) {
    const kind = constraint.contype ?? '';
    if (kind === 'CONSTR_NOTNULL' || kind === 'CONSTR_PRIMARY') {
      notNull = true;
    } else if (kind === 'CONSTR_DEFAULT') {
      if (constraint.raw_expr !== undefined) {
        defaultValue = { text: textUntilClause(statement, constraint.location ?? 0), node: constraint.raw_expr };
      }
    } else if (kind === 'CONSTR_IDENTITY') {
      if (sequence !== null) {
        throw new SqlError(SQLSTATE.syntax_error, `multiple identity specifications for column "${name}"`);
      }
      notNull = true;
      sequence = { identity: constraint.generated_when === 'a' ? 'always' : 'by default', options: readSequenceOptions(constraint.options) };
    } else if (!SAYS_NOTHING_OF_COLUMN.has(kind)) {
      throw refuseConstraint(constraint);
    }
  }
  if (sequence !== null && defaultValue !== null) {
    const what = sequence.identity === null ? 'default values' : 'default and identity';
    throw new SqlError(
      SQLSTATE.syntax_error,
      sequence.identity === null ? `multiple ${what} specified for column "${name}"` : `both ${what} specified for column "${name}"`,
    );
  }
  return {
    name,
    type: serial === undefined ? definition.typeName : { names: [{ String: { sval: 'pg_catalog' } }, { String: { sval: serial } }], typemod: -1 },
    notNull,
    defaultValue,
    sequence,
  };
}

/** Integer types that stand for a sequence and a column it fills. */
const SERIAL_TYPES: ReadonlyMap<string, 'int2' | 'int4' | 'int8'> = new Map([
  ['smallserial', 'int2'],
  ['serial2', 'int2'],
  ['serial', 'int4'],
  ['serial4', 'int4'],
  ['bigserial', 'int8'],
  ['serial8', 'int8'],
]);

/** The keys that a column's definition declares. */
export function columnKeys(definition: ColumnDef): readonly KeyRequest[] {
  return constraintsOf(definition)
    .filter((constraint) => ['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_FOREIGN'].includes(constraint.contype ?? ''))
    .map((constraint) => readKey(constraint, [definition.colname ?? '']));
}

/** Reads a table's constraint; 0A000 for one that is not a key. */
export function readKey(constraint: Constraint, columns: readonly string[]): KeyRequest {
  if (constraint.contype === 'CONSTR_PRIMARY' || constraint.contype === 'CONSTR_UNIQUE') {
    return { name: constraint.conname, kind: constraint.contype === 'CONSTR_PRIMARY' ? 'primary' : 'unique', columns, references: null };
  }
  if (constraint.contype === 'CONSTR_FOREIGN') {
    const own = stringValues(constraint.fk_attrs);
    const { pktable } = constraint;
    const references = { schema: pktable?.schemaname, name: pktable?.relname ?? '', columns: stringValues(constraint.pk_attrs), ...actionsOf(constraint) };
    return { name: constraint.conname, kind: 'foreign', columns: own.length === 0 ? columns : own, references };
  }
  throw refuseConstraint(constraint);
}

/** A foreign key's actions where they are not NO ACTION. */
function actionsOf({ fk_upd_action: onUpdate, fk_del_action: onDelete }: Constraint): { readonly onUpdate?: string; readonly onDelete?: string } {
  return { ...(onUpdate === undefined || onUpdate === 'a' ? {} : { onUpdate }), ...(onDelete === undefined || onDelete === 'a' ? {} : { onDelete }) };
}

/** Constraints of a column that are keys of its table, read elsewhere, or the default anyway. */
const SAYS_NOTHING_OF_COLUMN: ReadonlySet<string> = new Set([
  'CONSTR_NULL',
  'CONSTR_UNIQUE',
  'CONSTR_FOREIGN',
  'CONSTR_ATTR_NOT_DEFERRABLE',
  'CONSTR_ATTR_IMMEDIATE',
]);

function constraintsOf(definition: ColumnDef): readonly Constraint[] {
  return (definition.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
}

function refuseConstraint(constraint: Constraint): SqlError {
  const word = (constraint.contype ?? '').replace('CONSTR_', '').replaceAll('_', ' ');
  return new SqlError(SQLSTATE.feature_not_supported, `${word === 'EXCLUSION' ? 'EXCLUDE' : word} constraints are not supported`);
}

function readPartitionKey(node: Node): PartitionKeyRequest {
  const element = 'PartitionElem' in node ? node.PartitionElem : {};
  if (element.name !== undefined) {
    return { column: element.name, transform: 'identity' };
  }
  const call = element.expr !== undefined && 'FuncCall' in element.expr ? element.expr.FuncCall : undefined;
  const [argument] = call?.args ?? [];
  const column = argument !== undefined && 'ColumnRef' in argument ? stringValues(argument.ColumnRef.fields) : [];
  const transform = stringValues(call?.funcname).at(-1) ?? '';
  if (column.length !== 1 || call?.args?.length !== 1 || !['year', 'month', 'day', 'hour'].includes(transform)) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'a table is partitioned by columns, or by year, month, day or hour of one');
  }
  return { column: column[0] ?? '', transform };
}

/** Options written in parentheses, by lower-case name. */
export function readOptions(options: readonly Node[] | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const option of options ?? []) {
    if ('DefElem' in option) {
      found.set((option.DefElem.defname ?? '').toLowerCase(), scalarText(option.DefElem.arg) ?? '');
    }
  }
  return found;
}

/** Postgres's parser has no OR REPLACE for tables: the words were blanked for it and stand in the text only. */
function isReplacing(statement: ParsedStatement): boolean {
  return /^\s*create\s+or\s+replace\s/i.test(statement.text);
}

function onCommitOf(action: CreateStmt['oncommit']): OnCommit {
  switch (action) {
    case 'ONCOMMIT_DROP':
      return 'drop';
    case 'ONCOMMIT_DELETE_ROWS':
      return 'delete rows';
    case 'ONCOMMIT_PRESERVE_ROWS':
    case 'ONCOMMIT_NOOP':
    case undefined:
      return 'preserve rows';
  }
}
