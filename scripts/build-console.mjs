// Bundles the console into dist/console: one page, one script, one style sheet, all that the page needs.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './prepare.mjs';

const target = join(repository, 'dist', 'console');
mkdirSync(target, { recursive: true });
await build({
  entryPoints: { console: join(repository, 'console', 'src', 'main.tsx') },
  outdir: target,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
  tsconfigRaw: {},
});
for (const name of ['index.html', 'icon.svg']) {
  copyFileSync(join(repository, 'console', name), join(target, name));
}
