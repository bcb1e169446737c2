import type { ParseResult, ScanToken } from 'libpg-query';
import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { runScanner } from './parser-module.js';
import { characterCount, stringOffset, textOffsets } from './position.js';
import type { RangeVar } from './syntax-tree.js';

/** An older state of a table that a statement asks for: `AT (VERSION => 3)`, `AT (TIMESTAMP => '2026-01-31 12:00')`. */
export type TableVersion =
  | { readonly kind: 'version'; readonly id: number }
  /** In the form of timestamptz's input; without a zone it is in the session's. */
  | { readonly kind: 'timestamp'; readonly text: string };

/** A text without its AT clauses: blanks stand in their places, so that positions stay. */
export interface WithoutVersions {
  readonly sql: string;
  /** By the byte offset of the table's name, which is its RangeVar's location. */
  readonly versions: ReadonlyMap<number, TableVersion>;
}

/** A table in FROM with the version asked for. Postgres's grammar has no place for it, so it is put on the tree after parsing. */
type VersionedRange = RangeVar & { tableVersion?: TableVersion };

/** The version a table in FROM is asked for; undefined for the current one. */
export function versionOf(range: RangeVar): TableVersion | undefined {
  return (range as VersionedRange).tableVersion;
}

/** Takes the AT clauses out of a text that Postgres's grammar refused; null when it has none. */
export function withoutTableVersions(sql: string): WithoutVersions | null {
  if (!/\bat\s*\(/i.test(sql)) {
    return null;
  }
  const tokens = runScanner(sql).filter((token) => token.tokenName !== 'SQL_COMMENT' && token.tokenName !== 'C_COMMENT');
  const offsets = textOffsets(sql);
  const versions = new Map<number, TableVersion>();
  let blanked = sql;
  for (const [index, token] of tokens.entries()) {
    const unit = tokens[index + 2]?.text.toLowerCase();
    const isClause = token.text.toLowerCase() === 'at' && tokens[index + 1]?.text === '(' && tokens[index + 3]?.text === '=>';
    const start = isClause ? nameStart(tokens, index) : null;
    const end = tokens.findIndex((each, at) => at > index && each.text === ')');
    const last = tokens[end];
    if (start === null || last === undefined || (unit !== 'version' && unit !== 'timestamp')) {
      continue;
    }
    const [from, to] = [stringOffset(offsets, token.start), stringOffset(offsets, last.end)];
    versions.set(start, readVersion(unit, tokens.slice(index + 4, end), characterCount(sql.slice(0, from)) + 1));
    blanked = blanked.slice(0, from) + blankOf(sql.slice(from, to)) + blanked.slice(to);
  }
  return versions.size === 0 ? null : { sql: blanked, versions };
}

/** Puts the versions on their tables in FROM; false when one stands anywhere else. */
export function placeTableVersions(tree: ParseResult, versions: ReadonlyMap<number, TableVersion>): boolean {
  const open = new Map(versions);
  const place = (item: unknown): void => {
    const range = rangeOf(item);
    if (range !== null) {
      const version = open.get(range.location ?? 0);
      if (version !== undefined) {
        range.tableVersion = version;
        open.delete(range.location ?? 0);
      }
    }
  };
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      return;
    }
    for (const [key, child] of Object.entries(value)) {
      // What is read from: targets of changes and of commands stand elsewhere.
      if (FROM_FIELDS.has(key)) {
        (Array.isArray(child) ? child : [child]).forEach(place);
      }
      visit(child);
    }
  };
  visit(tree);
  return open.size === 0;
}

function rangeOf(item: unknown): VersionedRange | null {
  const range = typeof item === 'object' && item !== null && 'RangeVar' in item ? item.RangeVar : null;
  return typeof range === 'object' ? range : null;
}

const FROM_FIELDS: ReadonlySet<string> = new Set(['fromClause', 'usingClause', 'larg', 'rarg', 'sourceRelation']);

/** Byte offset of the name `a.b.c` that ends before a token; null when no name does. */
function nameStart(tokens: readonly ScanToken[], end: number): number | null {
  let index = end - 1;
  while (isName(tokens[index]) && tokens[index - 1]?.text === '.' && isName(tokens[index - 2])) {
    index -= 2;
  }
  const first = tokens[index];
  return first !== undefined && isName(first) ? first.start : null;
}

function isName(token: ScanToken | undefined): boolean {
  return token !== undefined && (token.tokenName === 'IDENT' || (token.keywordName !== 'NO_KEYWORD' && token.keywordName !== 'RESERVED_KEYWORD'));
}

/** Words of the types a timestamp may be written with. */
const TYPE_WORDS: ReadonlySet<string> = new Set(['timestamp', 'timestamptz', 'date', 'with', 'without', 'time', 'zone', '::']);

function readVersion(unit: 'version' | 'timestamp', value: readonly ScanToken[], position: number): TableVersion {
  const constants = value.filter(({ tokenName }) => tokenName === 'SCONST' || tokenName === 'ICONST');
  const [constant] = constants;
  const text = constant?.text.startsWith("'") === true ? constant.text.slice(1, -1).replaceAll("''", "'") : (constant?.text ?? '');
  const isConstant = constants.length === 1 && value.every((token) => token === constant || (unit === 'timestamp' && TYPE_WORDS.has(token.text.toLowerCase())));
  if (isConstant && unit === 'timestamp' && constant?.tokenName === 'SCONST') {
    return { kind: 'timestamp', text };
  }
  if (isConstant && unit === 'version' && /^\d{1,15}$/.test(text)) {
    return { kind: 'version', id: Number(text) };
  }
  throw versionRefused(unit, position);
}

/** 0A000: a version that is no constant. */
export function versionRefused(unit: 'version' | 'timestamp', position?: number): SqlError {
  return new SqlError(
    SQLSTATE.feature_not_supported,
    unit === 'version'
      ? 'AT (VERSION => ...) takes the number of a snapshot'
      : "AT (TIMESTAMP => ...) takes a time as a constant: AT (TIMESTAMP => '2026-01-31 12:00')",
    position === undefined ? {} : { position },
  );
}

/** Blanks of the same length; line ends stay. */
function blankOf(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}
