import assert from 'node:assert/strict';
import { DatabaseError, type Client } from 'pg';
import { queryAsText } from '../runner/wire-rows.js';
import { equalByValue, formatResult } from './format-rows.js';
import type { SltBlock, SltFile } from './parse-file.js';

/** What a block gave: lines to compare, or to pin. */
export interface Observed {
  readonly block: SltBlock;
  readonly lines: readonly string[];
  readonly failed: boolean;
}

/** Runs a file's blocks in order on connections of its own; calls `observe` for each, which throws to fail the file. */
export async function runSltFile(file: SltFile, connect: () => Promise<Client>, observe: (observed: Observed) => void): Promise<void> {
  const clients = new Map<string, Client>();
  let current = 'main';
  try {
    for (const block of file.blocks) {
      if (block.kind === 'connection') {
        current = block.name;
        continue;
      }
      let client = clients.get(current);
      if (client === undefined) {
        client = await connect();
        clients.set(current, client);
      }
      observe({ block, ...(await runBlock(client, block)) });
    }
  } finally {
    for (const client of clients.values()) {
      await client.end();
    }
  }
}

/** What a block gave that the file does not say, with the file's line; null when they agree. */
export function differenceOf(path: string, file: SltFile, { block, lines }: Observed): string | null {
  const place = `${path}:${block.line}`;
  switch (block.kind) {
    case 'connection':
      return null;
    case 'statement':
      return lines[0] === 'ok' ? null : `${place}: ${lines.join(' ')}\n${block.sql}`;
    case 'error':
      if (lines[0] !== block.sqlstate) {
        return `${place}: ${lines.join(' ')}, not ${block.sqlstate}\n${block.sql}`;
      }
      return lines[1]?.includes(block.message) === true || block.message === '' ? null : `${place}: the message is ${lines[1]}\n${block.sql}`;
    case 'query': {
      if (block.mode === 'contains') {
        return missingLine(place, block.sql, lines, block.expected);
      }
      const equal =
        file.numericByValue && lines.length === block.expected.length
          ? lines.every((line, index) => equalByValue(line, block.expected[index] ?? ''))
          : lines.join('\n') === block.expected.join('\n');
      return equal ? null : `${place}\n${block.sql}\n---- expected\n${block.expected.join('\n')}\n---- got\n${lines.join('\n')}`;
    }
  }
}

function missingLine(place: string, sql: string, lines: readonly string[], expected: readonly string[]): string | null {
  assert(expected.length > 0, `${place}: nothing to look for`);
  let from = 0;
  for (const wanted of expected) {
    const index = lines.slice(from).findIndex((line) => line.includes(wanted));
    if (index < 0) {
      return `${place}: no line (after the ones before it) holds "${wanted}"\n${sql}\n---- got\n${lines.join('\n')}`;
    }
    from += index + 1;
  }
  return null;
}

async function runBlock(client: Client, block: SltBlock): Promise<Pick<Observed, 'lines' | 'failed'>> {
  assert(block.kind !== 'connection');
  try {
    if (block.kind === 'query') {
      return { lines: formatResult(await queryAsText(client, block.sql), block.mode === 'rowsort'), failed: false };
    }
    await client.query(block.sql);
    return { lines: ['ok'], failed: false };
  } catch (error) {
    if (error instanceof DatabaseError) {
      return { lines: [error.code ?? 'no code', error.message, error.detail ?? ''], failed: true };
    }
    throw error;
  }
}
