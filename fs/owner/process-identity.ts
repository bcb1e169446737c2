import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errnoOf } from '../store/store-error.js';

/**
 * Which process this is, told apart from every other one that ever had its number: the machine, its boot, the namespace
 * that process ids are numbered in (containers), the id, and the start time in clock ticks since the boot.
 */
export interface ProcessIdentity {
  readonly machine: string;
  readonly boot: string;
  readonly namespace: string;
  readonly processId: number;
  readonly startTicks: string;
}

/** What can be said of another process. `unknown`: it belongs to another machine or container, out of sight from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const startTicks = await startTicksOf(process.pid);
  return { ...(await ownSurroundings()), processId: process.pid, startTicks: startTicks ?? '' };
}

/** Whether a process still runs, as far as it can be told from this one. */
export async function livenessOf(identity: ProcessIdentity): Promise<Liveness> {
  const here = await ownSurroundings();
  if (identity.machine !== here.machine) {
    return 'unknown';
  }
  if (identity.boot !== here.boot) {
    return 'dead';
  }
  if (identity.namespace !== here.namespace) {
    return 'unknown';
  }
  return (await startTicksOf(identity.processId)) === identity.startTicks ? 'alive' : 'dead';
}

async function ownSurroundings(): Promise<Pick<ProcessIdentity, 'machine' | 'boot' | 'namespace'>> {
  const machineId = (await readIfThere('/etc/machine-id')) ?? '';
  const boot = (await readIfThere('/proc/sys/kernel/random/boot_id')) ?? '';
  // Cloned images share a machine id, so the host's name is part of it.
  return { machine: `${machineId.trim()}/${hostname()}`, boot: boot.trim(), namespace: await readlink('/proc/self/ns/pid') };
}

/** Field 22 of /proc/PID/stat, counted after the command's name, which may hold spaces and parentheses; undefined when there is no such process. */
async function startTicksOf(processId: number): Promise<string | undefined> {
  const stat = await readIfThere(`/proc/${processId}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended: nothing of it will touch a file again.
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19];
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between open and read.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') {
      return undefined;
    }
    throw error;
  }
}
