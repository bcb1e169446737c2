// Drizzle: queries over node-postgres, and drizzle-kit's introspection of a database.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, check, load, runChecks, versionOf } from './checks.mjs';

const { drizzle } = load('drizzle-orm/node-postgres');
const { eq, sql } = load('drizzle-orm');
const core = load('drizzle-orm/pg-core');
const { Pool } = load('pg');
const pool = new Pool({ max: 2 });
const db = drizzle(pool);
const people = core.pgTable('dz_people', {
  id: core.serial('id').primaryKey(),
  name: core.varchar('name', { length: 40 }).notNull(),
  credit: core.numeric('credit', { precision: 8, scale: 2 }),
  made: core.timestamp('made').defaultNow(),
  info: core.jsonb('info'),
  tags: core.text('tags').array(),
});

check('queries', async () => {
  await db.execute(
    sql`CREATE TABLE dz_people (id serial PRIMARY KEY, name varchar(40) NOT NULL, credit numeric(8,2), made timestamp DEFAULT now(), info jsonb, tags text[])`,
  );
  const inserted = await db
    .insert(people)
    .values([{ name: 'Ann', credit: '1.50', info: { a: 1 }, tags: ['x', 'y'] }, { name: 'Bob' }])
    .returning({ id: people.id, name: people.name });
  await db.transaction(async (transaction) => {
    await transaction.update(people).set({ credit: '3' }).where(eq(people.name, 'Bob'));
    await attempt(() => transaction.transaction(() => Promise.reject(new Error('back'))));
  });
  return [
    inserted,
    await db.select({ name: people.name, credit: people.credit, info: people.info, tags: people.tags }).from(people).orderBy(people.id),
    await db.select({ n: sql`count(*)` }).from(people),
  ];
});
check('introspection by drizzle-kit', async () => {
  await db.execute(
    sql`CREATE TABLE dz_orders (no int, line int, person int REFERENCES dz_people (id) ON DELETE CASCADE, made date DEFAULT now(), CONSTRAINT dz_orders_key PRIMARY KEY (no, line), CONSTRAINT dz_once UNIQUE (person))`,
  );
  await db.execute(sql`CREATE VIEW dz_seen AS SELECT id, name FROM dz_people`);
  const directory = mkdtempSync(join(process.env.CLIENT_DIRECTORY, 'pull-'));
  try {
    const url = `postgresql://${process.env.PGUSER}@${process.env.PGHOST}:${process.env.PGPORT}/${process.env.PGDATABASE}?sslmode=disable`;
    writeFileSync(
      join(directory, 'drizzle.config.json'),
      JSON.stringify({ dialect: 'postgresql', out: join(directory, 'out'), tablesFilter: ['dz_*'], dbCredentials: { url } }),
    );
    execFileSync(
      process.execPath,
      [join(process.env.CLIENT_DIRECTORY, 'node_modules', 'drizzle-kit', 'bin.cjs'), 'pull', '--config', join(directory, 'drizzle.config.json')],
      { cwd: process.env.CLIENT_DIRECTORY, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 },
    );
    return readFileSync(join(directory, 'out', 'schema.ts'), 'utf8')
      .replace(/as\(sql`.*`\)/g, 'as(its query)')
      .replace('[table.line, table.no]', '[table.no, table.line]')
      .split('\n');
  } catch (error) {
    return { failed: String(error.stdout ?? error).slice(-1500), errors: String(error.stderr ?? '').slice(-1500) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

await runChecks(`drizzle-orm ${versionOf('drizzle-orm')}`);
await pool.end();
