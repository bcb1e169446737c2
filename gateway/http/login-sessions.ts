import { randomBytes } from 'node:crypto';

/** A login that nobody uses ends after this time. */
const IDLE_MS_MAX = 12 * 3_600_000;

/** Logins kept; beyond, the one unused longest ends. */
const COUNT_MAX = 1000;

/** Who logged in. */
export interface Login {
  readonly user: string;
  /** The role's password as it was: another one ends the login. */
  readonly verifier: string | null;
  /** Where from: a cookie is good there alone. */
  readonly address: string;
  readonly method: 'trust' | 'password';
}

/** The console's logins by the secret in their cookie; they end with the process. */
export class LoginSessions {
  readonly #logins = new Map<string, { readonly login: Login; readonly usedMs: number }>();

  /** Keeps a login and gives its secret. */
  open(login: Login, nowMs: number = Date.now()): string {
    const secret = randomBytes(32).toString('base64url');
    this.#logins.set(secret, { login, usedMs: nowMs });
    if (this.#logins.size > COUNT_MAX) {
      const [oldest] = this.#logins.keys();
      this.#logins.delete(oldest ?? '');
    }
    return secret;
  }

  /** The login of a secret; undefined for one that is over. */
  find(secret: string, nowMs: number = Date.now()): Login | undefined {
    const found = this.#logins.get(secret);
    this.#logins.delete(secret);
    if (found === undefined || nowMs - found.usedMs > IDLE_MS_MAX) {
      return undefined;
    }
    this.#logins.set(secret, { ...found, usedMs: nowMs });
    return found.login;
  }

  close(secret: string): void {
    this.#logins.delete(secret);
  }
}
