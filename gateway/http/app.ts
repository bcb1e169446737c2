import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { secureHeaders } from 'hono/secure-headers';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { seesAllQueries } from '../activity/visibility.js';
import { loadConsole } from './console-files.js';
import { addDataRoutes } from './data-routes.js';
import { failureResponse } from './failures.js';
import { whyRefused } from './guard-requests.js';
import type { HttpEnvironment, HttpHost } from './http-context.js';
import { addLoginRoutes } from './login-routes.js';
import { Metrics } from './metrics.js';
import { addQueryRoutes } from './query-routes.js';
import { whoAsks } from './who-asks.js';

/** Bytes of a request's body. */
const BODY_BYTES_MAX = 1 << 20;

/** The routes: health and metrics, the API, the console. */
export function makeApp(host: HttpHost): Hono<HttpEnvironment> {
  const { services, encrypted } = host;
  const app = new Hono<HttpEnvironment>();
  const metrics = new Metrics(services);
  const files = loadConsole();

  app.onError((error, context) => {
    const { status, body } = failureResponse(error);
    if (!(error instanceof SqlError) && status === 500) {
      services.log('error', { error: error.stack ?? error.message, path: context.req.path }, 'internal error of the HTTP server');
    }
    // The console asks for a password itself; programs are told that Basic will do.
    if (status === 401 && context.req.header('sec-fetch-mode') === undefined) {
      context.header('WWW-Authenticate', 'Basic realm="sluice", charset="UTF-8"');
    }
    return context.json(body, status);
  });
  app.notFound((context) => context.json({ error: { sqlstate: SQLSTATE.undefined_object, message: 'there is no such page' } }, 404));

  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', (context) => {
    const reason = host.isDraining() ? 'the server is going down' : services.pool.isReady ? null : 'there is no executor';
    return context.text(reason === null ? 'ready\n' : `${reason}\n`, reason === null ? 200 : 503);
  });

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      strictTransportSecurity: false,
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  );
  app.use(async (context, next): Promise<Response | void> => {
    const { req } = context;
    const reason = whyRefused(
      {
        method: req.method,
        host: req.header('host'),
        origin: req.header('origin'),
        // Opening the page from a link elsewhere shows it, and shows nothing to that page.
        fetchSite: req.header('sec-fetch-mode') === 'navigate' && req.method === 'GET' && files.has(req.path) ? undefined : req.header('sec-fetch-site'),
        contentType: req.header('content-type'),
      },
      host,
    );
    if (reason !== null) {
      return context.json({ error: { sqlstate: SQLSTATE.insufficient_privilege, message: reason } }, 403);
    }
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: (context) => context.json({ error: { sqlstate: SQLSTATE.program_limit_exceeded, message: 'the request is too long' } }, 413),
    }),
  );

  app.get('/metrics', whoAsks(host), async (context) => {
    const { roles, role } = context.get('guest');
    if (!seesAllQueries(roles, role)) {
      throw new SqlError(SQLSTATE.insufficient_privilege, 'permission denied for metrics: they need pg_monitor');
    }
    return context.text(await metrics.print(), 200, { 'Content-Type': metrics.contentType });
  });

  app.use('/api/*', async (context, next) => {
    context.header('Cache-Control', 'no-store');
    await next();
  });
  addLoginRoutes(app, host);
  app.use('/api/*', whoAsks(host));
  app.use('/api/queries/*', compress());
  app.use('/api/queries', compress());
  app.use('/api/tables/*', compress());
  addQueryRoutes(app, host);
  addDataRoutes(app, host);

  app.get('*', (context) => {
    const file = files.get(context.req.path);
    if (file === undefined) {
      return context.notFound();
    }
    const zips = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
    return context.body(new Uint8Array(zips ? file.zipped : file.bytes), 200, {
      'Content-Type': file.type,
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding',
      ...(zips ? { 'Content-Encoding': 'gzip' } : {}),
    });
  });
  services.log('debug', { files: files.size, encrypted }, 'the HTTP server is made');
  return app;
}
