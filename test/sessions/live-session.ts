import { rmSync } from 'node:fs';
import { DatabaseError, type Client } from 'pg';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

/** A server over a data directory of its own. */
export interface LiveServer {
  readonly server: SluiceServer;
  readonly data: string;
  /** Ends the server and removes its data. */
  end(): Promise<void>;
}

/** Starts a server over a writable copy of the small sample. */
export async function startLiveServer(): Promise<LiveServer> {
  const data = await writableSampleDirectory();
  const server = await startSluice({ data });
  return {
    server,
    data,
    end: async () => {
      await server.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/**
 * Runs statements one by one and gives what each came to: its rows as `a,b` lines joined by `;`, its command where it
 * returns none, or its SQLSTATE and message.
 */
export async function outcomes(client: Client, statements: readonly string[]): Promise<readonly string[]> {
  const results: string[] = [];
  for (const sql of statements) {
    results.push(await outcome(client, sql));
  }
  return results;
}

/** What one statement came to. */
export async function outcome(client: Client, query: string | { readonly name?: string; readonly text: string; readonly values?: unknown[] }): Promise<string> {
  try {
    const config = typeof query === 'string' ? { text: query } : query;
    const { command, rows, fields } = await client.query<(string | number | boolean | null)[]>({ ...config, rowMode: 'array' });
    return (fields ?? []).length > 0 ? rows.map((row) => row.map((value) => (value === null ? 'NULL' : String(value))).join(',')).join(';') : command;
  } catch (error) {
    if (error instanceof DatabaseError) {
      return `${error.code ?? ''} ${error.message}`;
    }
    throw error;
  }
}
