/**
 * The form in which received rows wait in a file: a line a row, fields cut at a delimiter, no quotes. What a value may not
 * hold there stands as ESCAPE and a letter, so every line and every delimiter is what it looks like.
 */
export const ESCAPE = 0x01;

/** The letters after ESCAPE. */
export const ESCAPED = {
  escape: 0x61,
  delimiter: 0x62,
  newline: 0x63,
  carriageReturn: 0x64,
  /** Stands for nothing: sets a value apart from the NULL text, and a row of one empty field from no row. */
  nothing: 0x65,
  /** As a whole field: NULL. */
  null: 0x6e,
} as const;

/** A field that is NULL whatever the NULL text is. */
export const NULL_FIELD = '\u0001n';

/** Delimiter of files that hold values in forms of Sluice's own, or data whose delimiter cannot be kept. */
export const PLAIN_DELIMITER = '\t';

/** The byte that delimits fields in the file: the data's own where possible, so that plain lines need no change. */
export function fileDelimiter(delimiter: string): string {
  return delimiter === '\u0001' || /[a-z0-9]/i.test(delimiter) ? PLAIN_DELIMITER : delimiter;
}

/** A value as it stands in the file. */
export function encodeField(value: string, delimiter: string): string {
  return value.replaceAll('\u0001', '\u0001a').replaceAll('\n', '\u0001c').replaceAll('\r', '\u0001d').replaceAll(delimiter, '\u0001b');
}

/** The value of a field that is not NULL. */
export function decodeField(field: string, delimiter: string): string {
  if (!field.includes('\u0001')) {
    return field;
  }
  const [first = '', ...escaped] = field.split('\u0001');
  return first + escaped.map((piece) => decodedEscape(piece.charAt(0), delimiter) + piece.slice(1)).join('');
}

/** What the letter after an escape character stands for. */
function decodedEscape(letter: string, delimiter: string): string {
  switch (letter) {
    case 'a':
      return '\u0001';
    case 'b':
      return delimiter;
    case 'c':
      return '\n';
    case 'd':
      return '\r';
    default:
      return '';
  }
}

/** The same in DuckDB's SQL; `field` is evaluated several times. */
export function decodeSql(field: string, delimiter: string): string {
  const pairs: readonly (readonly [letter: string, code: number])[] = [
    ['b', delimiter.charCodeAt(0)],
    ['c', 10],
    ['d', 13],
  ];
  const decoded = pairs.reduce((sql, [letter, code]) => `replace(${sql}, chr(1) || '${letter}', chr(${code}))`, `replace(${field}, chr(1) || 'e', '')`);
  return `CASE WHEN contains(${field}, chr(1)) THEN replace(${decoded}, chr(1) || 'a', chr(1)) ELSE ${field} END`;
}
