import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from './session.js';

/** Directory of a session's temporary tables. */
function sessionDirectory(session: Session): string {
  return join(session.services.temporaryDirectory, String(session.identity.processId));
}

/** A new, empty directory for the files of one write to a temporary table. */
export async function makeTemporaryDirectory(session: Session): Promise<string> {
  const directory = join(sessionDirectory(session), randomUUID());
  await mkdir(directory, { recursive: true });
  return directory;
}

/** Removes all files of the session's temporary tables. */
export async function removeTemporaryFiles(session: Session): Promise<void> {
  await rm(sessionDirectory(session), { recursive: true, force: true });
}
