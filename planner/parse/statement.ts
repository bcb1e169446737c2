import type { SqlError } from '../sql-error.js';
import type { Node } from './syntax-tree.js';
import { nodeTag } from './syntax-tree.js';
import type { TextOffsets } from './position.js';
import { characterCount, stringOffset } from './position.js';

/** What a statement is, as far as its handling differs. `duckdb` is one only DuckDB's grammar knows; `other` is one Sluice does not run. */
export type StatementKind =
  | 'select'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'copy'
  | 'explain'
  | 'set'
  | 'show'
  | 'transaction'
  | 'prepare'
  | 'execute'
  | 'deallocate'
  | 'discard'
  | 'declare'
  | 'fetch'
  | 'close'
  | 'create_table'
  | 'create_table_as'
  | 'create_view'
  | 'create_foreign_table'
  | 'create_schema'
  | 'create_sequence'
  | 'alter_sequence'
  | 'alter_table'
  | 'rename'
  | 'set_schema'
  | 'drop'
  | 'truncate'
  | 'comment'
  | 'call'
  | 'listen'
  | 'unlisten'
  | 'notify'
  | 'lock'
  | 'vacuum'
  | 'checkpoint'
  | 'constraints'
  | 'role'
  | 'grant'
  | 'owner'
  | 'duckdb'
  | 'other';

const KIND_BY_TAG: Readonly<Record<string, StatementKind>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
  CopyStmt: 'copy',
  ExplainStmt: 'explain',
  VariableSetStmt: 'set',
  VariableShowStmt: 'show',
  TransactionStmt: 'transaction',
  PrepareStmt: 'prepare',
  ExecuteStmt: 'execute',
  DeallocateStmt: 'deallocate',
  DiscardStmt: 'discard',
  DeclareCursorStmt: 'declare',
  FetchStmt: 'fetch',
  ClosePortalStmt: 'close',
  CreateStmt: 'create_table',
  CreateTableAsStmt: 'create_table_as',
  ViewStmt: 'create_view',
  CreateForeignTableStmt: 'create_foreign_table',
  CreateSchemaStmt: 'create_schema',
  CreateSeqStmt: 'create_sequence',
  AlterSeqStmt: 'alter_sequence',
  AlterTableStmt: 'alter_table',
  RenameStmt: 'rename',
  AlterObjectSchemaStmt: 'set_schema',
  DropStmt: 'drop',
  TruncateStmt: 'truncate',
  CommentStmt: 'comment',
  CallStmt: 'call',
  ListenStmt: 'listen',
  UnlistenStmt: 'unlisten',
  NotifyStmt: 'notify',
  LockStmt: 'lock',
  VacuumStmt: 'vacuum',
  CheckPointStmt: 'checkpoint',
  ConstraintsSetStmt: 'constraints',
  CreateRoleStmt: 'role',
  AlterRoleStmt: 'role',
  AlterRoleSetStmt: 'role',
  DropRoleStmt: 'role',
  GrantRoleStmt: 'role',
  GrantStmt: 'grant',
  AlterOwnerStmt: 'owner',
};

/** One statement of a text. */
export interface ParsedStatement {
  readonly kind: StatementKind;
  /** Its own slice of the text, without the semicolon. */
  readonly text: string;
  /** Characters (code points) of the whole text before it. */
  readonly offset: number;
  /** Postgres's syntax tree; null for kind `duckdb`. */
  readonly node: Node | null;
  /** Where the slice starts in the whole text, with the mapping of the tree's byte offsets. */
  readonly source: StatementSource;
  /** Why Postgres's grammar refused a statement of kind `duckdb`; absent where it understood something else than is meant. */
  readonly syntaxError?: SqlError;
}

/** The whole text a statement was cut from. */
export interface StatementSource {
  readonly offsets: TextOffsets;
  /** Offset of the statement's first character in the whole string. */
  readonly start: number;
}

/** The kind of a statement by its syntax tree. */
export function statementKind(node: Node): StatementKind {
  return KIND_BY_TAG[nodeTag(node)] ?? 'other';
}

/**
 * A syntax tree's location as a 1-based character position in the statement's own text; undefined for nodes without one.
 * A location of 0 is left out by the parser, so undefined means the text's first byte.
 */
export function positionOf(source: StatementSource, location: number | undefined): number | undefined {
  const byteOffset = location ?? 0;
  if (byteOffset < 0) {
    return undefined;
  }
  const end = stringOffset(source.offsets, byteOffset);
  if (end < source.start) {
    return undefined;
  }
  return source.offsets.stringOffsets === null ? end - source.start + 1 : characterCount(source.offsets.text.slice(source.start, end)) + 1;
}
