/** A statement to compare, with the reason when it is known to differ. */
export interface Case {
  readonly sql: string;
  readonly known: string | null;
}

/** Reads a case file: a statement a line; `-- differs: reason` stands above one that is known to differ; other comments are notes. */
export function readCases(text: string): readonly Case[] {
  const cases: Case[] = [];
  let known: string | null = null;
  for (const line of text.split('\n')) {
    const note = /^--\s*differs:\s*(.*)$/.exec(line);
    if (note !== null) {
      known = note[1] ?? '';
    } else if (line.trim() !== '' && !line.startsWith('--')) {
      cases.push({ sql: line.trim(), known });
      known = null;
    }
  }
  return cases;
}
