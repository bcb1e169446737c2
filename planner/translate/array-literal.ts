import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';

/** An item of an array's text form: an element's text, NULL, or an array of the next dimension. */
export type ArrayLiteralItem = string | null | readonly ArrayLiteralItem[];

/** Reads Postgres's array input (`{1,NULL,"a b"}`, nested for more dimensions) into its items. */
export function parseArrayLiteral(text: string): readonly ArrayLiteralItem[] {
  // Explicit bounds (`[2:4]={...}`) are dropped: DuckDB's lists start at 1.
  const body = text.trim().replace(/^(?:\[[-+\d]+:[-+\d]+\])+=/, '');
  const reader = { text: body, index: 0 };
  const items = readArray(reader, text);
  if (body.slice(reader.index).trim() !== '') {
    throw malformed(text, 'Junk after closing right brace.');
  }
  return items;
}

interface Reader {
  readonly text: string;
  index: number;
}

function readArray(reader: Reader, whole: string): readonly ArrayLiteralItem[] {
  if (reader.text.charAt(reader.index) !== '{') {
    throw malformed(whole, 'Array value must start with "{" or dimension information.');
  }
  reader.index++;
  const items: ArrayLiteralItem[] = [];
  skipSpace(reader);
  if (reader.text.charAt(reader.index) === '}') {
    reader.index++;
    return items;
  }
  for (;;) {
    skipSpace(reader);
    const start = reader.text.charAt(reader.index);
    items.push(start === '{' ? readArray(reader, whole) : start === '"' ? readQuoted(reader, whole) : readBare(reader, whole));
    skipSpace(reader);
    const end = reader.text.charAt(reader.index);
    reader.index++;
    if (end === '}') {
      return items;
    }
    if (end !== ',') {
      throw malformed(whole, end === '' ? 'Unexpected end of input.' : `Unexpected array element.`);
    }
  }
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text.charAt(reader.index))) {
    reader.index++;
  }
}

function readQuoted(reader: Reader, whole: string): string {
  let value = '';
  for (reader.index++; reader.index < reader.text.length; reader.index++) {
    const character = reader.text.charAt(reader.index);
    if (character === '"') {
      reader.index++;
      return value;
    }
    if (character === '\\') {
      reader.index++;
    }
    value += reader.text.charAt(reader.index);
  }
  throw malformed(whole, 'Unexpected end of input.');
}

function readBare(reader: Reader, whole: string): string | null {
  let value = '';
  while (reader.index < reader.text.length && !/[,{}"]/.test(reader.text.charAt(reader.index))) {
    if (reader.text.charAt(reader.index) === '\\') {
      reader.index++;
    }
    value += reader.text.charAt(reader.index);
    reader.index++;
  }
  const trimmed = value.trim();
  if (trimmed === '') {
    throw malformed(whole, 'Unexpected "," or "}" character.');
  }
  return trimmed.toUpperCase() === 'NULL' ? null : trimmed;
}

function malformed(text: string, detail: string): SqlError {
  return new SqlError(SQLSTATE.invalid_text_representation, `malformed array literal: "${text}"`, {
    detail,
  });
}
