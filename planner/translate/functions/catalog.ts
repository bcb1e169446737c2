import { AGGREGATES, DUCKDB_AGGREGATES, WINDOW_FUNCTIONS } from './aggregates.js';
import { DUCKDB_SCALARS } from './duckdb-scalars.js';
import { DATE_FUNCTIONS, NUMBER_FUNCTIONS, OTHER_FUNCTIONS, TEXT_FUNCTIONS } from './scalars.js';
import type { FunctionSignature } from './signature.js';
import { readSignatures } from './signature.js';
import { SYSTEM_FUNCTIONS } from './system.js';

const byName = new Map<string, FunctionSignature[]>();
for (const signature of readSignatures(
  [TEXT_FUNCTIONS, NUMBER_FUNCTIONS, DATE_FUNCTIONS, OTHER_FUNCTIONS, SYSTEM_FUNCTIONS, AGGREGATES, WINDOW_FUNCTIONS].join('\n'),
)) {
  const known = byName.get(signature.name);
  if (known === undefined) {
    byName.set(signature.name, [signature]);
  } else {
    known.push(signature);
  }
}

const windowOnly = new Set(readSignatures(WINDOW_FUNCTIONS).map((signature) => signature.name));
const duckdbScalars = new Set(DUCKDB_SCALARS);
const duckdbAggregates = new Set(DUCKDB_AGGREGATES);

/** Every form of a function that Sluice knows the types of; none for others. */
export function signaturesOf(name: string): readonly FunctionSignature[] {
  return byName.get(name) ?? [];
}

/** How a function without known types may be called: as DuckDB's own scalar or aggregate, or not at all. */
export function duckdbFunctionKind(name: string): 'scalar' | 'aggregate' | null {
  return duckdbScalars.has(name) ? 'scalar' : duckdbAggregates.has(name) ? 'aggregate' : null;
}

/** True for functions that need OVER. */
export function isWindowFunction(name: string): boolean {
  return windowOnly.has(name);
}

/** Every name users may call, for listings and tests. */
export function allowedFunctionNames(): readonly string[] {
  return [...new Set([...byName.keys(), ...DUCKDB_SCALARS, ...DUCKDB_AGGREGATES])].toSorted();
}
