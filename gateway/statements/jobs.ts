import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRecord, JobStore } from '../../executor/cluster/job-store.js';
import type { JobCall } from '../../planner/parse/read-job-call.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import type { SqlState } from '../../planner/sqlstate.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { ExecuteOptions, ParameterValue } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { constantStatement } from './command.js';

/** How often wait_job looks. */
const LOOK_MS = 100;

/** Settings of a session that its jobs take along, besides those of Sluice's own. */
const SETTINGS_KEPT: ReadonlySet<string> = new Set(['TimeZone', 'DateStyle', 'IntervalStyle', 'search_path', 'extra_float_digits', 'bytea_output']);

const COLUMN_TYPES: Readonly<Record<JobCall['function'], number>> = { submit_job: OID.text, wait_job: OID.text, cancel_job: OID.bool, drop_job: OID.bool };

/** SELECT submit_job(statement), wait_job(id), cancel_job(id), drop_job(id): jobs that outlive connections. */
export function prepareJobCall(session: Session, statement: ParsedStatement, call: JobCall): SessionStatement {
  return constantStatement(
    statement,
    [{ name: call.columnName, type: { oid: COLUMN_TYPES[call.function], modifier: -1 } }],
    async (options) => {
      const argument = textOf(call.argument, options.parameters);
      return { rows: [[argument === null ? null : await run(session, call, argument, options)]], tag: 'SELECT 1' };
    },
    call.argument.kind === 'parameter' ? Array.from({ length: call.argument.number }, () => OID.text) : [],
  );
}

async function run(session: Session, call: JobCall, argument: string, { signal }: ExecuteOptions): Promise<string> {
  const store = session.services.jobs;
  if (store === null) {
    throw new SqlError(SQLSTATE.feature_not_supported, `${call.function} needs a cluster`, { hint: 'Start Sluice with --redis URL.' });
  }
  switch (call.function) {
    case 'submit_job':
      return await submit(session, store, argument);
    case 'wait_job':
      return await wait(session, store, argument, signal);
    case 'cancel_job':
      return await cancel(session, store, argument);
    case 'drop_job': {
      const job = await ownJob(session, store, argument);
      if (!hasEnded(job)) {
        throw new SqlError(SQLSTATE.object_in_use, `job "${job.id}" is ${job.state}`, { hint: 'Cancel it first, with cancel_job.' });
      }
      await store.remove(job.id);
      return 't';
    }
  }
}

async function submit(session: Session, store: JobStore, statement: string): Promise<string> {
  if (parseStatements(statement).length === 0) {
    throw new SqlError(SQLSTATE.syntax_error, 'a job needs a statement');
  }
  const id = randomUUID();
  await store.submit({
    id,
    role: session.access.currentUser,
    statement,
    settings: session.settings
      .all()
      .filter(
        ({ name, value, definition }) =>
          (name.startsWith('sluice.') || SETTINGS_KEPT.has(name)) && definition?.settable === true && value !== definition.defaultValue,
      )
      .map(({ name, value }) => [name, value]),
    state: 'queued',
    submittedMs: Date.now(),
    attempts: 0,
  });
  return id;
}

/** Waits for a job's end and gives its command tag; a job that failed fails here with its error. */
async function wait(session: Session, store: JobStore, id: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const job = await ownJob(session, store, id);
    if (hasEnded(job)) {
      if (job.error !== undefined) {
        throw new SqlError(knownState(job.error.sqlstate), job.error.message, { detail: `Job ${job.id} ${job.state}. ${job.error.detail ?? ''}`.trim() });
      }
      return job.tag ?? '';
    }
    if (signal.aborted) {
      throw signal.reason instanceof Error ? signal.reason : new Error('aborted');
    }
    await sleep(LOOK_MS);
  }
}

/** True when the job had not ended; it ends within a second. */
async function cancel(session: Session, store: JobStore, id: string): Promise<string> {
  const job = await ownJob(session, store, id);
  if (hasEnded(job)) {
    return 'f';
  }
  await store.cancel(id);
  return 't';
}

async function ownJob(session: Session, store: JobStore, id: string): Promise<JobRecord> {
  const job = await store.read(id);
  if (job === null) {
    throw new SqlError(SQLSTATE.undefined_object, `job "${id}" does not exist`);
  }
  if (job.role !== session.access.currentUser) {
    await session.access.requireSuperuser("use other roles' jobs");
  }
  return job;
}

function hasEnded({ state }: JobRecord): boolean {
  return state === 'done' || state === 'failed' || state === 'canceled';
}

function knownState(code: string): SqlState {
  return Object.values(SQLSTATE).find((known) => known === code) ?? SQLSTATE.internal_error;
}

function textOf(argument: JobCall['argument'], parameters: readonly ParameterValue[]): string | null {
  return argument.kind === 'constant' ? argument.text : (parameters[argument.number - 1]?.bytes?.toString('utf8') ?? null);
}
