import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A new, empty directory for the files of one write to a temporary table of the session with this process id. */
export async function makeTemporaryDirectory(parent: string, processId: number): Promise<string> {
  const directory = join(parent, String(processId), randomUUID());
  await mkdir(directory, { recursive: true });
  return directory;
}

/** Removes all files of a session's temporary tables. */
export async function removeTemporaryFiles(parent: string, processId: number): Promise<void> {
  await rm(join(parent, String(processId)), { recursive: true, force: true });
}
