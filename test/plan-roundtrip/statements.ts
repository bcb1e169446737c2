import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceDirectory } from '../runner/source-directory.js';

/** Statements of one file, which are separated by a semicolon at a line's end. */
export function readStatements(name: string): readonly string[] {
  return readFileSync(join(sourceDirectory('plan-roundtrip', 'statements'), `${name}.sql`), 'utf8')
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** A statement that must not be read, with the reason a user sees. */
export interface RefusedStatement {
  readonly reason: string;
  readonly sql: string;
}

/** Statements with the expected reason in a comment above. */
export function readRefusedStatements(): readonly RefusedStatement[] {
  return readStatements('refused').map((text) => {
    const [comment = '', ...lines] = text.split('\n');
    return { reason: comment.replace(/^-- /, ''), sql: lines.join('\n') };
  });
}

/** A test's title: the statement's beginning, on one line. */
export function titleOf(statement: string): string {
  const line = statement.replaceAll(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
}
