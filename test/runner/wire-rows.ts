import { DatabaseError, type Client, type CustomTypesConfig } from 'pg';
import type { Row } from '../compare/value.js';

/** A result as the server sent it: every value as text. */
export interface WireResult {
  readonly names: readonly string[];
  /** Type OIDs as RowDescription gave them. */
  readonly types: readonly number[];
  readonly rows: readonly Row[];
  readonly tag: string;
}

const AS_TEXT: CustomTypesConfig = {
  getTypeParser: () => (value: unknown) => String(value),
};

/** Runs one statement by npm pg with every value left as the text that came over the wire. */
export async function queryAsText(client: Client, text: string, values?: unknown[]): Promise<WireResult> {
  const result = await client.query<(string | null)[]>({
    text,
    rowMode: 'array',
    types: AS_TEXT,
    ...(values === undefined ? {} : { values }),
  });
  return {
    names: result.fields.map((field) => field.name),
    types: result.fields.map((field) => field.dataTypeID),
    rows: result.rows,
    tag: result.command,
  };
}

/** Runs a statement that must fail and returns the server's error. */
export async function expectError(client: Client, text: string, values?: unknown[]): Promise<DatabaseError> {
  try {
    await client.query({ text, ...(values === undefined ? {} : { values }) });
  } catch (error) {
    if (error instanceof DatabaseError) {
      return error;
    }
    throw error;
  }
  throw new Error(`no error came from: ${text}`);
}
