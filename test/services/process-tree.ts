import { readdirSync, readFileSync } from 'node:fs';

/** One process as /proc shows it. `startTime` tells a reused pid from the process meant. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: string;
  readonly state: string;
  readonly command: string;
  /** Processor time used so far, in clock ticks. */
  readonly ticks: number;
}

/** The process of that pid, or null when there is none. */
export function readProcess(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces and parentheses itself: fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
      startTime: fields[19] ?? '',
      state: fields[0] ?? '',
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
    };
  } catch (error) {
    if (isGone(error)) {
      return null;
    }
    throw error;
  }
}

/** All living descendants of a process, parents before children. */
export function listDescendants(root: number): ProcessEntry[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])
    .filter((entry) => entry.state !== 'Z');
  const found: ProcessEntry[] = [];
  let level = [root];
  while (level.length > 0) {
    const parents = new Set(level);
    const next = all.filter((entry) => parents.has(entry.parent));
    found.push(...next);
    level = next.map((entry) => entry.pid);
  }
  return found;
}

/** True while exactly that process (not another one under the same pid) lives. */
export function isAlive(entry: ProcessEntry): boolean {
  const now = readProcess(entry.pid);
  return now !== null && now.state !== 'Z' && now.startTime === entry.startTime;
}

/** Resident memory of a process in bytes, 0 when it is gone. */
export function residentBytes(pid: number): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line === null ? 0 : Number(line[1]) * 1024;
  } catch (error) {
    if (isGone(error)) {
      return 0;
    }
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH';
}
