import type { SqlPiece, SqlTemplate } from './translated.js';

// While a statement is translated its holes are marks inside one string: an unpaired surrogate, which no text that was
// decoded from UTF-8 can hold (the parser refuses others), the number, and the mark again.
const REFERENCE_MARK = '\uDC01';
const PARAMETER_MARK = '\uDC02';
const MARKED = /([\uDC01\uDC02])(\d+)\1/;

/** The mark of a table reference. */
export function referenceMark(index: number): string {
  return `${REFERENCE_MARK}${index}${REFERENCE_MARK}`;
}

/** The mark of a parameter. */
export function parameterMark(number: number): string {
  return `${PARAMETER_MARK}${number}${PARAMETER_MARK}`;
}

/** Splits marked SQL into the template's pieces. */
export function toTemplate(marked: string): SqlTemplate {
  const pieces: SqlPiece[] = [];
  const parts = marked.split(MARKED);
  for (let index = 0; index < parts.length; index += 3) {
    const text = parts[index] ?? '';
    if (text !== '') {
      pieces.push(text);
    }
    const mark = parts[index + 1];
    const number = Number(parts[index + 2]);
    if (mark === REFERENCE_MARK) {
      pieces.push({ kind: 'reference', index: number });
    } else if (mark === PARAMETER_MARK) {
      pieces.push({ kind: 'parameter', number });
    }
  }
  return pieces;
}
