import { readFileSync, writeFileSync } from 'node:fs';

/** Makes Linux forget the most memory this process had, so that it is counted from now. Elsewhere nothing happens. */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not allowed: then the peak is that of the process's whole life, or not known.
  }
}

/** Most bytes of memory this process had since it was reset; undefined where the system does not tell. */
export function peakMemoryBytes(): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
