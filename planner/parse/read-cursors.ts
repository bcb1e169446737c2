import type { ParsedStatement } from './statement.js';
import { statementKind } from './statement.js';

/** DECLARE name CURSOR FOR query. */
export interface DeclareRequest {
  readonly name: string;
  readonly binary: boolean;
  /** SCROLL or NO SCROLL as written; null where neither is. */
  readonly scroll: boolean | null;
  readonly hold: boolean;
  readonly inner: ParsedStatement;
}

/** Where FETCH or MOVE goes: `count` rows on or back, to row `count` (from the end when negative), or `count` rows from here. */
export interface FetchRequest {
  readonly name: string;
  readonly move: boolean;
  readonly direction: 'forward' | 'backward' | 'absolute' | 'relative';
  /** Infinity for ALL. */
  readonly count: number;
}

/** Bits of DeclareCursorStmt.options (PostgreSQL's parsenodes.h). */
const OPTION = { binary: 0x01, scroll: 0x02, noScroll: 0x04, hold: 0x20 } as const;

/** How libpg-query says ALL: the largest count, cut to 32 bits. */
const ALL_COUNT = 2_147_483_647;

/** Reads DECLARE. */
export function readDeclare(statement: ParsedStatement): DeclareRequest {
  if (statement.node === null || !('DeclareCursorStmt' in statement.node) || statement.node.DeclareCursorStmt.query === undefined) {
    throw new Error('not a DECLARE statement');
  }
  const { portalname, options = 0, query } = statement.node.DeclareCursorStmt;
  const has = (bit: number): boolean => (options & bit) !== 0;
  return {
    name: portalname ?? '',
    binary: has(OPTION.binary),
    scroll: has(OPTION.scroll) ? true : has(OPTION.noScroll) ? false : null,
    hold: has(OPTION.hold),
    inner: { ...statement, kind: statementKind(query), node: query },
  };
}

/** Reads FETCH and MOVE. */
export function readFetch(statement: ParsedStatement): FetchRequest {
  if (statement.node === null || !('FetchStmt' in statement.node)) {
    throw new Error('not a FETCH statement');
  }
  const { portalname, direction, howMany = 0, ismove } = statement.node.FetchStmt;
  const written = Number(howMany);
  const count = Math.abs(written) >= ALL_COUNT ? Math.sign(written) * Infinity : written;
  return { name: portalname ?? '', move: ismove === true, ...directed(direction, count) };
}

/** A negative count turns FORWARD and BACKWARD round. */
function directed(direction: string | undefined, count: number): Pick<FetchRequest, 'direction' | 'count'> {
  if (direction === 'FETCH_ABSOLUTE') {
    return { direction: 'absolute', count };
  }
  if (direction === 'FETCH_RELATIVE') {
    return { direction: 'relative', count };
  }
  return { direction: (direction === 'FETCH_BACKWARD') === count < 0 ? 'forward' : 'backward', count: Math.abs(count) };
}

/** Reads CLOSE: the cursor's name, null for ALL. */
export function readClose(statement: ParsedStatement): string | null {
  if (statement.node === null || !('ClosePortalStmt' in statement.node)) {
    throw new Error('not a CLOSE statement');
  }
  return statement.node.ClosePortalStmt.portalname ?? null;
}
