import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { describe, it } from 'mocha';
import { isSource, readTracked, trackedFiles } from './tracked-files.js';

/** The house style says 40 to 250 lines; well beyond that a file holds more than one thing. */
const LINES_MAX = 320;
/** Files that are one long list by nature (a case an operator kind), each with its own bound. */
const LONGER: Readonly<Record<string, number>> = {
  'planner/bind/read-operator.ts': 450,
  'planner/print/print-operator.ts': 450,
  'planner/translate/functions/duckdb-scalars.ts': 400,
  'test/encode/cases.ts': 450,
};
/** One letter in brackets, or this file would break its own rules. */
const UNFINISHED = /TO[D]O|FIX[M]E|\bXX[X]\b/;
const SKIPPED = /\b(describe|it|test)\.(sk[i]p|onl[y])\(|\bthis\.sk[i]p\(/;
const ARGUED = /@ts-[i]gnore|@ts-[n]ocheck|@ts-[e]xpect-error|\bas [a]ny\b/;
const MACHINE_PATHS = /\/wor[k]\/|\/hom[e]\/\w|\/roo[t]\/|\/User[s]\/\w/;

describe('tidy/files', () => {
  const files = trackedFiles();
  const sources = files.filter(isSource);

  it('sources are short, with listed exceptions', () => {
    const long = sources
      .map((path) => ({ path, lines: readTracked(path).split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > (LONGER[path] ?? LINES_MAX))
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    assert.deepEqual(long, []);
    assert.deepEqual(
      Object.keys(LONGER).filter((path) => !files.includes(path)),
      [],
      'exceptions that no longer exist',
    );
  });

  it('nothing is marked unfinished, skipped or run alone', () => {
    assert.deepEqual(findLines(sources, UNFINISHED), []);
    assert.deepEqual(
      findLines(
        sources.filter((path) => path.startsWith('test/')),
        SKIPPED,
      ),
      [],
    );
  });

  it('no type system is argued with', () => {
    assert.deepEqual(
      findLines(
        sources.filter((path) => path.endsWith('.ts')),
        ARGUED,
      ),
      [],
    );
  });

  it('every folder of sources has a README that names its files', () => {
    const folders = new Set(sources.filter((path) => path.includes('/')).map((path) => dirname(path)));
    const without = [...folders].filter((folder) => {
      // A folder inside a documented one may be covered by the README above it.
      return !files.includes(`${folder}/README.md`) && !files.includes(`${dirname(folder)}/README.md`);
    });
    assert.deepEqual(without, []);
  });

  it('a README names only files that exist', () => {
    const wrong = files
      .filter((path) => path.endsWith('README.md'))
      .flatMap((path) => {
        const folder = dirname(path);
        return [...readTracked(path).matchAll(/`([\w./-]+\.(?:ts|mjs|sql|slt))`/g)]
          .map((match) => match[1] ?? '')
          .filter((name) => !/[*<>]|^\.|^(file|name|x|RULE)\./i.test(name))
          .filter(
            (name) => !files.some((file) => file === name || file === `${folder}/${name}` || (file.startsWith(`${folder}/`) && file.endsWith(`/${name}`))),
          )
          .map((name) => `${path}: ${name}`);
      });
    assert.deepEqual(wrong, []);
  });

  it('file names are kebab-case, and none is called utils', () => {
    const wrong = sources.filter((path) => !/^[a-z0-9.-]+$/.test(path.split('/').at(-1) ?? '') || /(^|\/)(utils?|helpers?|misc|common)\.ts$/.test(path));
    assert.deepEqual(wrong, []);
  });

  it('nothing of one machine is in a tracked file', () => {
    const texts = files.filter((path) => /\.(ts|mjs|md|json|sql|slt|sh|txt|yml|yaml|plan|wire)$/.test(path) || path === '.ci/run');
    assert.deepEqual(findLines(texts, MACHINE_PATHS), []);
    // A short or common name would be found in ordinary words.
    const name = hostname();
    if (name.length > 7 && name !== 'localhost') {
      assert.deepEqual(findLines(texts, new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`)), []);
    }
  });
});

/** Lines of files that match, as `path:line: text`. */
function findLines(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readTracked(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : [])),
  );
}
