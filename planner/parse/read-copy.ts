import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { ParsedStatement } from './statement.js';
import type { Node } from './syntax-tree.js';
import { listItems, scalarText, stringValues } from './syntax-tree.js';

/** A COPY with its options as given: names in lower case, values as texts. */
export interface CopyRequest {
  readonly direction: 'to' | 'from';
  /** A table by name, or a query as a statement of its own. */
  readonly source:
    | {
        readonly kind: 'table';
        readonly schema: string | undefined;
        readonly name: string;
        readonly columns: readonly string[];
      }
    | { readonly kind: 'query'; readonly statement: ParsedStatement };
  /** A file or dataset by its path; null for STDIN and STDOUT. */
  readonly path: string | null;
  readonly isProgram: boolean;
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** Which rows of COPY FROM are kept. */
  readonly where: Node | null;
}

/** Reads COPY. */
export function readCopy(statement: ParsedStatement): CopyRequest {
  if (statement.node === null || !('CopyStmt' in statement.node)) {
    throw new Error('not a COPY statement');
  }
  const copy = statement.node.CopyStmt;
  const options = new Map<string, readonly string[]>();
  for (const option of copy.options ?? []) {
    if ('DefElem' in option) {
      const name = (option.DefElem.defname ?? '').toLowerCase();
      if (options.has(name)) {
        throw new SqlError(SQLSTATE.syntax_error, 'conflicting or redundant options');
      }
      options.set(
        name,
        listItems(option.DefElem.arg).map((item) => scalarText(item) ?? ''),
      );
    }
  }
  const source: CopyRequest['source'] =
    copy.query === undefined
      ? {
          kind: 'table',
          schema: copy.relation?.schemaname,
          name: copy.relation?.relname ?? '',
          columns: stringValues(copy.attlist),
        }
      : { kind: 'query', statement: { ...statement, kind: 'select', node: copy.query } };
  return {
    direction: copy.is_from === true ? 'from' : 'to',
    source,
    path: copy.filename ?? null,
    isProgram: copy.is_program === true,
    options,
    where: copy.whereClause ?? null,
  };
}
