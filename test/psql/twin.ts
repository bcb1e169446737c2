import { Client } from 'pg';
import type { PostgresServer } from '../services/postgres.js';
import type { PsqlTarget } from './psql-script.js';

/** A database in PostgreSQL as Sluice's looks: its name, its user, and the sample's tables, empty. */
export async function prepareTwin(server: PostgresServer): Promise<PsqlTarget> {
  await run({ host: server.host, port: server.port, user: server.user, database: server.database }, [
    'CREATE ROLE sluice SUPERUSER LOGIN',
    "CREATE DATABASE sluice OWNER sluice ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0",
  ]);
  const target: PsqlTarget = { host: server.host, port: server.port, user: 'sluice', database: 'sluice' };
  await run(target, [
    'CREATE TABLE flights (date timestamp, delay bigint, distance bigint, origin text, destination text)',
    'CREATE TABLE airports (iata text, name text, city text, state text, country text, latitude double precision, longitude double precision)',
  ]);
  return target;
}

async function run(target: PsqlTarget, statements: readonly string[]): Promise<void> {
  const client = new Client(target);
  await client.connect();
  for (const statement of statements) {
    await client.query(statement);
  }
  await client.end();
}
