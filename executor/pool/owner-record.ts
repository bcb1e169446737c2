import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * Who made a folder of temporary files, so that a later gateway can tell a dead owner's folder from a live one's.
 * A process id alone is not enough (ids are reused), nor is it across machines that share a file system.
 */
interface OwnerRecord {
  readonly processId: number;
  /** Start time of the process in clock ticks since boot. */
  readonly processStart: string;
  /** Identity of this boot of this machine. */
  readonly boot: string;
}

const RECORD_NAME = 'owner.json';

/** Makes a folder with a name of its own in `parent`, owned by this process. */
export function claimFolder(parent: string, label: string): string {
  const path = join(parent, `${label}-${process.pid}-${randomBytes(6).toString('hex')}`);
  mkdirSync(path, { recursive: true });
  const record: OwnerRecord = {
    processId: process.pid,
    processStart: processStart(process.pid) ?? '',
    boot: bootIdentity(),
  };
  writeFileSync(join(path, RECORD_NAME), JSON.stringify(record));
  return path;
}

/**
 * Removes the folders in `parent` whose owner is known to be dead: same boot of the same machine, and no process with
 * that id and start time. Folders of other machines, and folders without a record, are left alone.
 */
export function removeDeadFolders(parent: string): void {
  for (const entry of readdirSync(parent, { withFileTypes: true })) {
    const path = join(parent, entry.name);
    const record = entry.isDirectory() ? readRecord(join(path, RECORD_NAME)) : undefined;
    if (record !== undefined && isDead(record)) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function isDead(record: OwnerRecord): boolean {
  const boot = bootIdentity();
  if (record.boot !== boot) {
    // The same machine in an earlier boot: nobody of then is alive. Another machine: unknown.
    return hostOf(record.boot) === hostOf(boot);
  }
  return processStart(record.processId) !== record.processStart;
}

function readRecord(path: string): OwnerRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // none, or cut short by a crash: not provably dead
  }
  if (typeof value !== 'object' || value === null || !('processId' in value) || !('processStart' in value) || !('boot' in value)) {
    return undefined;
  }
  const { processId, processStart: start, boot } = value;
  return typeof processId === 'number' && typeof start === 'string' && typeof boot === 'string' ? { processId, processStart: start, boot } : undefined;
}

function bootIdentity(): string {
  return `${hostname()}/${readText('/proc/sys/kernel/random/boot_id').trim()}`;
}

function hostOf(boot: string): string {
  return boot.slice(0, boot.lastIndexOf('/'));
}

/** Field 22 of /proc/<pid>/stat, counted after the command name, which may hold spaces; undefined for no such process. */
function processStart(processId: number): string | undefined {
  const stat = readText(`/proc/${processId}/stat`);
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone, or a system without /proc
  }
}
