import { Client } from 'pg';
import { startPostgres } from '../services/postgres.js';

/** The URL of a new, empty database for a catalog. */
export async function newPostgresDatabase(name: string): Promise<string> {
  const postgres = await startPostgres();
  const admin = new Client(postgres);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  return `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${name}`;
}
