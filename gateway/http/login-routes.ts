import type { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { SLUICE_VERSION } from '../settings/definitions.js';
import { seesAllQueries } from '../activity/visibility.js';
import type { Me } from './api-types.js';
import type { HttpContext, HttpEnvironment, HttpHost } from './http-context.js';
import { addressOf } from './http-context.js';
import { readBody, textField } from './read-body.js';
import type { Guest } from './sign-in.js';
import { comeIn, cookieName, whoAsks } from './who-asks.js';

/** Who asks, logging in and out. */
export function addLoginRoutes(app: Hono<HttpEnvironment>, host: HttpHost): void {
  const { services, logins, encrypted } = host;
  const me = ({ user, role, roles, method }: Guest, loggedIn: boolean): Me => ({
    user,
    superuser: role.superuser,
    seesAll: seesAllQueries(roles, role),
    method,
    loggedIn,
    database: services.database,
    version: SLUICE_VERSION,
  });

  app.get('/api/me', whoAsks(host), (context) => context.json(me(context.get('guest'), context.get('loggedIn'))));

  app.post('/api/login', async (context: HttpContext) => {
    const body = await readBody(context);
    const guest = await comeIn(host, context, textField(body, 'user'), textField(body, 'password', ''));
    const secret = logins.open({ user: guest.user, verifier: guest.role.verifier, address: addressOf(context), method: guest.method });
    setCookie(context, cookieName(context), secret, { httpOnly: true, sameSite: 'Strict', path: '/', secure: encrypted });
    return context.json(me(guest, true));
  });

  app.post('/api/logout', (context: HttpContext) => {
    logins.close(getCookie(context, cookieName(context)) ?? '');
    deleteCookie(context, cookieName(context), { path: '/' });
    return context.json({});
  });
}
