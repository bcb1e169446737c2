import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { readTracked, trackedFiles } from './tracked-files.js';

describe('tidy/documents', () => {
  const files = trackedFiles();
  const decisions = files.filter((path) => path.startsWith('docs/decisions/') && path.endsWith('.md'));

  it('the README is short and its commands exist', () => {
    const readme = readTracked('README.md');
    assert(readme.split('\n').length <= 130, 'the README is longer than about 120 lines');
    const scripts = Object.keys(readPackage().scripts);
    const missing = [...readme.matchAll(/\bnpm (?:run )?([a-z:-]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !['ci', 'install', 'i', 'packages', 'package'].includes(name) && !scripts.includes(name));
    assert.deepEqual(missing, []);
    assert.match(readme, /```[\s\S]*npm start[\s\S]*```/);
    assert.match(readme, /```[\s\S]*npm test[\s\S]*```/);
    assert.match(readme, /psql -h 127\.0\.0\.1 -p 5433 -U sluice sluice/);
  });

  it('links of the documents lead to tracked files', () => {
    const broken = files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) => {
        const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
        return [...readTracked(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
          .map((match) => new URL((match[1] ?? '').replace(/\/$/, ''), `file:///${folder}`).pathname.slice(1))
          .filter((target) => !files.some((file) => file === target || file.startsWith(`${target}/`)))
          .map((target) => `${path}: ${target}`);
      });
    assert.deepEqual(broken, []);
  });

  it('every runtime dependency has its reason in a decision record', () => {
    const text = decisions.map(readTracked).join('\n');
    assert.deepEqual(
      Object.keys(readPackage().dependencies).filter((name) => !text.includes(name)),
      [],
    );
  });

  it('decision records are numbered without gaps and titled', () => {
    const records = decisions.filter((path) => !path.endsWith('README.md'));
    const numbers = records.map((path) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1] ?? Number.NaN));
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      numbers.map((_, index) => index + 1),
    );
    assert.deepEqual(
      records.filter((path) => !/^# \S/.test(readTracked(path))),
      [],
    );
  });

  it('every SQLSTATE is explained in docs/errors.md, and no other', () => {
    const text = readTracked('docs/errors.md');
    const documented = new Set([...text.matchAll(/\b([0-9A-Z]{5})\b/g)].map((match) => match[1] ?? '').filter((code) => /\d/.test(code)));
    const codes: readonly string[] = Object.values(SQLSTATE);
    assert.deepEqual(
      codes.filter((code) => !documented.has(code)),
      [],
    );
    assert.deepEqual(
      [...documented].filter((code) => !codes.includes(code)),
      [],
    );
  });
});

function readPackage(): { readonly scripts: Readonly<Record<string, string>>; readonly dependencies: Readonly<Record<string, string>> } {
  const parsed: unknown = JSON.parse(readTracked('package.json'));
  assert(typeof parsed === 'object' && parsed !== null && 'scripts' in parsed && 'dependencies' in parsed);
  const { scripts, dependencies } = parsed;
  assert(isRecord(scripts) && isRecord(dependencies));
  return { scripts, dependencies };
}

function isRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((entry) => typeof entry === 'string');
}
