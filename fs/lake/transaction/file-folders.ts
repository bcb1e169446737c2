import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** Files of one statement lie in a folder named after the gateway that writes them: while it lives, they are its own. */
const FOLDER = /^(\d{1,15})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The path of a new folder below a table's. */
export function newFolder(tablePath: string, gatewayId: number): string {
  return join(tablePath, `${gatewayId}-${randomUUID()}`);
}

/** The gateway that wrote what is in a folder of this name; null for folders that are no statement's. */
export function writerOf(folderName: string): number | null {
  const id = FOLDER.exec(folderName)?.[1];
  return id === undefined ? null : Number(id);
}
