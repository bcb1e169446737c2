import assert from 'node:assert/strict';

/** One block of an `.slt` file; `line` is where it starts, counted from 1. */
export type SltBlock =
  | { readonly kind: 'statement'; readonly line: number; readonly sql: string }
  | { readonly kind: 'error'; readonly line: number; readonly sql: string; readonly sqlstate: string; readonly message: string }
  | { readonly kind: 'query'; readonly line: number; readonly sql: string; readonly mode: QueryMode; readonly expected: readonly string[] }
  | { readonly kind: 'connection'; readonly line: number; readonly name: string };

/** How a query's rows are compared. */
export type QueryMode = 'exact' | 'rowsort' | 'contains';

/** A parsed file. Blocks and the text between them in order, so that update mode can write it back. */
export interface SltFile {
  readonly postgres: boolean;
  readonly numericByValue: boolean;
  readonly blocks: readonly SltBlock[];
  /** The file's paragraphs as they are; `blocks[n]` came from `paragraphs[paragraphOf[n]]`. */
  readonly paragraphs: readonly string[];
  readonly paragraphOf: readonly number[];
}

/** Parses a file; a paragraph that is no block is an error with its line. */
export function parseSltFile(text: string): SltFile {
  const paragraphs = text.replace(/\n+$/, '').split(/\n{2,}/);
  const blocks: SltBlock[] = [];
  const paragraphOf: number[] = [];
  let line = 1;
  for (const [index, paragraph] of paragraphs.entries()) {
    const block = parseParagraph(paragraph, line);
    if (block !== null) {
      blocks.push(block);
      paragraphOf.push(index);
    }
    line += paragraph.split('\n').length + 1;
  }
  return {
    postgres: /^# postgres: yes$/m.test(text),
    numericByValue: /^# numeric: by value$/m.test(text),
    blocks,
    paragraphs,
    paragraphOf,
  };
}

/** A paragraph with a new result or SQLSTATE in place of the old. */
export function rewriteParagraph(paragraph: string, block: SltBlock, observed: readonly string[]): string {
  switch (block.kind) {
    case 'statement':
    case 'connection':
      return paragraph;
    case 'error':
      return paragraph.replace(/^statement error( \w{5})?/m, `statement error ${observed[0]}`);
    case 'query':
      return block.mode === 'contains' ? paragraph : `${(paragraph.split(/^----$/m)[0] ?? '').trimEnd()}\n----\n${observed.join('\n')}`;
  }
}

function parseParagraph(paragraph: string, firstLine: number): SltBlock | null {
  const lines = paragraph.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#'));
  if (start < 0) {
    return null;
  }
  const line = firstLine + start;
  const head = lines[start] ?? '';
  const rest = lines.slice(start + 1);
  if (head === 'statement ok') {
    return { kind: 'statement', line, sql: rest.join('\n') };
  }
  const error = /^statement error(?: (\w{5})(?: (.*))?)?$/.exec(head);
  if (error !== null) {
    return { kind: 'error', line, sql: rest.join('\n'), sqlstate: error[1] ?? '', message: error[2] ?? '' };
  }
  const connection = /^connection (\w+)$/.exec(head);
  if (connection !== null) {
    return { kind: 'connection', line, name: connection[1] ?? '' };
  }
  const query = /^query(?: (rowsort|contains))?$/.exec(head);
  assert(query !== null, `line ${line}: neither a statement nor a query: ${head}`);
  const divider = rest.indexOf('----');
  return {
    kind: 'query',
    line,
    sql: rest.slice(0, divider < 0 ? rest.length : divider).join('\n'),
    mode: query[1] === 'rowsort' ? 'rowsort' : query[1] === 'contains' ? 'contains' : 'exact',
    expected: divider < 0 ? [] : rest.slice(divider + 1),
  };
}
