import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { QualifiedName } from './read-names.js';
import type { ParsedStatement } from './statement.js';
import type { DefElem, Node } from './syntax-tree.js';
import { listItems, stringValues } from './syntax-tree.js';

/** What a sequence's options say; absent where they say nothing, null for NO MINVALUE, NO MAXVALUE and OWNED BY NONE. */
export interface SequenceOptions {
  readonly type?: string;
  readonly start?: bigint;
  readonly increment?: bigint;
  readonly minimum?: bigint | null;
  readonly maximum?: bigint | null;
  readonly cache?: bigint;
  readonly cycle?: boolean;
  /** `start`: RESTART without a value. */
  readonly restart?: bigint | 'start';
  readonly ownedBy?: { readonly table: QualifiedName; readonly column: string } | null;
}

/** CREATE SEQUENCE. */
export interface CreateSequenceRequest extends QualifiedName {
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly options: SequenceOptions;
}

/** Reads CREATE SEQUENCE. */
export function readCreateSequence(statement: ParsedStatement): CreateSequenceRequest {
  if (statement.node === null || !('CreateSeqStmt' in statement.node)) {
    throw new Error('not a CREATE SEQUENCE statement');
  }
  const { sequence, options, if_not_exists: ifNotExists } = statement.node.CreateSeqStmt;
  return {
    schema: sequence?.schemaname,
    name: sequence?.relname ?? '',
    temporary: sequence?.relpersistence === 't',
    ifNotExists: ifNotExists === true,
    options: readSequenceOptions(options),
  };
}

/** ALTER SEQUENCE, but for RENAME and SET SCHEMA. */
export interface AlterSequenceRequest extends QualifiedName {
  readonly missingOk: boolean;
  readonly options: SequenceOptions;
}

/** Reads ALTER SEQUENCE. */
export function readAlterSequence(statement: ParsedStatement): AlterSequenceRequest {
  if (statement.node === null || !('AlterSeqStmt' in statement.node)) {
    throw new Error('not an ALTER SEQUENCE statement');
  }
  const { sequence, options, missing_ok: missingOk } = statement.node.AlterSeqStmt;
  return { schema: sequence?.schemaname, name: sequence?.relname ?? '', missingOk: missingOk === true, options: readSequenceOptions(options) };
}

/** Reads the options of a sequence or an identity column; 42601 for one that comes twice. */
export function readSequenceOptions(nodes: readonly Node[] | undefined): SequenceOptions {
  let options: SequenceOptions = {};
  const seen = new Set<string>();
  for (const node of nodes ?? []) {
    if (!('DefElem' in node)) {
      continue;
    }
    const name = node.DefElem.defname ?? '';
    if (seen.has(name)) {
      throw new SqlError(SQLSTATE.syntax_error, 'conflicting or redundant options');
    }
    seen.add(name);
    options = { ...options, ...readOption(name, node.DefElem) };
  }
  return options;
}

function readOption(name: string, element: DefElem): SequenceOptions {
  const number = integerOf(element.arg);
  switch (name) {
    case 'as':
      return { type: element.arg !== undefined && 'TypeName' in element.arg ? (stringValues(element.arg.TypeName.names).at(-1) ?? '') : '' };
    case 'start':
      return number === undefined ? {} : { start: number };
    case 'increment':
      return number === undefined ? {} : { increment: number };
    case 'minvalue':
      return { minimum: number ?? null };
    case 'maxvalue':
      return { maximum: number ?? null };
    case 'cache':
      return number === undefined ? {} : { cache: number };
    case 'cycle':
      return { cycle: element.arg !== undefined && 'Boolean' in element.arg && element.arg.Boolean.boolval === true };
    case 'restart':
      return { restart: number ?? 'start' };
    case 'owned_by':
      return { ownedBy: readOwner(element.arg) };
    default:
      throw new SqlError(SQLSTATE.feature_not_supported, `sequence option ${name.toUpperCase()} is not supported`);
  }
}

function readOwner(node: Node | undefined): NonNullable<SequenceOptions['ownedBy']> | null {
  const parts = stringValues(listItems(node));
  const table = parts.at(-2);
  if (table === undefined) {
    if (parts[0] === 'none') {
      return null;
    }
    throw new SqlError(SQLSTATE.syntax_error, 'invalid OWNED BY option', { hint: 'Specify OWNED BY table.column or OWNED BY NONE.' });
  }
  return { table: { schema: parts.at(-3), name: table }, column: parts.at(-1) ?? '' };
}

/** Integers of 64 bits come as the text of a float. */
function integerOf(node: Node | undefined): bigint | undefined {
  if (node !== undefined && 'Integer' in node) {
    return BigInt(node.Integer.ival ?? 0);
  }
  if (node !== undefined && 'Float' in node) {
    const text = node.Float.fval ?? '';
    if (!/^-?\d+$/.test(text)) {
      throw new SqlError(SQLSTATE.invalid_text_representation, `invalid input syntax for type bigint: "${text}"`);
    }
    return BigInt(text);
  }
  return undefined;
}
