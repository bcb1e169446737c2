import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../runner/source-directory.js';
import type { BenchContext, BenchRow, BenchTable } from './measure.js';

/** The circumstances of a run: no figure is worth anything without them. */
export interface Conditions {
  readonly commit: string;
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly scale: number;
  readonly runs: number;
  readonly small: boolean;
}

/** Reads the circumstances of this run. */
export function readConditions(context: BenchContext): Conditions {
  let commit = 'unknown';
  try {
    commit = git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' and changes');
  } catch {
    // No git here, or no repository: the figures stand without a commit.
    commit = 'unknown';
  }
  return {
    commit,
    date: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    scale: context.scale,
    runs: context.runs,
    small: context.small,
  };
}

/** All results as one markdown table under a line of conditions. */
export function toMarkdown(conditions: Conditions, tables: readonly BenchTable[]): string {
  const { commit, cores, memoryGb, node, scale, runs, small } = conditions;
  const lines = [
    `Commit ${commit}; ${cores} cores, ${memoryGb} GB; node ${node}; scale ${scale}; median of ${runs} warm runs${small ? '; small form, figures mean little' : ''}.`,
    '',
    '| table | what | Sluice | against | ratio | aim |',
    '|---|---|---|---|---|---|',
    ...tables.flatMap((table) =>
      table.rows.map(
        (row) => `| ${table.name} | ${row.name.replaceAll('|', '\\|')} | ${figure(row.sluice, row)} | ${other(row)} | ${ratio(row)} | ${row.aim} |`,
      ),
    ),
  ];
  return lines.join('\n');
}

/** Keeps every measurement as JSON and returns the path. */
export function keepResults(conditions: Conditions, tables: readonly BenchTable[]): string {
  const directory = join(repositoryRoot(), 'bench-results');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${conditions.date.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(path, `${JSON.stringify({ conditions, tables }, null, 2)}\n`);
  return path;
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: repositoryRoot(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function figure(value: number, row: BenchRow): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${row.unit}`;
}

function other(row: BenchRow): string {
  return row.other === null ? row.otherName : `${row.otherName} ${figure(row.other, row)}`;
}

function ratio(row: BenchRow): string {
  return row.ratio === null ? '' : row.ratio.toFixed(2);
}
