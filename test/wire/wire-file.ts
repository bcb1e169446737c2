/** One step of a conversation. Line numbers count from 0. */
export type WireStep =
  | { readonly kind: 'connection'; readonly name: string; readonly line: number }
  | { readonly kind: 'send'; readonly text: string; readonly line: number }
  | { readonly kind: 'cancel'; readonly target: string; readonly line: number }
  | {
      readonly kind: 'expect';
      /** What ends the replies: a message's name, `closed`, `byte` or `rest`. */
      readonly until: string;
      readonly count: number;
      readonly expected: readonly string[];
      readonly line: number;
    };

/** A conversation with a server, as its file says it. */
export interface WireFile {
  readonly lines: readonly string[];
  /** True when the conversation is plain Postgres: the real PostgreSQL 15 must answer alike. */
  readonly isPlainPostgres: boolean;
  /** True when the file sends its start-up packet itself. */
  readonly startsByHand: boolean;
  readonly steps: readonly WireStep[];
}

/** Reads a `.wire` file; its README has the format. Throws for lines that mean nothing. */
export function parseWireFile(text: string): WireFile {
  const lines = text.split('\n');
  let isPlainPostgres: boolean | null = null;
  let startsByHand = false;
  const steps: WireStep[] = [];
  for (let line = 0; line < lines.length; line += 1) {
    const content = lines[line] ?? '';
    if (content.startsWith('# postgres:')) {
      isPlainPostgres = content.slice(11).trim().startsWith('yes');
    } else if (content.startsWith('# startup: by hand')) {
      startsByHand = true;
    } else if (content.startsWith('@ ')) {
      steps.push({ kind: 'connection', name: content.slice(2).trim(), line });
    } else if (content.startsWith('> ')) {
      steps.push({ kind: 'send', text: content.slice(2), line });
    } else if (content.startsWith('! cancel ')) {
      steps.push({ kind: 'cancel', target: content.slice(9).trim(), line });
    } else if (content.startsWith('< ')) {
      const expected = takeExpected(lines, line + 1);
      const [until = '', count = '1'] = content.slice(2).trim().split(/\s+/);
      steps.push({ kind: 'expect', until, count: Number(count), expected, line });
      line += expected.length;
    } else if (content !== '' && !content.startsWith('#')) {
      throw new Error(`line ${line + 1} means nothing: ${content}`);
    }
  }
  if (isPlainPostgres === null) {
    throw new Error('the file does not say "# postgres: yes" or "# postgres: no, ..."');
  }
  return { lines, isPlainPostgres, startsByHand, steps };
}

/** The file's text with the expected replies replaced by the actual ones, given by the step's line. */
export function withReplies(file: WireFile, replies: ReadonlyMap<number, readonly string[]>): string {
  const lines: string[] = [];
  for (let line = 0; line < file.lines.length; line += 1) {
    lines.push(file.lines[line] ?? '');
    const actual = replies.get(line);
    if (actual !== undefined) {
      lines.push(...actual);
      line += takeExpected(file.lines, line + 1).length;
    }
  }
  return lines.join('\n');
}

/** Replies run up to an empty line or the next step. */
function takeExpected(lines: readonly string[], start: number): readonly string[] {
  let end = start;
  while (end < lines.length && lines[end] !== '' && !/^[@><!#] /.test(lines[end] ?? '')) {
    end += 1;
  }
  return lines.slice(start, end);
}
