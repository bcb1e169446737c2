import type { Services } from '../session/services.js';
import { openSession } from '../session/open-session.js';
import type { Session } from '../session/session.js';
import type { Guest } from './sign-in.js';

/** Numbers of sessions over HTTP: above those that the wire gives in the life of a server. */
const FIRST_PROCESS_ID = 2_000_000_000;
const PROCESS_ID_COUNT = 100_000_000;

let lastNumber = 0;

/** A session of one HTTP request: it ends with it, and so do its settings, transaction and temporary tables. */
export async function withSession<T>(services: Services, guest: Pick<Guest, 'user'>, address: string, work: (session: Session) => Promise<T>): Promise<T> {
  lastNumber = (lastNumber + 1) % PROCESS_ID_COUNT;
  const session = await openSession(services)({
    processId: FIRST_PROCESS_ID + lastNumber,
    user: guest.user,
    database: services.database,
    applicationName: 'console',
    remoteAddress: address,
    startup: new Map(),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
