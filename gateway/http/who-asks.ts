import { getCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { requirePrivilege } from '../security/privileges.js';
import { BOOTSTRAP_ROLE } from '../security/roles.js';
import type { HttpContext, HttpEnvironment, HttpHost } from './http-context.js';
import { addressOf } from './http-context.js';
import type { Guest } from './sign-in.js';
import { resume, signIn } from './sign-in.js';

/** Headers that a proxy puts on what it passes on. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** The cookie of a login; servers on other ports of the host have others. */
export function cookieName({ env }: HttpContext): string {
  return `sluice_login_${env.incoming.socket.localPort ?? 0}`;
}

/** Finds out who a request is from: by its login, by Basic credentials, or trusted as the first superuser, as the rules say. */
export function whoAsks(host: HttpHost): ReturnType<typeof createMiddleware<HttpEnvironment>> {
  return createMiddleware<HttpEnvironment>(async (context, next) => {
    const { guest, loggedIn } = await identify(host, context);
    context.set('guest', guest);
    context.set('loggedIn', loggedIn);
    await next();
  });
}

/** Who a request is from. Throws SqlError 28000 or 28P01. */
export async function identify(host: HttpHost, context: HttpContext): Promise<{ readonly guest: Guest; readonly loggedIn: boolean }> {
  const login = host.logins.find(getCookie(context, cookieName(context)) ?? '');
  if (login !== undefined) {
    return { guest: await resume(host.gatekeeper, login, addressOf(context)), loggedIn: true };
  }
  const { user, password } = readBasic(context.req.header('authorization'));
  return { guest: await comeIn(host, context, user, password), loggedIn: false };
}

/** Lets a user in. Throws SqlError 28000, 28P01 or 42501. */
export async function comeIn(host: HttpHost, context: HttpContext, user: string, password: string | null): Promise<Guest> {
  const { services, gatekeeper, encrypted } = host;
  const guest = await signIn(gatekeeper, {
    user,
    password,
    database: services.database,
    address: addressOf(context),
    encrypted,
    forwarded: FORWARDED.some((name) => context.req.header(name) !== undefined),
  });
  requirePrivilege(await services.lake.snapshot(), user, { kind: 'database' }, 'CONNECT');
  return guest;
}

function readBasic(header: string | undefined): { readonly user: string; readonly password: string | null } {
  if (header === undefined) {
    return { user: BOOTSTRAP_ROLE, password: null };
  }
  const text = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1];
  const [user, ...password] = text === undefined ? [] : Buffer.from(text, 'base64').toString('utf8').split(':');
  if (user === undefined || user === '') {
    throw new SqlError(SQLSTATE.invalid_authorization_specification, 'the Authorization header is none of Basic authentication');
  }
  return { user, password: password.join(':') };
}
