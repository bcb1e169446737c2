import { randomUUID } from 'node:crypto';
import type { CatalogDatabase, CatalogQueries } from './catalog-database.js';
import { CatalogRace } from './catalog-database.js';
import { DUCKLAKE_TABLES, DUCKLAKE_VERSION } from './ducklake-tables.js';
import { LakeError } from './lake-error.js';

/** Version of Sluice's own table in a catalog; migrations go from one to the next. */
const SLUICE_VERSION = 2;

/** What a catalog says of itself. */
export interface CatalogIdentity {
  /** Sluice's name for the lake, the same for its whole life. */
  readonly uuid: string;
  /** As ducklake_metadata has it, without a slash at its end. */
  readonly dataPath: string;
}

/** How many times setting up is tried when another gateway does it at the same moment. */
const TRY_COUNT_MAX = 5;

/**
 * Makes the catalog's tables where there are none, or takes over what another DuckLake client made. The data path of a new
 * catalog is `dataPath`; an existing one keeps its own. Throws LakeError `catalog` when it is of another version.
 */
export async function setUpCatalog(database: CatalogDatabase, dataPath: string): Promise<CatalogIdentity> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction((queries) => setUp(queries, database, dataPath));
    } catch (error) {
      if (!isRace(error) || attempt >= TRY_COUNT_MAX) {
        throw error;
      }
    }
  }
}

/** Two that create the same table at once: PostgreSQL calls it a broken unique key, or says that it exists (42P07). */
function isRace(error: unknown): boolean {
  return error instanceof CatalogRace || (error instanceof Error && 'code' in error && error.code === '42P07');
}

async function setUp(queries: CatalogQueries, { kind, prefix }: CatalogDatabase, dataPath: string): Promise<CatalogIdentity> {
  const schema = prefix.slice(1, -2).replaceAll('""', '"');
  const rows = await queries.query(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = '${schema.replaceAll("'", "''")}' AND (table_name LIKE 'ducklake_%' OR table_name LIKE 'sluice_%')`,
  );
  const names = new Set(rows.map((row) => String(row['table_name'])));
  const isNew = !names.has('ducklake_metadata');
  if (isNew) {
    if (names.size > 0) {
      throw new LakeError('catalog', 'the catalog database holds a part of a DuckLake catalog', {
        detail: `It has ${[...names].join(', ')}, but no ducklake_metadata.`,
      });
    }
    await createDucklake(queries, prefix, dataPath);
  }
  const metadata = await readMetadata(queries, prefix);
  const missing = Object.keys(DUCKLAKE_TABLES).filter((name) => !isNew && !names.has(`ducklake_${name}`));
  if (missing.length > 0) {
    throw new LakeError('catalog', `the catalog lacks ${missing.map((name) => `ducklake_${name}`).join(', ')}`);
  }
  if (!names.has('sluice_catalog')) {
    await queries.query(`CREATE TABLE ${prefix}sluice_catalog (version BIGINT PRIMARY KEY, lake_uuid VARCHAR)`);
    await queries.query(`INSERT INTO ${prefix}sluice_catalog VALUES (${SLUICE_VERSION}, '${randomUUID()}')`);
  }
  if (kind === 'postgres' && !names.has('sluice_gateway')) {
    // Numbers are never given twice: files are named after them.
    await queries.query(
      `CREATE TABLE ${prefix}sluice_gateway (gateway_id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, oldest_snapshot BIGINT NOT NULL, answered BIGINT NOT NULL)`,
    );
  }
  // Version 1 had no gateways: nothing but their table is new.
  await queries.query(`UPDATE ${prefix}sluice_catalog SET version = ${SLUICE_VERSION} WHERE version = 1`);
  const [own] = await queries.query(`SELECT version, lake_uuid FROM ${prefix}sluice_catalog`);
  if (own === undefined || Number(own['version']) !== SLUICE_VERSION) {
    throw new LakeError('catalog', `the catalog was written by another version of Sluice (${String(own?.['version'])}, not ${SLUICE_VERSION})`);
  }
  return { uuid: String(own['lake_uuid']), dataPath: (metadata.get('data_path') ?? dataPath).replace(/\/+$/, '') };
}

async function createDucklake(queries: CatalogQueries, prefix: string, dataPath: string): Promise<void> {
  for (const [name, columns] of Object.entries(DUCKLAKE_TABLES)) {
    await queries.query(`CREATE TABLE ${prefix}ducklake_${name} (${columns})`);
  }
  const path = `${dataPath}/`.replaceAll("'", "''");
  await queries.query(
    `INSERT INTO ${prefix}ducklake_metadata (key, value) VALUES ('version', '${DUCKLAKE_VERSION}'), ('created_by', 'Sluice'), ('data_path', '${path}'), ('encrypted', 'false')`,
  );
  await queries.query(`INSERT INTO ${prefix}ducklake_snapshot VALUES (0, now(), 0, 1, 0)`);
  await queries.query(`INSERT INTO ${prefix}ducklake_snapshot_changes VALUES (0, 'created_schema:"main"', NULL, NULL, NULL)`);
  await queries.query(`INSERT INTO ${prefix}ducklake_schema VALUES (0, '${randomUUID()}', 0, NULL, 'main', 'main/', true)`);
}

async function readMetadata(queries: CatalogQueries, prefix: string): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.query(`SELECT key, value FROM ${prefix}ducklake_metadata WHERE scope IS NULL`);
  const metadata = new Map(rows.map((row) => [String(row['key']), String(row['value'])]));
  const version = metadata.get('version');
  if (version !== DUCKLAKE_VERSION) {
    throw new LakeError('catalog', `the catalog is DuckLake ${version ?? 'of no version'}, and Sluice reads ${DUCKLAKE_VERSION}`, {
      detail: 'The ducklake extension of DuckDB migrates older ones when it attaches them.',
    });
  }
  if (metadata.get('encrypted') === 'true') {
    throw new LakeError('unsupported', 'the catalog encrypts its data files, which Sluice does not');
  }
  return metadata;
}
