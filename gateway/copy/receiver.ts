import type { Column } from '../../planner/relation/relation.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Session } from '../session/session.js';
import type { CopyFormat } from './copy-format.js';
import type { ColumnForm } from './plain-values.js';

/** A COPY FROM as it is known before any data has come. */
export interface CopyIn {
  readonly session: Session;
  readonly statement: ParsedStatement;
  readonly schema: string | undefined;
  readonly table: string;
  /** The columns that the data has, in its order. */
  readonly columns: readonly Column[];
  readonly forms: readonly ColumnForm[];
  readonly format: CopyFormat;
  /** The WHERE clause. */
  readonly where: Node | null;
  readonly signal: AbortSignal;
}
