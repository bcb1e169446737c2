import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { QueryRecord } from '../activity/records.js';
import { taskName } from '../activity/records.js';
import { mayCancel, seesAllQueries } from '../activity/visibility.js';
import type { QueryDetail, QueryList, TaskDetail, TaskList } from './api-types.js';
import type { HttpContext, HttpEnvironment, HttpHost } from './http-context.js';
import { NotFound } from './failures.js';
import { changedTasks, querySummary, stageSummary } from './query-json.js';
import { tellQueries } from './query-events.js';
import type { Guest } from './sign-in.js';
import { identify } from './who-asks.js';

/** Listeners at a time. */
const LISTENER_COUNT_MAX = 100;

/** Queries, their stages and tasks, what changes of them, and cancelling. */
export function addQueryRoutes(app: Hono<HttpEnvironment>, host: HttpHost): void {
  const { activity } = host.services;
  let listeners = 0;

  app.get('/api/queries', (context) => {
    activity.settle();
    const { version } = activity;
    const list: QueryList = {
      queries: activity
        .list()
        .filter(visibleTo(context.get('guest')))
        .map((query) => querySummary(query)),
      version,
    };
    return context.json(list);
  });

  app.get('/api/queries/:id', (context) => {
    const guest = context.get('guest');
    const query = find(context);
    const detail: QueryDetail = {
      query: querySummary(query, { wholeSql: true }),
      stages: query.stages.map(stageSummary),
      mayCancel: query.state === 'running' && mayCancel(guest.roles, guest.role, query),
    };
    return context.json(detail);
  });

  app.get('/api/queries/:id/tasks', (context) => {
    const query = find(context);
    const tasks: TaskList = { version: activity.version, tasks: changedTasks(query, Number(context.req.query('since') ?? -1)) };
    return context.json(tasks);
  });

  app.get('/api/queries/:id/tasks/:stage/:task/:attempt', (context) => {
    const query = find(context);
    const [stage, number, attempt] = [context.req.param('stage'), context.req.param('task'), context.req.param('attempt')].map(Number);
    const task = query.stages
      .find((candidate) => candidate.stage === stage)
      ?.tasks.find((candidate) => candidate.task === number && candidate.attempt === attempt);
    if (task === undefined) {
      throw new NotFound('there is no such task, or it is no longer kept');
    }
    const detail: TaskDetail = { task, name: taskName(query.id, task) };
    return context.json(detail);
  });

  app.post('/api/queries/:id/cancel', (context) => {
    const guest = context.get('guest');
    const query = find(context);
    if (!mayCancel(guest.roles, guest.role, query)) {
      throw new SqlError(SQLSTATE.insufficient_privilege, 'permission denied to cancel query');
    }
    return context.json({ canceled: activity.cancel(query.id) });
  });

  app.get('/api/events', (context) => {
    if (listeners >= LISTENER_COUNT_MAX) {
      throw new SqlError(SQLSTATE.too_many_connections, 'too many listeners');
    }
    listeners += 1;
    return streamSSE(context, async (stream) => {
      try {
        await tellQueries(stream, activity, () => sees(host, context), host.stopped);
      } finally {
        listeners -= 1;
      }
    });
  });

  function find(context: HttpContext): QueryRecord {
    activity.settle();
    const query = activity.find(context.req.param('id') ?? '');
    if (query === undefined || !visibleTo(context.get('guest'))(query)) {
      throw new NotFound('there is no such query, or it is no longer kept');
    }
    return query;
  }
}

async function sees(host: HttpHost, context: HttpContext): Promise<((query: QueryRecord) => boolean) | null> {
  try {
    return visibleTo((await identify(host, context)).guest);
  } catch {
    return null;
  }
}

/** Which queries a guest sees. */
export function visibleTo({ roles, role, user }: Guest): (query: QueryRecord) => boolean {
  const all = seesAllQueries(roles, role);
  return (query) => all || query.user === user;
}
