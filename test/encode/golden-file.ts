import { readFileSync, writeFileSync } from 'node:fs';
import { Client } from 'pg';
import { sourceDirectory } from '../runner/source-directory.js';
import { CASE_GROUPS } from './cases.js';
import type { CaseGroup, ValueCase } from './cases.js';

/** What PostgreSQL sent for one value: its type, its text, and its binary form in hexadecimal. */
export interface Golden {
  readonly group: string;
  readonly postgres: string;
  readonly oid: number;
  readonly text: string;
  readonly binary: string;
}

const FILE = sourceDirectory('encode', 'goldens', 'values.json');

/** The goldens as stored. */
export function readGoldens(): readonly Golden[] {
  const goldens: readonly Golden[] = JSON.parse(readFileSync(FILE, 'utf8'));
  return goldens;
}

/** Stores goldens, one a line. */
export function writeGoldens(goldens: readonly Golden[]): void {
  writeFileSync(FILE, `[\n${goldens.map((golden) => JSON.stringify(golden)).join(',\n')}\n]\n`);
}

/** Asks a PostgreSQL for every golden. */
export async function askPostgres(server: {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}): Promise<readonly Golden[]> {
  const goldens: Golden[] = [];
  for (const group of CASE_GROUPS) {
    const client = new Client({
      host: server.host,
      port: server.port,
      user: server.user,
      database: server.database,
    });
    await client.connect();
    try {
      await client.query("SET TimeZone = 'UTC'");
      for (const [name, value] of Object.entries(group.settings)) {
        await client.query(`SELECT set_config($1, $2, false)`, [name, value]);
      }
      for (const item of group.cases) {
        goldens.push(await askOne(client, group, item));
      }
    } finally {
      await client.end();
    }
  }
  return goldens;
}

/** Text values come back as they were sent. */
const RAW_TYPES = { getTypeParser: () => (value: unknown) => value };

async function askOne(client: Client, group: CaseGroup, item: ValueCase): Promise<Golden> {
  const text = await client.query<[string]>({
    text: `SELECT ${item.postgres}`,
    rowMode: 'array',
    types: RAW_TYPES,
  });
  const oid = text.fields[0]?.dataTypeID ?? 0;
  // The driver cannot hand out binary values; the function that makes them can be called in SQL.
  const send = await client.query<[string]>({
    text: 'SELECT typsend::text FROM pg_type WHERE oid = $1',
    values: [oid],
    rowMode: 'array',
  });
  const binary = await client.query<[string]>({
    text: `SELECT encode(${send.rows[0]?.[0] ?? ''}(value), 'hex') FROM (SELECT ${item.postgres}) AS one(value)`,
    rowMode: 'array',
  });
  return {
    group: group.name,
    postgres: item.postgres,
    oid,
    text: text.rows[0]?.[0] ?? '',
    binary: binary.rows[0]?.[0] ?? '',
  };
}
