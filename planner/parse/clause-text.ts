import { runScanner } from './parser-module.js';
import { stringOffset, textOffsets } from './position.js';
import type { ParsedStatement } from './statement.js';

/** Words that end a column's DEFAULT when they stand outside parentheses: the next clause of the column begins. */
const NEXT_CLAUSE: ReadonlySet<string> = new Set([
  'not',
  'null',
  'constraint',
  'primary',
  'unique',
  'check',
  'references',
  'generated',
  'collate',
  'default',
  'deferrable',
  'initially',
]);

/**
 * The expression after the word (DEFAULT) at `location`, as it was written: up to the comma, parenthesis or clause that ends
 * it. `location` is a byte offset of the tree.
 */
export function textUntilClause(statement: ParsedStatement, location: number): string {
  const from = stringOffset(statement.source.offsets, location) - statement.source.start;
  return expressionText(statement.text.slice(from), 1);
}

/** The text after so many tokens, up to what ends an expression in a list of clauses. */
export function expressionText(text: string, skippedTokenCount: number): string {
  const offsets = textOffsets(text);
  const tokens = runScanner(text).slice(skippedTokenCount);
  let depth = 0;
  let end = text.length;
  for (const [index, token] of tokens.entries()) {
    const word = token.text.toLowerCase();
    const isEnd = depth === 0 && (word === ',' || word === ')' || word === ';' || (index > 0 && NEXT_CLAUSE.has(word)));
    if (isEnd) {
      end = stringOffset(offsets, token.start);
      break;
    }
    depth += word === '(' || word === '[' ? 1 : word === ')' || word === ']' ? -1 : 0;
  }
  const [first] = tokens;
  return text.slice(first === undefined ? 0 : stringOffset(offsets, first.start), end).trim();
}
