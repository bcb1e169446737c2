import type { ColumnRequest, KeyRequest } from './read-create-table.js';
import { columnKeys, readColumn, readKey } from './read-create-table.js';
import type { SequenceOptions } from './read-sequence.js';
import { readSequenceOptions } from './read-sequence.js';
import { expressionText } from './clause-text.js';
import type { QualifiedName } from './read-names.js';
import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { ParsedStatement } from './statement.js';
import type { AlterTableCmd, Node, TypeName } from './syntax-tree.js';
import { listItems, stringValues } from './syntax-tree.js';

/** CREATE SCHEMA. */
export interface CreateSchemaRequest {
  readonly name: string;
  readonly ifNotExists: boolean;
}

/** Reads CREATE SCHEMA; 0A000 when it holds statements. */
export function readCreateSchema(statement: ParsedStatement): CreateSchemaRequest {
  if (statement.node === null || !('CreateSchemaStmt' in statement.node)) {
    throw new Error('not a CREATE SCHEMA statement');
  }
  const { schemaname, authrole, schemaElts, if_not_exists: ifNotExists } = statement.node.CreateSchemaStmt;
  if (schemaElts !== undefined && schemaElts.length > 0) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'CREATE SCHEMA with statements in it is not supported');
  }
  return { name: schemaname ?? authrole?.rolename ?? '', ifNotExists: ifNotExists === true };
}

/** One change of a table. */
export type TableChange =
  | { readonly kind: 'add_column'; readonly column: ColumnRequest; readonly keys: readonly KeyRequest[]; readonly ifNotExists: boolean }
  | { readonly kind: 'drop_column'; readonly name: string; readonly missingOk: boolean; readonly cascade: boolean }
  | { readonly kind: 'set_type'; readonly name: string; readonly type: TypeName }
  | { readonly kind: 'set_default'; readonly name: string; readonly text: string; readonly node: Node }
  | { readonly kind: 'add_identity'; readonly name: string; readonly sequence: NonNullable<ColumnRequest['sequence']> }
  | { readonly kind: 'set_identity'; readonly name: string; readonly identity: 'always' | 'by default' | null; readonly options: SequenceOptions }
  | { readonly kind: 'drop_identity'; readonly name: string; readonly missingOk: boolean }
  | { readonly kind: 'drop_default' | 'set_not_null' | 'drop_not_null'; readonly name: string }
  | { readonly kind: 'add_key'; readonly key: KeyRequest }
  | { readonly kind: 'drop_key'; readonly name: string; readonly missingOk: boolean }
  | { readonly kind: 'nothing' };

/** ALTER TABLE. */
export interface AlterTableRequest extends QualifiedName {
  readonly missingOk: boolean;
  readonly changes: readonly TableChange[];
}

/** Reads ALTER TABLE; 0A000 for what tables cannot do. */
export function readAlterTable(statement: ParsedStatement): AlterTableRequest {
  if (statement.node === null || !('AlterTableStmt' in statement.node)) {
    throw new Error('not an ALTER TABLE statement');
  }
  const { relation, cmds, objtype, missing_ok: missingOk } = statement.node.AlterTableStmt;
  if (objtype !== undefined && objtype !== 'OBJECT_TABLE') {
    throw new SqlError(SQLSTATE.feature_not_supported, `ALTER ${objtype.replace('OBJECT_', '').replaceAll('_', ' ')} is not supported`);
  }
  const changes = (cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [readChange(statement, node.AlterTableCmd)] : []));
  return { schema: relation?.schemaname, name: relation?.relname ?? '', missingOk: missingOk === true, changes };
}

const PLAIN_CHANGES: ReadonlyMap<string, 'set_not_null' | 'drop_not_null'> = new Map([
  ['AT_SetNotNull', 'set_not_null'],
  ['AT_DropNotNull', 'drop_not_null'],
]);

function readChange(statement: ParsedStatement, command: AlterTableCmd): TableChange {
  const name = command.name ?? '';
  const { def } = command;
  const kind = command.subtype ?? '';
  const definition = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined;
  const plain = PLAIN_CHANGES.get(kind);
  if (plain !== undefined) {
    return { kind: plain, name };
  }
  if (kind === 'AT_AddColumn' && definition !== undefined) {
    return { kind: 'add_column', column: readColumn(statement, definition), keys: columnKeys(definition), ifNotExists: command.missing_ok === true };
  }
  if (kind === 'AT_DropColumn') {
    return { kind: 'drop_column', name, missingOk: command.missing_ok === true, cascade: command.behavior === 'DROP_CASCADE' };
  }
  if (kind === 'AT_AlterColumnType' && definition?.typeName !== undefined) {
    if (definition.raw_default !== undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'ALTER COLUMN TYPE with USING is not supported');
    }
    return { kind: 'set_type', name, type: definition.typeName };
  }
  if (kind === 'AT_ColumnDefault') {
    return def === undefined ? { kind: 'drop_default', name } : { kind: 'set_default', name, text: defaultText(statement, name), node: def };
  }
  if (kind === 'AT_AddIdentity' && def !== undefined && 'Constraint' in def) {
    const { generated_when: when, options } = def.Constraint;
    return { kind: 'add_identity', name, sequence: { identity: when === 'a' ? 'always' : 'by default', options: readSequenceOptions(options) } };
  }
  if (kind === 'AT_SetIdentity') {
    return readSetIdentity(name, listItems(def));
  }
  if (kind === 'AT_DropIdentity') {
    return { kind: 'drop_identity', name, missingOk: command.missing_ok === true };
  }
  if (kind === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def) {
    return { kind: 'add_key', key: readKey(def.Constraint, stringValues(def.Constraint.keys)) };
  }
  if (kind === 'AT_DropConstraint') {
    return { kind: 'drop_key', name, missingOk: command.missing_ok === true };
  }
  if (kind === 'AT_ChangeOwner' || kind === 'AT_ReplicaIdentity') {
    // There is one owner; tools write it after every CREATE.
    return { kind: 'nothing' };
  }
  const words = kind.replace('AT_', '').replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  throw new SqlError(SQLSTATE.feature_not_supported, `ALTER TABLE ${words.toUpperCase()} is not supported`);
}

/** ALTER COLUMN ... SET GENERATED, RESTART and SET of its sequence's options. */
function readSetIdentity(name: string, items: readonly Node[]): TableChange {
  const generated = items.flatMap((item) => ('DefElem' in item && item.DefElem.defname === 'generated' ? [item.DefElem.arg] : []))[0];
  const rest = items.filter((item) => !('DefElem' in item && item.DefElem.defname === 'generated'));
  // Postgres keeps the letter as a number.
  const letter = generated !== undefined && 'Integer' in generated ? String.fromCodePoint(generated.Integer.ival ?? 0) : null;
  return { kind: 'set_identity', name, identity: letter === null ? null : letter === 'a' ? 'always' : 'by default', options: readSequenceOptions(rest) };
}

/** The tree has no place for the expression as a whole: it stands after the words ALTER [COLUMN] name SET DEFAULT. */
function defaultText(statement: ParsedStatement, column: string): string {
  const quoted = column.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('"', '""');
  const head = new RegExp(String.raw`alter\s+(?:column\s+)?"?${quoted}"?\s+set\s+default\b`, 'i').exec(statement.text);
  if (head === null) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'comments inside ALTER COLUMN ... SET DEFAULT are not supported');
  }
  return expressionText(statement.text.slice(head.index + head[0].length), 0);
}

/** ALTER ... RENAME. */
export interface RenameRequest extends QualifiedName {
  readonly kind: 'table' | 'view' | 'foreign table' | 'sequence' | 'column' | 'schema' | 'constraint';
  /** The column to rename. */
  readonly subname: string;
  readonly newName: string;
  readonly missingOk: boolean;
}

const RENAMED: ReadonlyMap<string, RenameRequest['kind']> = new Map([
  ['OBJECT_TABLE', 'table'],
  ['OBJECT_VIEW', 'view'],
  ['OBJECT_FOREIGN_TABLE', 'foreign table'],
  ['OBJECT_SEQUENCE', 'sequence'],
  ['OBJECT_COLUMN', 'column'],
  ['OBJECT_SCHEMA', 'schema'],
  ['OBJECT_TABCONSTRAINT', 'constraint'],
]);

/** Reads ALTER ... RENAME. */
export function readRename(statement: ParsedStatement): RenameRequest {
  if (statement.node === null || !('RenameStmt' in statement.node)) {
    throw new Error('not an ALTER ... RENAME statement');
  }
  const { renameType, relation, subname, newname, missing_ok: missingOk } = statement.node.RenameStmt;
  const request = {
    schema: relation?.schemaname,
    name: relation?.relname ?? '',
    subname: subname ?? '',
    newName: newname ?? '',
    missingOk: missingOk === true,
  };
  const kind = RENAMED.get(renameType ?? '');
  if (kind === undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `ALTER ${(renameType ?? '').replace('OBJECT_', '').replaceAll('_', ' ')} RENAME is not supported`);
  }
  return { ...request, kind };
}

/** ALTER ... SET SCHEMA of a table or view. */
export interface SetSchemaRequest extends QualifiedName {
  readonly kind: 'table' | 'view' | 'foreign table' | 'sequence';
  readonly newSchema: string;
  readonly missingOk: boolean;
}

/** Reads ALTER ... SET SCHEMA. */
export function readSetSchema(statement: ParsedStatement): SetSchemaRequest {
  if (statement.node === null || !('AlterObjectSchemaStmt' in statement.node)) {
    throw new Error('not an ALTER ... SET SCHEMA statement');
  }
  const { objectType, relation, newschema, missing_ok: missingOk } = statement.node.AlterObjectSchemaStmt;
  const kind = RENAMED.get(objectType ?? '');
  if (kind !== 'table' && kind !== 'view' && kind !== 'foreign table' && kind !== 'sequence') {
    throw new SqlError(SQLSTATE.feature_not_supported, `ALTER ${(objectType ?? '').replace('OBJECT_', '').replaceAll('_', ' ')} SET SCHEMA is not supported`);
  }
  return {
    kind,
    schema: relation?.schemaname,
    name: relation?.relname ?? '',
    newSchema: newschema ?? '',
    missingOk: missingOk === true,
  };
}

/** TRUNCATE. */
export interface TruncateRequest {
  readonly tables: readonly QualifiedName[];
  /** True for RESTART IDENTITY: the tables' own sequences start again. */
  readonly restartsSequences: boolean;
}

/** Reads TRUNCATE. CASCADE means nothing: foreign keys are not enforced. */
export function readTruncate(statement: ParsedStatement): TruncateRequest {
  if (statement.node === null || !('TruncateStmt' in statement.node)) {
    throw new Error('not a TRUNCATE statement');
  }
  const { relations, restart_seqs: restartsSequences } = statement.node.TruncateStmt;
  const tables = (relations ?? []).flatMap((node) => ('RangeVar' in node ? [{ schema: node.RangeVar.schemaname, name: node.RangeVar.relname ?? '' }] : []));
  return { tables, restartsSequences: restartsSequences === true };
}

/** COMMENT ON. */
export interface CommentRequest extends QualifiedName {
  readonly kind: 'table' | 'view' | 'foreign table' | 'sequence' | 'column' | 'schema';
  readonly column: string;
  /** Null removes it. */
  readonly comment: string | null;
}

/** Reads COMMENT ON. */
export function readComment(statement: ParsedStatement): CommentRequest {
  if (statement.node === null || !('CommentStmt' in statement.node)) {
    throw new Error('not a COMMENT statement');
  }
  const { objtype, object, comment } = statement.node.CommentStmt;
  const parts = stringValues(listItems(object));
  const text = comment === undefined || comment === '' ? null : comment;
  const relationKind = RENAMED.get(objtype ?? '');
  if (relationKind === 'table' || relationKind === 'view' || relationKind === 'foreign table' || relationKind === 'sequence') {
    return { kind: relationKind, schema: parts.at(-2), name: parts.at(-1) ?? '', column: '', comment: text };
  }
  if (objtype === 'OBJECT_COLUMN') {
    return { kind: 'column', schema: parts.at(-3), name: parts.at(-2) ?? '', column: parts.at(-1) ?? '', comment: text };
  }
  if (objtype === 'OBJECT_SCHEMA') {
    return { kind: 'schema', schema: undefined, name: parts.at(-1) ?? '', column: '', comment: text };
  }
  throw new SqlError(SQLSTATE.feature_not_supported, `COMMENT ON ${(objtype ?? '').replace('OBJECT_', '').replaceAll('_', ' ')} is not supported`);
}
