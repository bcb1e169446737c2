/** Joins that only DuckDB has; Postgres's grammar takes their first word for the alias of the table before. */
const DUCKDB_JOIN = /(\bas\s+)?\b(asof|semi|anti|positional)\s+(?:(?:left|right|full|inner)\s+(?:outer\s+)?)?join\b/gi;

/** First words of a query, in either grammar. */
const QUERY_START = /^[\s(]*(?:from|select|with|values|table|pivot|unpivot|describe|summarize)\b/i;

/** Functions of DuckDB's that take a lambda, which Postgres's grammar takes for the operator `->` of JSON. */
const ARROW_LAMBDA =
  /\b(?:(?:list|array)_(?:transform|apply|filter|reduce)|apply|filter|reduce)\s*\((?:[^()]|\([^()]*\))*,\s*(?:\w+|\(\s*\w+(?:\s*,\s*\w+)*\s*\))\s*->(?!>)/i;

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
  return ARROW_LAMBDA.test(text) ? 'a lambda' : null;
}

/** The text with comments, strings and quoted names blanked out, character for character. */
function blanked(sql: string): string {
  return /--|\/\*|['"$]/.test(sql)
    ? sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|\$(\w*)\$[\s\S]*?\$\1\$/g, (part) =>
        /^['"]/.test(part) ? `_${' '.repeat(Math.max(0, part.length - 2))}_` : ' '.repeat(part.length),
      )
    : sql;
}
