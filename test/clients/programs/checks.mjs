// Named checks of one client: each returns a value, printed as one JSON line.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Loads the client's packages from where they were installed. */
export const load = createRequire(join(process.env.CLIENT_DIRECTORY ?? '', 'package.json'));

/** A package's version, as its package.json says. */
export function versionOf(name) {
  return JSON.parse(readFileSync(join(process.env.CLIENT_DIRECTORY ?? '', 'node_modules', name, 'package.json'), 'utf8')).version;
}

const checks = [];

/** Registers a check; the suite finds its name in the source. */
export function check(name, run) {
  checks.push({ name, run });
}

/** What it resolves to, or the error it throws, as `describe` tells it. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { raised: [error.code ?? error.name, error.message] };
  }
}

/** Runs every check, one after another. */
export async function runChecks(version) {
  process.stdout.write(`${JSON.stringify({ version })}\n`);
  for (const { name, run } of checks) {
    const outcome = show(await attempt(run));
    process.stdout.write(`${JSON.stringify({ check: name, outcome })}\n`);
  }
}

/** A value as JSON that keeps JavaScript's types apart. */
function show(value) {
  if (value === undefined) {
    return 'undefined';
  }
  if (typeof value === 'bigint') {
    return `${value}n`;
  }
  if (value instanceof Date) {
    return `Date ${value.toISOString()}`;
  }
  if (value instanceof Uint8Array) {
    return `bytes ${Buffer.from(value).toString('hex')}`;
  }
  if (Array.isArray(value)) {
    return value.map(show);
  }
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, show(item)])) : value;
}
