// Installing and building when needed, shared by the scripts behind npm start, npm test and npm run bench.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

const sourceFolders = ['gateway', 'planner', 'executor', 'fs', 'test', 'console', 'examples'];

/** Runs a command in the repository and ends this process when it fails. */
function run(command, args, doing) {
  const result = spawnSync(command, args, { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) {
    process.stderr.write(`${doing} failed${result.error === undefined ? '' : `: ${result.error.message}`}\n`);
    process.exit(1);
  }
}

/** `npm ci` unless node_modules was installed from this very lockfile. */
export function installIfStale() {
  const installed = join(repository, 'node_modules', '.package-lock.json');
  const lock = join(repository, 'package-lock.json');
  const typescript = join(repository, 'node_modules', 'typescript');
  if (existsSync(installed) && existsSync(typescript) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) {
    return;
  }
  process.stderr.write('installing dependencies (npm ci) ...\n');
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
  const now = new Date();
  utimesSync(installed, now, now);
}

/** `npm run build` unless dist is newer than every source file. */
export function buildIfStale() {
  const stamp = join(repository, 'dist', '.built');
  const newest = Math.max(
    ...['package.json', 'tsconfig.json', 'package-lock.json'].map((name) => statSync(join(repository, name)).mtimeMs),
    ...sourceFolders.map((folder) => newestSource(join(repository, folder))),
  );
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) {
    return;
  }
  process.stderr.write('building ...\n');
  // A source file that is gone must not live on as an old compiled one.
  rmSync(join(repository, 'dist'), { recursive: true, force: true });
  const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  run(process.execPath, [tsc, '-p', repository], 'the build');
  run(process.execPath, [tsc, '-p', join(repository, 'console')], 'the build of the console');
  run(process.execPath, [join(repository, 'scripts', 'build-console.mjs')], 'the build of the console');
  writeFileSync(stamp, '');
}

function newestSource(folder) {
  let newest = 0;
  if (!existsSync(folder)) {
    return newest;
  }
  newest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      newest = Math.max(newest, newestSource(path));
    } else if (/\.(tsx?|css|html|svg)$/.test(entry.name)) {
      newest = Math.max(newest, statSync(path).mtimeMs);
    }
  }
  return newest;
}
