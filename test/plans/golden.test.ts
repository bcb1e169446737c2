import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceDirectory } from '../runner/source-directory.js';
import { tpchQueries } from '../tpch/queries.js';
import { GoldenPlanner, type GoldenOptions } from './golden-planner.js';

const FOLDER = sourceDirectory('plans', 'cases');
const isUpdate = process.env['SLUICE_UPDATE'] === '1';

/** One paragraph of a .plan file: `plan [auto] [fragments]`, the statement (or `tpch qNN`), `----`, the expected lines. */
interface GoldenCase {
  readonly head: string;
  readonly sql: string;
  readonly expected: readonly string[];
  readonly options: GoldenOptions;
}

function parseCase(paragraph: string): GoldenCase | null {
  const lines = paragraph.split('\n');
  const start = lines.findIndex((line) => /^plan\b/.test(line));
  if (start < 0) {
    assert.ok(
      lines.every((line) => line.startsWith('#') || line === ''),
      `neither a case nor a comment: ${paragraph}`,
    );
    return null;
  }
  const rule = lines.indexOf('----');
  const end = rule < 0 ? lines.length : rule;
  const words = lines[start]?.split(' ') ?? [];
  return {
    head: lines.slice(0, end).join('\n'),
    sql: statementOf(lines.slice(start + 1, end).join('\n')),
    expected: rule < 0 ? [] : lines.slice(rule + 1),
    options: { mode: words.includes('auto') ? 'auto' : 'distributed', level: words.includes('fragments') ? 'fragments' : 'distributed' },
  };
}

function statementOf(text: string): string {
  const name = /^tpch (q\d\d)$/.exec(text)?.[1];
  return name === undefined ? text : (tpchQueries(10).find((query) => query.name === name)?.sql ?? assert.fail(`no TPC-H query ${name}`));
}

describe('golden plans', () => {
  let planner: GoldenPlanner;

  before(async () => {
    assert.ok(!isUpdate || process.env['CI'] === undefined, 'SLUICE_UPDATE is refused in CI: expectations are changed by people');
    planner = await GoldenPlanner.start();
  });

  after(() => planner.stop());

  for (const file of readdirSync(FOLDER)
    .filter((name) => name.endsWith('.plan'))
    .toSorted()) {
    it(file, async () => {
      const path = join(FOLDER, file);
      const paragraphs = readFileSync(path, 'utf8')
        .trimEnd()
        .split(/\n{2,}/);
      const written: string[] = [];
      for (const paragraph of paragraphs) {
        const golden = parseCase(paragraph);
        if (golden === null) {
          written.push(paragraph);
          continue;
        }
        const actual = (await planner.explain(golden.sql, golden.options)).filter((line) => line !== '');
        written.push(`${golden.head}\n----\n${actual.join('\n')}`);
        if (!isUpdate) {
          assert.deepEqual(actual, golden.expected, `${file}: ${golden.sql}`);
        }
      }
      if (isUpdate) {
        writeFileSync(path, `${written.join('\n\n')}\n`);
      }
    });
  }
});
