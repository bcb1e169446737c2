import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseError, type Client } from 'pg';
import { startSluice, type SluiceServer } from '../../services/sluice.js';
import { openDuckdbCatalog, openPostgresCatalog, type CatalogAccess } from './catalog-access.js';
import { readCatalog, type CatalogView } from './catalog-view.js';
import { checkCounts, checkFiles, findOrphans } from './check-storage.js';
import { RestartablePostgres } from './restartable-postgres.js';
import type { Abilities, CrashSystem } from './system.js';
import { textOf } from '../text-of.js';

/** Which database keeps the catalog. */
export type CatalogKind = 'duckdb' | 'postgres';

/**
 * Statements after which nothing is on disk that the newest snapshot does not name: all older snapshots expired, files
 * scheduled for deletion removed, and files that no snapshot ever named, of whatever age.
 */
const CLEAN_UP: readonly string[] = ["CALL sluice_expire_snapshots(older_than => '0 seconds')", "CALL sluice_remove_files(older_than => '0 seconds')"];

/** feature_not_supported: the server does not know the statement. */
const NOT_SUPPORTED = '0A000';

/** Sluice with a catalog of its own kind; its processes and its catalog's server are what is killed. */
export async function startSluiceSystem(kind: CatalogKind, options: { readonly keep?: boolean } = {}): Promise<CrashSystem> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const postgres = kind === 'postgres' ? await RestartablePostgres.start() : null;
  const system = new SluiceSystem(directory, data, postgres, options.keep ?? false);
  await system.recover();
  return system;
}

class SluiceSystem implements CrashSystem {
  readonly name: string;
  readonly targets: readonly string[];
  readonly #directory: string;
  readonly #data: string;
  readonly #postgres: RestartablePostgres | null;
  readonly #keep: boolean;
  #server: SluiceServer | null = null;

  constructor(directory: string, data: string, postgres: RestartablePostgres | null, keep: boolean) {
    this.name = `Sluice, catalog in ${postgres === null ? 'a DuckDB file' : 'PostgreSQL'}`;
    // Both executors and the binder's two processes are children of the gateway; one is taken at random.
    this.targets = postgres === null ? ['gateway', 'gateway', 'child'] : ['gateway', 'gateway', 'child', 'catalog server', 'catalog backend'];
    this.#directory = directory;
    this.#data = data;
    this.#postgres = postgres;
    this.#keep = keep;
  }

  get dataPath(): string {
    return join(this.#data, '.sluice-tables');
  }

  connect(): Promise<Client> {
    return this.#server?.connect() ?? Promise.reject(new Error('Sluice does not run'));
  }

  kill(target: string): boolean {
    const server = this.#server;
    switch (target) {
      case 'gateway':
        if (server === null) {
          return false;
        }
        this.#server = null;
        process.kill(server.pid, 'SIGKILL');
        this.#dead = server;
        return true;
      case 'child': {
        const children = server?.children() ?? [];
        const child = children[Math.floor(Math.random() * children.length)];
        return child !== undefined && process.kill(child.pid, 'SIGKILL');
      }
      case 'catalog server':
        return this.#postgres?.kill() ?? false;
      case 'catalog backend':
        return this.#postgres?.killBackend() ?? false;
      default:
        throw new Error(`no target ${target}`);
    }
  }

  #dead: SluiceServer | null = null;

  async recover(): Promise<void> {
    await this.#postgres?.recover();
    await this.#dead?.kill();
    this.#dead = null;
    this.#server ??= await startSluice({
      data: this.#data,
      state: join(this.#directory, 'state'),
      executors: 2,
      threads: 1,
      extra: ['--catalog', this.#postgres?.url ?? join(this.#directory, 'catalog', 'catalog.duckdb')],
    });
    const client = await this.#server.connect();
    await client.query('SELECT 1');
    await client.end();
  }

  async checkStorage(): Promise<string[]> {
    const view = await this.#view();
    const client = await this.connect();
    try {
      return [...(await checkFiles(view)), ...(await checkCounts(view, client))];
    } finally {
      await client.end();
    }
  }

  async abilities(): Promise<Abilities> {
    const client = await this.connect();
    const knows = async (sql: string): Promise<boolean> => {
      try {
        await client.query(sql);
        return true;
      } catch (error) {
        return !(error instanceof DatabaseError && error.code === NOT_SUPPORTED);
      }
    };
    try {
      // Of a table that is not there: known or not, it changes nothing.
      return {
        merge: await knows('MERGE INTO not_there AS t USING (VALUES (1)) AS v (id) ON t.id = v.id WHEN MATCHED THEN DELETE'),
        upkeep: await knows("CALL sluice_compact('public.not_there')"),
      };
    } finally {
      await client.end();
    }
  }

  async finish(): Promise<string[]> {
    if (!(await this.abilities()).upkeep) {
      return [];
    }
    const client = await this.connect();
    try {
      for (const sql of CLEAN_UP) {
        await client.query(sql);
      }
    } catch (error) {
      return [`clean-up failed: ${textOf(error)}`];
    } finally {
      await client.end();
    }
    const view = await this.#view();
    return findOrphans(view, this.dataPath).map((path) => `${path} is on disk and not in the catalog`);
  }

  async stop(): Promise<void> {
    await this.#server?.kill();
    await this.#dead?.kill();
    await this.#postgres?.stop();
    if (!this.#keep) {
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  /** The DuckDB file is copied while nothing writes: the caller has let all work end. */
  async #view(): Promise<CatalogView> {
    const access: CatalogAccess =
      this.#postgres === null ? await openDuckdbCatalog(join(this.#directory, 'catalog', 'catalog.duckdb')) : await openPostgresCatalog(this.#postgres.url);
    try {
      return await readCatalog(access, this.dataPath);
    } finally {
      await access.close();
    }
  }
}
