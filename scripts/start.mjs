// `npm start`: install, build, then serve the sample data. Node built-ins only: on a fresh clone nothing else is there.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale, installIfStale, repository } from './prepare.mjs';

installIfStale();
buildIfStale();

const data = join(repository, '.sluice', 'sample-data');
mkdirSync(data, { recursive: true });
const samples = join(repository, 'node_modules', 'vega-datasets', 'data');
for (const [source, target] of [
  ['flights-3m.parquet', 'flights.parquet'],
  ['airports.csv', 'airports.csv'],
]) {
  const path = join(data, target);
  if (!existsSync(path)) {
    // Copied under a name that is no table, then renamed: a start that is cut off leaves no half table.
    copyFileSync(join(samples, source), `${path}.tmp`);
    renameSync(`${path}.tmp`, path);
  }
}

const extra = process.argv.slice(2);
const server = spawn(process.execPath, [join(repository, 'dist', 'gateway', 'cli', 'main.js'), 'serve', '--data', data, ...extra], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.kill(signal);
  });
}
server.on('exit', (code, signal) => {
  process.exit(code ?? (signal === null ? 1 : 0));
});
