import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Gatekeeper } from '../security/gatekeeper.js';
import type { Services } from '../session/services.js';
import type { LoginSessions } from './login-sessions.js';
import type { Guest } from './sign-in.js';

/** What the routes work with. */
export interface HttpHost {
  readonly services: Services;
  readonly gatekeeper: Gatekeeper;
  readonly logins: LoginSessions;
  /** The address it listens on, and whether it speaks TLS there. */
  readonly host: string;
  readonly encrypted: boolean;
  /** True once the server takes nothing new. */
  readonly isDraining: () => boolean;
  /** Aborted when the server goes down. */
  readonly stopped: AbortSignal;
}

/** What hono knows of a request: Node's objects, and who it is from once that was found out. */
export interface HttpEnvironment {
  Bindings: HttpBindings;
  Variables: { guest: Guest; loggedIn: boolean };
}

/** A request of the API. */
export type HttpContext = Context<HttpEnvironment>;

/** Where a request comes from. */
export function addressOf(context: HttpContext): string {
  return context.env.incoming.socket.remoteAddress ?? '';
}
