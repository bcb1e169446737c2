import type { FragmentPiece } from '../fragment/staged-plan.js';

/** A line of SQL with its holes. Text of a line may hold line breaks inside literals, which indenting must not touch. */
export type SqlLine = readonly FragmentPiece[];

/** Lines of SQL. */
export type SqlLines = readonly SqlLine[];

/** A line of text only. */
export function line(text: string): SqlLine {
  return [text];
}

/** The lines moved right by one step. */
export function indent(lines: SqlLines): SqlLines {
  return lines.map((pieces) => ['  ', ...pieces]);
}

/** `before` in front of the first line, `after` behind the last. */
export function wrap(before: string, lines: SqlLines, after: string): SqlLines {
  return lines.map((pieces, index) => [...(index === 0 ? [before] : []), ...pieces, ...(index === lines.length - 1 ? [after] : [])]);
}

/** Lines as pieces, with neighbouring texts merged. */
export function joinLines(lines: SqlLines): readonly FragmentPiece[] {
  const pieces: FragmentPiece[] = [];
  let text = '';
  lines.forEach((current, index) => {
    text += index === 0 ? '' : '\n';
    for (const piece of current) {
      if (typeof piece === 'string') {
        text += piece;
      } else {
        pieces.push(text, piece);
        text = '';
      }
    }
  });
  return text === '' ? pieces : [...pieces, text];
}
