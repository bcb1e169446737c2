import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { looksLikeQuery, silentTrap } from './duckdb-road.js';
import type { ParserAnswer } from './parser-module.js';
import { loadParserModule, runParser } from './parser-module.js';
import type { ParsedStatement } from './statement.js';
import { statementKind } from './statement.js';
import { characterCount, stringOffset, textOffsets } from './position.js';
import { placeTableVersions, withoutTableVersions } from './table-versions.js';

/** Longest text that is parsed, in UTF-16 units: the parser's tree takes some 50 times the text in memory. */
export const STATEMENT_LENGTH_MAX: number = 16 * 1024 * 1024;

/** Loads the parser's WASM module; parseStatements may be called once this has resolved. */
export async function loadParser(): Promise<void> {
  await loadParserModule();
}

/** Parses a text into its statements, none for an empty one. Throws SqlError 42601 with the character position in the whole text. */
export function parseStatements(given: string): readonly ParsedStatement[] {
  checkText(given);
  if (isBlank(given)) {
    return [];
  }
  const first = runParser(given);
  const replaced = first.kind === 'error' ? quoteJsonFormat(blankOrReplace(given)) : given;
  const second = replaced === given ? first : runParser(replaced);
  const { sql, answer } = second.kind === 'error' ? parseVersioned(replaced, second) : { sql: replaced, answer: second };
  if (answer.kind === 'error') {
    const syntaxError = new SqlError(SQLSTATE.syntax_error, answer.message, { position: answer.position });
    // Whatever else the parser reports (an unterminated string, nesting without bound) is no matter of grammar.
    if (answer.message.startsWith('syntax error') && looksLikeQuery(given)) {
      return [duckdbStatement(given, syntaxError)];
    }
    throw syntaxError;
  }
  const offsets = textOffsets(sql);
  const statements: ParsedStatement[] = [];
  for (const raw of answer.tree.stmts ?? []) {
    const node = raw.stmt;
    if (node === undefined) {
      continue;
    }
    const from = raw.stmt_location ?? 0;
    const start = skipBlank(sql, stringOffset(offsets, from));
    const end = raw.stmt_len === undefined ? sql.length : stringOffset(offsets, from + raw.stmt_len);
    statements.push({
      kind: statementKind(node),
      text: given.length === sql.length ? given.slice(start, end) : sql.slice(start, end),
      offset: offsets.stringOffsets === null ? start : characterCount(sql.slice(0, start)),
      node,
      source: { offsets, start },
    });
  }
  const trap = silentTrap(sql);
  if (trap !== null && statements.length > 0) {
    if (statements.length === 1 && statements[0]?.kind === 'select') {
      return [duckdbStatement(sql, null)];
    }
    throw new SqlError(SQLSTATE.feature_not_supported, `${trap} is supported in a query that stands alone only`, {
      hint: 'PostgreSQL reads the word before JOIN as an alias; if one is meant, write it with AS.',
    });
  }
  return statements;
}

/** A text that Postgres refused, once more without its AT (VERSION => ...) clauses, which then are on the tree. */
function parseVersioned(given: string, refused: ParserAnswer): { readonly sql: string; readonly answer: ParserAnswer } {
  const without = withoutTableVersions(given);
  const answer = without === null ? refused : runParser(without.sql);
  return without !== null && answer.kind === 'tree' && placeTableVersions(answer.tree, without.versions)
    ? { sql: without.sql, answer }
    : { sql: given, answer: refused };
}

/** The whole text as one statement for DuckDB's grammar; it reads as this error where DuckDB refuses it too. */
function duckdbStatement(sql: string, syntaxError: SqlError | null): ParsedStatement {
  return {
    kind: 'duckdb',
    text: sql,
    offset: 0,
    node: null,
    source: { offsets: textOffsets(sql), start: 0 },
    ...(syntaxError === null ? {} : { syntaxError }),
  };
}

/** `CREATE OR REPLACE TABLE` is no Postgres; the words are blanked for its parser, so that positions stay, and found again in the statement's text. */
function blankOrReplace(sql: string): string {
  return sql.replace(
    /^(\s*create)(\s+or\s+replace)(?=\s+(?:(?:global|local)\s+)?(?:temp(?:orary)?\s+|unlogged\s+)?table\b)/i,
    (_, head: string, words: string) => head + words.replaceAll(/\S/g, ' '),
  );
}

/** `COPY ... (FORMAT json)`: Postgres has no such format, and its grammar takes these two words together for something else. */
function quoteJsonFormat(sql: string): string {
  return /^\s*copy\b/i.test(sql) ? sql.replace(/\b(format)\s+json\b(?=[^']*(?:'[^']*'[^']*)*$)/i, '$1 "json"') : sql;
}

function checkText(sql: string): void {
  if (sql.length > STATEMENT_LENGTH_MAX) {
    throw new SqlError(SQLSTATE.program_limit_exceeded, `statement text is longer than ${STATEMENT_LENGTH_MAX} characters`);
  }
  // The parser takes C strings; and unpaired surrogates mark the holes of templates (see planner/translate/holes.ts).
  if (sql.includes('\0') || /\p{Surrogate}/u.test(sql)) {
    throw new SqlError(SQLSTATE.character_not_in_repertoire, 'invalid byte sequence for encoding "UTF8"');
  }
}

function isBlank(sql: string): boolean {
  return /^[\s;]*$/.test(sql);
}

/** Statements' own slices start at their first token: leading space and comments other than hints are left to the slice before. */
function skipBlank(sql: string, from: number): number {
  let index = from;
  while (index < sql.length && /[\s;]/.test(sql.charAt(index))) {
    index++;
  }
  return index;
}
