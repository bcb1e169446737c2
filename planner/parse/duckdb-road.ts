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

/** True when a text that Postgres's grammar refuses has a word that DuckDB's grammar knows. */
export function looksLikeDuckDB(sql: string): boolean {
  return DUCKDB_WORDS.some((pattern) => pattern.test(sql));
}
