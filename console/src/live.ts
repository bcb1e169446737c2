import type { Me, QueriesEvent, QueryList, QuerySummary } from './api.ts';
import { ApiFailure, ask } from './api.ts';
import { Store } from './store.ts';

/** How the console stands with the gateway. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly me: Me }
  /** The gateway is away; it is asked again and again. */
  | { readonly kind: 'away'; readonly me: Me | null }
  /** A login is needed. */
  | { readonly kind: 'login'; readonly reason: string };

export const connection = new Store<Connection>({ kind: 'connecting' });

/** The queries that are seen, by id. */
export const queries = new Store<ReadonlyMap<string, QuerySummary>>(new Map());

/** Queries shown at most; the gateway keeps as many. */
const QUERY_COUNT_MAX = 1100;

const RETRY_MS = 1500;

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Finds out who we are, then follows the queries; again whenever the connection was lost. */
export async function connect(): Promise<void> {
  clearTimeout(retry);
  source?.close();
  source = null;
  try {
    const me = await ask<Me>('/api/me');
    const list = await ask<QueryList>('/api/queries');
    queries.set(new Map(list.queries.map((query) => [query.id, query])));
    connection.set({ kind: 'connected', me });
    follow(me);
  } catch (error) {
    if (error instanceof ApiFailure && (error.status === 401 || error.status === 403)) {
      connection.set({ kind: 'login', reason: error.message });
      return;
    }
    away();
  }
}

/** Ends the login. */
export async function logout(): Promise<void> {
  await ask('/api/logout', {});
  await connect();
}

function follow(me: Me): void {
  const events = new EventSource('/api/events');
  source = events;
  events.addEventListener('queries', ({ data }: MessageEvent<string>) => {
    if (connection.value.kind !== 'connected') {
      connection.set({ kind: 'connected', me });
    }
    const event: QueriesEvent = JSON.parse(data);
    apply(event);
  });
  events.addEventListener('error', () => {
    events.close();
    if (source === events) {
      away();
    }
  });
}

function away(): void {
  const { value } = connection;
  connection.set({ kind: 'away', me: value.kind === 'connected' || value.kind === 'away' ? value.me : null });
  retry = setTimeout(() => void connect(), RETRY_MS);
}

function apply({ changed, running }: QueriesEvent): void {
  const alive = new Set(running);
  const told = new Set(changed.map(({ id }) => id));
  const known = [...queries.value.values()].filter((query) => !told.has(query.id) && (query.state !== 'running' || alive.has(query.id)));
  const next = [...changed, ...known].toSorted((a, b) => b.startedMs - a.startedMs).slice(0, QUERY_COUNT_MAX);
  queries.set(new Map(next.map((query) => [query.id, query])));
}
