import assert from 'node:assert/strict';

/** What every table is measured under. */
export interface BenchContext {
  readonly scale: number;
  readonly runs: number;
  /** CI's small form. */
  readonly small: boolean;
  readonly threads: number;
  readonly log: (line: string) => void;
}

/** One line of a result: Sluice's figure, the other's, their ratio, and the aim. */
export interface BenchRow {
  readonly name: string;
  readonly unit: 'ms' | 'rows/s' | 'statements/s' | 'MB' | 'times';
  readonly sluice: number;
  /** Null where the bound is absolute. */
  readonly other: number | null;
  readonly otherName: string;
  /** Sluice's figure divided by the other's. */
  readonly ratio: number | null;
  /** The aim as the design states it, empty for parts of a sum. */
  readonly aim: string;
  /** Every single measurement. */
  readonly raw: Readonly<Record<string, readonly number[]>>;
}

/** A named result. */
export interface BenchTable {
  readonly name: string;
  readonly rows: readonly BenchRow[];
}

/** Milliseconds that an action takes. */
export async function timeMs(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Runs the sides alternately: once each uncounted, then `runs` times; gives a side's milliseconds by its name. */
export async function timeAlternately<Name extends string>(
  sides: Readonly<Record<Name, () => Promise<unknown>>>,
  runs: number,
): Promise<(name: Name) => readonly number[]> {
  const names = Object.keys(sides).filter((name): name is Name => name in sides);
  const times = new Map<Name, number[]>();
  for (const name of names) {
    await sides[name]();
    times.set(name, []);
  }
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) {
      times.get(name)?.push(await timeMs(sides[name]));
    }
  }
  return (name) => times.get(name) ?? [];
}

/** The value that `share` of the values lie below (0.5: the median). */
export function quantile(values: readonly number[], share: number): number {
  assert(values.length > 0);
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? 0;
  return low + (high - low) * (position - Math.floor(position));
}

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The geometric mean. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** The sum. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
