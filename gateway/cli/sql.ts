import type { ResultColumn } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { openSession } from '../session/open-session.js';
import type { SessionBackend } from '../session/backend.js';
import { DATABASE_NAME, startEngine } from './engine.js';
import { UsageError } from './usage-error.js';
import { readDataRows } from '../session/data-rows.js';
import { readOptions } from './read-options.js';
import { printCopy, readCopy } from './copy-streams.js';
import { printTable } from './table.js';

/** `sluice sql`: runs statements over a data directory in this process and prints their rows. */
export async function runSql(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions('sql', argv, process.env);
  const [text, ...others] = positionals;
  if (text === undefined || others.length > 0) {
    throw new UsageError('sluice sql takes one argument: the statements, in quotes');
  }
  const quiet = new Map(values);
  quiet.set('history', 'off');
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
      return await runStatements(session, text);
    } finally {
      await session.close();
    }
  } finally {
    await engine.close();
  }
}

async function runStatements(session: SessionBackend, text: string): Promise<number> {
  session.onNotice = (notice) => process.stderr.write(`${notice.severity}:  ${notice.message}\n`);
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    interrupted.abort();
  });
  try {
    for (const statement of await session.parseSimple(text)) {
      const result = await session.execute(statement, { parameters: [], resultFormats: [], signal: interrupted.signal });
      result.notices.forEach((notice) => process.stderr.write(`${notice.severity}:  ${notice.message}\n`));
      if (result.kind !== 'rows') {
        process.stdout.write(result.kind === 'command' ? `${result.tag}\n` : '');
        await (result.kind === 'copyOut' ? printCopy(result) : result.kind === 'copyIn' ? readCopy(result) : undefined);
        continue;
      }
      const rows: (readonly (string | null)[])[] = [];
      for (let batch = await result.stream.next(); batch !== null; batch = await result.stream.next()) {
        for (const row of readDataRows(batch.bytes)) {
          rows.push(row);
        }
      }
      await result.stream.close();
      printRows(result.columns, rows);
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

function printRows(columns: readonly ResultColumn[], rows: readonly (readonly (string | null)[])[]): void {
  process.stdout.write(printTable(columns, rows));
}
