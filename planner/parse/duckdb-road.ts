/** Joins that only DuckDB has; Postgres's grammar takes their first word for the alias of the table before. */
const DUCKDB_JOIN = /(\bas\s+)?\b(asof|semi|anti|positional)\s+(?:(?:left|right|full|inner)\s+(?:outer\s+)?)?join\b/gi;

/** First words of a query, in either grammar. */
const QUERY_START = /^[\s(]*(?:from|select|with|values|table|pivot|unpivot|describe|summarize)\b/i;

/** Functions of DuckDB's that take a lambda, which Postgres's grammar takes for the operator `->` of JSON. */
const ARROW_LAMBDA =
  /\b(?:(?:list|array)_(?:transform|apply|filter|reduce)|apply|filter|reduce)\s*\((?:[^()]|\([^()]*\))*,\s*(?:\w+|\(\s*\w+(?:\s*,\s*\w+)*\s*\))\s*->(?!>)/i;

/** Longest text that is searched for arrows: a longer one fails as Postgres's reading of it does. */
const LAMBDA_TEXT_MAX = 1_000_000;

/** True for a text that could be a query for DuckDB where Postgres's grammar refuses it. */
export function looksLikeQuery(sql: string): boolean {
  return QUERY_START.test(blanked(sql));
}

/** What in a text means another thing to DuckDB than Postgres's grammar made of it, by name; null for most texts. */
export function silentTrap(sql: string): string | null {
  if (!/\bjoin\b|->/i.test(sql)) {
    return null;
  }
  const text = blanked(sql);
  for (const [, as, word] of text.matchAll(DUCKDB_JOIN)) {
    if (as === undefined && word !== undefined) {
      return `${word.toUpperCase()} JOIN`;
    }
  }
  return text.includes('->') && text.length <= LAMBDA_TEXT_MAX && ARROW_LAMBDA.test(text) ? 'a lambda' : null;
}

/** What opens a comment, a string or a quoted name. */
const OPENING = /--|\/\*|['"]|\$\w*\$/g;

/** The text with comments, strings and quoted names blanked out. Searching by hand: a pattern over a string of megabytes overflows its stack. */
function blanked(sql: string): string {
  const parts: string[] = [];
  let from = 0;
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(sql); match !== null; match = OPENING.exec(sql)) {
    const opening = match[0];
    const closing = opening === '--' ? '\n' : opening === '/*' ? '*/' : opening;
    const end = sql.indexOf(closing, match.index + opening.length);
    // A quote written twice ends one string and opens the next: both are blanked.
    parts.push(sql.slice(from, match.index), opening === '--' || opening === '/*' ? ' ' : '_');
    from = end < 0 ? sql.length : end + closing.length;
    OPENING.lastIndex = from;
  }
  return parts.length === 0 ? sql : parts.join('') + sql.slice(from);
}
