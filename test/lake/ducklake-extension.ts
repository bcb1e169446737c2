import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf } from './text-of.js';

/** Where a DuckLake catalog is, for DuckDB's own extension. */
export type ExtensionCatalog = { readonly kind: 'duckdb'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** A row of texts, in the order of the columns. */
export type TextRow = readonly (string | null)[];

const PACKAGES = ['duckdb==1.5.5', 'duckdb-extension-ducklake==1.5.5', 'duckdb-extension-postgres-scanner==1.5.5'];
const STATEMENTS_TIMEOUT_MS = 60_000;

/** Loads the extensions from the packages' files: nothing is downloaded by DuckDB itself. */
const PROGRAM = `
import duckdb, glob, json, os, sys
task = json.load(sys.stdin)
con = duckdb.connect(config={'allow_unsigned_extensions': 'true'})
packages = os.path.dirname(os.path.dirname(duckdb.__file__))
for name in ('ducklake', 'postgres_scanner'):
    con.execute("LOAD '" + glob.glob(packages + '/duckdb_extension_' + name + '/**/*.duckdb_extension', recursive=True)[0] + "'")
con.execute("SET TimeZone = 'UTC'")
con.execute(task['attach'])
con.execute('USE lake')
results = []
for sql in task['statements']:
    try:
        rows = con.execute(sql).fetchall()
        results.append({'rows': [[None if value is None else str(value) for value in row] for row in rows]})
    except Exception as error:
        results.append({'error': str(error)})
print(json.dumps(results))
`;

/** Runs statements in DuckDB with the ducklake extension, attached to the catalog as database \`lake\`. Throws at the first that fails. */
export async function runInExtension(catalog: ExtensionCatalog, statements: readonly string[]): Promise<readonly (readonly TextRow[])[]> {
  const attach = catalog.kind === 'duckdb' ? `ATTACH 'ducklake:${catalog.path}' AS lake` : `ATTACH 'ducklake:postgres:${postgresWords(catalog.url)}' AS lake`;
  const output = await run(extensionPython(), JSON.stringify({ attach, statements }));
  const results: unknown = JSON.parse(output);
  if (!Array.isArray(results)) {
    throw new Error(`the extension answered ${output}`);
  }
  return results.map((result: unknown, index) => {
    if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows)) {
      return result.rows.map((row: unknown) => (Array.isArray(row) ? row.map((value: unknown) => (value === null ? null : textOf(value))) : []));
    }
    throw new Error(`the extension at ${statements[index]}: ${JSON.stringify(result)}`);
  });
}

/** A Python with duckdb 1.5.5 and its extensions as packages, kept in the temporary directory; made when it is not there. */
function extensionPython(): string {
  const directory = join(tmpdir(), 'ducklake-venv');
  const python = join(directory, 'bin', 'python');
  if (isComplete(directory)) {
    return python;
  }
  // Environments hold their own path: what is made elsewhere and moved still finds its packages, not its pip.
  const building = mkdtempSync(`${directory}-building-`);
  execFileSync('python3', ['-m', 'venv', building], { stdio: ['ignore', 'ignore', 'pipe'] });
  execFileSync(join(building, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    renameSync(building, directory);
  } catch (error) {
    // Another process was quicker.
    rmSync(building, { recursive: true, force: true });
    if (!isComplete(directory)) {
      throw error;
    }
  }
  return python;
}

function isComplete(directory: string): boolean {
  const libraries = join(directory, 'lib');
  return existsSync(libraries) && readdirSync(libraries).some((name) => existsSync(join(libraries, name, 'site-packages', 'duckdb_extension_ducklake')));
}

function run(python: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(python, ['-c', PROGRAM], { timeout: STATEMENTS_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
      } else {
        reject(new Error(`the extension ended: ${stderr.slice(-2000)}`, { cause: error }));
      }
    });
    child.stdin?.end(input);
  });
}

/** A url in libpq's words. */
function postgresWords(url: string): string {
  const { hostname, port, username, pathname } = new URL(url);
  return `host=${hostname} port=${port} user=${username} dbname=${pathname.slice(1)}`;
}
