import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startOwnPostgres } from '../services/postgres.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice } from '../services/sluice.js';
import { median, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

const CLIENT = fileURLToPath(new URL('statement-client.js', import.meta.url));
const STATEMENTS = ['SELECT 1', 'SHOW server_version', "SELECT current_database(), current_user, 'x' || 'y'"];

interface Target {
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** Statements without tables per second from 1, 16 and 64 connections, against PostgreSQL 15. */
export async function benchTableless(context: BenchContext): Promise<BenchTable> {
  const postgres = await startOwnPostgres();
  const sluice = await startSluice({ data: await smallSampleDirectory(), executors: 1, threads: context.threads });
  const rows: BenchRow[] = [];
  const seconds = context.small ? 0.3 : 2;
  try {
    for (const [index, sql] of STATEMENTS.entries()) {
      for (const mode of ['simple', 'extended'] as const) {
        for (const connections of index === 0 ? [1, 16, 64] : [16]) {
          const ours: number[] = [];
          const theirs: number[] = [];
          for (let run = 0; run < context.runs; run += 1) {
            ours.push(await measure(sluice, connections, mode, seconds, sql));
            theirs.push(await measure(postgres, connections, mode, seconds, sql));
          }
          rows.push({
            name: `\`${sql}\`, ${mode}, ${connections} connections`,
            unit: 'statements/s',
            sluice: median(ours),
            other: median(theirs),
            otherName: 'PostgreSQL',
            ratio: median(ours) / median(theirs),
            aim: '>= 0.5',
            raw: { sluice: ours, other: theirs },
          });
          context.log(`tableless ${sql} ${mode} ${connections}: ${median(ours).toFixed(0)}/s, PostgreSQL ${median(theirs).toFixed(0)}/s`);
        }
      }
    }
  } finally {
    await sluice.stop();
    await postgres.stop();
  }
  return { name: 'tableless', rows };
}

async function measure(target: Target, connections: number, mode: string, seconds: number, sql: string): Promise<number> {
  const args = [CLIENT, String(target.port), target.user, target.database, String(connections), mode, String(seconds), sql];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const match = /"perSecond":([\d.e+]+)/.exec(stdout);
  if (match === null) {
    throw new Error(`no count from the statement client: ${stdout}`);
  }
  return Number(match[1]);
}
