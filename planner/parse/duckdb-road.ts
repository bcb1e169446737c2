import { scanSync } from 'libpg-query';
import type { ParsedStatement } from './statement.js';
import { textOffsets } from './position.js';

/** Words that only DuckDB's grammar gives a meaning, besides a statement that starts with FROM. */
const DUCKDB_WORDS: readonly RegExp[] = [
  /^\s*(?:from|pivot|unpivot|summarize)\b/i,
  /\bqualify\b/i,
  /\b(?:exclude|replace)\s*\(/i,
  /\b(?:asof|positional|semi|anti)\s+join\b/i,
  /\bgroup\s+by\s+all\b/i,
  /\border\s+by\s+all\b/i,
  /\bcolumns\s*\(/i,
  /\busing\s+sample\b/i,
  /\[[^\]]*\bfor\s+\w+\s+in\b/i,
  /\blambda\b/i,
  /\{\s*'?\w+'?\s*:/,
  /\bunion\s+(?:all\s+)?by\s+name\b/i,
  /\btry_cast\s*\(/i,
];

/** A text that Postgres's grammar refuses but DuckDB's may know, as one statement of kind `duckdb`; null when nothing speaks for it. */
export function looksLikeDuckDB(sql: string): readonly ParsedStatement[] | null {
  if (!DUCKDB_WORDS.some((pattern) => pattern.test(sql)) || statementEnds(sql) > 1) {
    return null;
  }
  const text = sql.trim().replace(/;\s*$/, '');
  const start = sql.indexOf(text);
  return [
    {
      kind: 'duckdb',
      text,
      offset: start,
      node: null,
      source: { offsets: textOffsets(sql), start },
    },
  ];
}

/** How many statements the tokens make, empty ones left out; one where the scanner does not know. */
function statementEnds(sql: string): number {
  try {
    let count = 0;
    let empty = true;
    for (const token of scanSync(sql).tokens) {
      if (token.text === ';') {
        count += empty ? 0 : 1;
        empty = true;
      } else {
        empty = false;
      }
    }
    return empty ? count : count + 1;
  } catch {
    // A token the scanner cannot read: DuckDB's parser will say what is wrong with it.
    return 1;
  }
}
