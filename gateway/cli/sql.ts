import { once } from 'node:events';
import { SqlError } from '../../planner/sql-error.js';
import { openSession } from '../session/open-session.js';
import type { Activity } from '../activity/activity.js';
import type { ExecutionResult, SessionBackend } from '../session/backend.js';
import { DATABASE_NAME, startEngine } from './engine.js';
import { UsageError } from './usage-error.js';
import { readDataRows } from '../session/data-rows.js';
import { readOptions } from './read-options.js';
import { printCopy, readCopy } from './copy-streams.js';
import { startProgressBar } from './progress-bar.js';
import { CSV, JSON_LINES } from './row-formats.js';
import { printTable } from './table.js';

/** `sluice sql`: runs statements over a data directory in this process and prints their rows. */
export async function runSql(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions('sql', argv, process.env);
  const [text, ...others] = positionals;
  if (text === undefined || others.length > 0) {
    throw new UsageError('sluice sql takes one argument: the statements, in quotes');
  }
  const quiet = new Map(values);
  quiet.set('log-level', values.get('log-level') ?? 'warn');
  const engine = await startEngine(quiet);
  try {
    const session = await openSession(engine.services)({
      processId: process.pid,
      user: 'sluice',
      database: DATABASE_NAME,
      applicationName: 'sluice sql',
      remoteAddress: '127.0.0.1',
      startup: new Map(),
    });
    try {
      return await runStatements(session, text, values.get('format') ?? 'table', engine.services.activity);
    } finally {
      await session.close();
    }
  } finally {
    await engine.close();
  }
}

async function runStatements(session: SessionBackend, text: string, format: string, activity: Activity): Promise<number> {
  session.onNotice = (notice) => process.stderr.write(`${notice.severity}:  ${notice.message}\n`);
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    interrupted.abort();
  });
  try {
    for (const statement of await session.parseSimple(text)) {
      const startedMs = performance.now();
      const stopBar = startProgressBar(activity);
      try {
        const result = await session.execute(statement, { parameters: [], resultFormats: [], signal: interrupted.signal });
        result.notices.forEach((notice) => process.stderr.write(`${notice.severity}:  ${notice.message}\n`));
        await printResult(result, format, stopBar);
      } finally {
        stopBar();
      }
      if (process.stderr.isTTY) {
        process.stderr.write(`Time: ${(performance.now() - startedMs).toFixed(1)} ms\n`);
      }
    }
    await session.endImplicitTransaction(false);
    return 0;
  } catch (error) {
    session.statementFailed();
    if (!(error instanceof SqlError)) {
      throw error;
    }
    const parts = [
      `ERROR:  ${error.sqlstate}: ${error.message}`,
      ...(error.detail === undefined ? [] : [`DETAIL:  ${error.detail}`]),
      ...(error.hint === undefined ? [] : [`HINT:  ${error.hint}`]),
    ];
    process.stderr.write(`${parts.join('\n')}\n`);
    return 1;
  }
}

async function printResult(result: ExecutionResult, format: string, stopBar: () => void): Promise<void> {
  switch (result.kind) {
    case 'command':
      // What comes out is to be nothing but rows in the other formats.
      (format === 'table' ? process.stdout : process.stderr).write(`${result.tag}\n`);
      return;
    case 'copyOut':
      await printCopy(result);
      return;
    case 'copyIn':
      await readCopy(result);
      return;
    case 'rows':
      try {
        await printRows(result, format, stopBar);
      } finally {
        await result.stream.close();
      }
  }
}

async function printRows({ columns, stream }: Extract<ExecutionResult, { readonly kind: 'rows' }>, format: string, stopBar: () => void): Promise<void> {
  const printer = format === 'csv' ? CSV : format === 'json' ? JSON_LINES : null;
  const kept: (readonly (string | null)[])[] = [];
  await write(printer?.head(columns) ?? '');
  for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
    const rows = readDataRows(batch.bytes);
    if (printer === null) {
      rows.forEach((row) => kept.push(row));
    } else {
      stopBar();
      await write(printer.rows(columns, rows));
    }
  }
  stopBar();
  await write(printer === null ? printTable(columns, kept) : '');
}

async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) {
    await once(process.stdout, 'drain');
  }
}
