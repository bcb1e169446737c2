import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { benchGrowth } from './growth.js';
import { benchLargeWrites } from './large-writes.js';
import { benchManyFiles } from './many-files.js';
import { benchCommits } from './commits.js';
import type { BenchContext, BenchTable } from './measure.js';
import { benchPlanning } from './planning.js';
import { keepResults, readConditions, toMarkdown } from './report.js';
import { benchSlowClient } from './slow-client.js';
import { benchSmallQueries } from './small-queries.js';
import { benchTableless } from './tableless.js';
import { benchTpch } from './tpch.js';
import { benchWideRows } from './wide-rows.js';

const TABLES: Readonly<Record<string, (context: BenchContext) => Promise<BenchTable>>> = {
  tpch: benchTpch,
  growth: benchGrowth,
  'wide-rows': benchWideRows,
  tableless: benchTableless,
  'small-queries': benchSmallQueries,
  planning: benchPlanning,
  'many-files': benchManyFiles,
  'large-writes': benchLargeWrites,
  commits: benchCommits,
  'slow-client': benchSlowClient,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    small: { type: 'boolean', default: false },
  },
});
const context: BenchContext = {
  scale: Number(values.scale),
  runs: Math.max(1, Number(values.runs)),
  small: values.small,
  threads: Number(values.threads),
  log: (line) => {
    process.stderr.write(`${line}\n`);
  },
};
const names = positionals.length === 0 || positionals.includes('all') ? Object.keys(TABLES) : positionals;
const unknown = names.filter((name) => !(name in TABLES));
if (unknown.length > 0) {
  throw new Error(`no table ${unknown.join(', ')}; there are ${Object.keys(TABLES).join(', ')}`);
}
const conditions = readConditions(context);
const tables: BenchTable[] = [];
for (const name of names) {
  const run = TABLES[name];
  if (run !== undefined) {
    try {
      tables.push(await run(context));
    } catch (error) {
      // One table that fails must not cost the others' figures; the run fails all the same.
      process.stderr.write(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
const path = keepResults(conditions, tables);
process.stdout.write(`${toMarkdown(conditions, tables)}\n\nEvery measurement: ${path}\n`);
