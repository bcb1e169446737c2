import type { ParsedStatement } from './statement.js';
import { scalarText, stringValues, listItems } from './syntax-tree.js';

/** A possibly qualified name, parts already folded. */
export interface QualifiedName {
  readonly schema: string | undefined;
  readonly name: string;
}

/** DROP of tables or views. `kind` is the object's kind in words. */
export interface DropRequest {
  readonly kind: string;
  readonly names: readonly QualifiedName[];
  readonly missingOk: boolean;
  readonly cascade: boolean;
}

/** Reads DROP. */
export function readDrop(statement: ParsedStatement): DropRequest {
  if (statement.node === null || !('DropStmt' in statement.node)) {
    throw new Error('not a DROP statement');
  }
  const drop = statement.node.DropStmt;
  return {
    kind: (drop.removeType ?? '')
      .replace(/^OBJECT_/, '')
      .toLowerCase()
      .replaceAll('_', ' '),
    names: (drop.objects ?? []).map((object) => {
      const parts = stringValues(listItems(object));
      return { schema: parts.at(-2), name: parts.at(-1) ?? '' };
    }),
    missingOk: drop.missing_ok === true,
    cascade: drop.behavior === 'DROP_CASCADE',
  };
}

/** What DISCARD discards. */
export function readDiscard(statement: ParsedStatement): 'all' | 'plans' | 'sequences' | 'temp' {
  if (statement.node === null || !('DiscardStmt' in statement.node)) {
    throw new Error('not a DISCARD statement');
  }
  switch (statement.node.DiscardStmt.target ?? 'DISCARD_ALL') {
    case 'DISCARD_PLANS':
      return 'plans';
    case 'DISCARD_SEQUENCES':
      return 'sequences';
    case 'DISCARD_TEMP':
      return 'temp';
    case 'DISCARD_ALL':
      return 'all';
  }
}

/** The name DEALLOCATE names; null for ALL. */
export function readDeallocate(statement: ParsedStatement): string | null {
  if (statement.node === null || !('DeallocateStmt' in statement.node)) {
    throw new Error('not a DEALLOCATE statement');
  }
  const { name, isall } = statement.node.DeallocateStmt;
  return isall === true || name === undefined ? null : name;
}

/** An EXECUTE with its arguments as constants; `null` arguments are SQL NULL. Undefined marks one that is no constant. */
export function readExecute(statement: ParsedStatement): {
  readonly name: string;
  readonly parameters: readonly (string | null | undefined)[];
} {
  if (statement.node === null || !('ExecuteStmt' in statement.node)) {
    throw new Error('not an EXECUTE statement');
  }
  const { name, params } = statement.node.ExecuteStmt;
  return {
    name: name ?? '',
    parameters: (params ?? []).map((node) => {
      const inner = 'TypeCast' in node ? node.TypeCast.arg : node;
      if (inner !== undefined && 'A_Const' in inner && inner.A_Const.isnull === true) {
        return null;
      }
      return scalarText(inner);
    }),
  };
}
