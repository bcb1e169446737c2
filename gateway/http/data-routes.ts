import type { Hono } from 'hono';
import { streamText } from 'hono/streaming';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Settings, Snapshots, SqlEvent } from './api-types.js';
import type { HttpContext, HttpEnvironment, HttpHost } from './http-context.js';
import { addressOf } from './http-context.js';
import { withSession } from './http-session.js';
import { readBody, textField } from './read-body.js';
import { readExecutors } from './read-executors.js';
import { describeTable, listTables } from './read-tables.js';
import { visibleTo } from './query-routes.js';
import { runSql } from './run-sql.js';
import type { Session } from '../session/session.js';

/** Snapshots that are listed. */
const SNAPSHOTS_SHOWN = 500;

/** Requests that run SQL at a time. */
const SQL_COUNT_MAX = 64;

/** Executors, tables, settings, and running SQL. */
export function addDataRoutes(app: Hono<HttpEnvironment>, host: HttpHost): void {
  const { services } = host;
  const inSession = <T>(context: HttpContext, work: (session: Session) => Promise<T>): Promise<T> =>
    withSession(services, context.get('guest'), addressOf(context), work);
  let running = 0;

  app.get('/api/executors', async (context) => context.json(await readExecutors(services, visibleTo(context.get('guest')))));

  app.get('/api/tables', async (context) => context.json(await inSession(context, listTables)));

  app.get('/api/tables/:schema/:name', async (context) =>
    context.json(await inSession(context, (session) => describeTable(session, context.req.param('schema'), context.req.param('name')))),
  );

  app.get('/api/snapshots', async (context) => {
    const history = await services.lake.history();
    const snapshots: Snapshots['snapshots'] = history
      .slice(-SNAPSHOTS_SHOWN)
      .toReversed()
      .map(({ snapshotId, timeMicros, changes }) => ({ id: snapshotId, timeMs: Number(timeMicros / 1000n), changes }));
    return context.json({ snapshots });
  });

  app.get('/api/settings', async (context) => {
    const settings = await inSession(context, (session) =>
      Promise.resolve(
        session.settings.all().map(({ name, value, definition }): Settings['settings'][number] => ({
          name,
          value,
          defaultValue: definition?.defaultValue ?? '',
          description: definition?.description ?? '',
        })),
      ),
    );
    return context.json({ settings });
  });

  app.post('/api/sql', async (context) => {
    const sql = textField(await readBody(context), 'sql');
    if (running >= SQL_COUNT_MAX) {
      throw new SqlError(SQLSTATE.too_many_connections, 'too many statements run over HTTP');
    }
    running += 1;
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, host.stopped]);
    return streamText(context, async (stream) => {
      stream.onAbort(() => gone.abort(new SqlError(SQLSTATE.connection_failure, 'connection to client lost')));
      const say = async (event: SqlEvent): Promise<void> => {
        await stream.writeln(JSON.stringify(event));
      };
      try {
        await inSession(context, (session) => runSql(session, sql, say, signal));
      } finally {
        running -= 1;
      }
    });
  });
}
