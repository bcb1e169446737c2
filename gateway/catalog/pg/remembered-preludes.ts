import type { Prelude } from '../../../executor/engine.js';

/** The last preludes made, by name: one can cost milliseconds, and most statements find what they need as it was. */
const made = new Map<string, Prelude>();

/** The prelude of that name and version, made only when it is another than last time. */
export function rememberedPrelude(name: string, version: string, statements: () => readonly string[]): Prelude {
  const known = made.get(name);
  if (known?.version === version) {
    return known;
  }
  const prelude: Prelude = { name, version, statements: statements() };
  made.set(name, prelude);
  return prelude;
}
