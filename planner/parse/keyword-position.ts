import type { StatementSource } from './statement.js';
import { characterCount, stringOffset } from './position.js';

/**
 * The 1-based character position (in the statement's own text) of the nearest SELECT, VALUES, WITH or TABLE that ends before
 * a byte offset of the whole text: the keyword of the query block whose first part stands there. 1 when there is none.
 */
export function keywordBefore(source: StatementSource, byteOffset: number): number {
  const end = stringOffset(source.offsets, byteOffset);
  const before = withoutComments(source.offsets.text.slice(source.start, end));
  let position = -1;
  for (const match of before.matchAll(/\b(?:select|values|with|table)\b/gi)) {
    position = match.index;
  }
  // A block may start at the offset itself (WITH's own place).
  if (position < 0) {
    return 1;
  }
  return characterCount(before.slice(0, position)) + 1;
}

/** The text with comments and strings blanked out, character for character. */
function withoutComments(text: string): string {
  if (!/--|\/\*|'/.test(text)) {
    return text;
  }
  return text.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\//g, (part) => ' '.repeat(part.length));
}
