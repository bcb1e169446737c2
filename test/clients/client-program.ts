import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sourceDirectory } from '../runner/source-directory.js';

/** A server a client program connects to. */
export interface ProgramTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** What a program printed: its client's version, and a JSON value for each of its checks. */
export interface ProgramOutcome {
  readonly version: string;
  readonly checks: ReadonlyMap<string, unknown>;
}

/** A command in a client's own language. */
export interface ProgramCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program that does not end is ended, and what it printed is the report. */
const PROGRAM_TIMEOUT_MS = 180_000;

/** Where scripts/ensure-clients.mjs put a client. Throws when it did not: a client that is missing is a failure. */
export function clientDirectory(name: string): string {
  const cache = process.env['SLUICE_CLIENTS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice', 'clients');
  const directory = join(cache, name);
  if (!existsSync(join(directory, 'installed.json'))) {
    throw new Error(`${name} is not installed: node scripts/ensure-clients.mjs ${name}`);
  }
  return directory;
}

/** The path of a program of this folder. */
export function programPath(file: string): string {
  return sourceDirectory('clients', 'programs', file);
}

/** The names of a program's checks, in the order they stand in its source: `check("name"`, in either quotes. */
export function readChecks(file: string): string[] {
  return [...readFileSync(programPath(file), 'utf8').matchAll(/\bcheck\(\s*(["'])(.+?)\1/g)].map((match) => match[2] ?? '');
}

/** Runs a program against one server. Throws with all it printed when it does not end well. */
export async function runProgram(program: ProgramCommand, target: ProgramTarget): Promise<ProgramOutcome> {
  const { output, errors, code } = await run(program, target);
  let version = '';
  const checks = new Map<string, unknown>();
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'version' in entry && typeof entry.version === 'string') {
      version = entry.version;
    } else if (typeof entry === 'object' && entry !== null && 'check' in entry && typeof entry.check === 'string' && 'outcome' in entry) {
      checks.set(entry.check, entry.outcome);
    }
  }
  if (code !== 0 || version === '') {
    throw new Error(`${program.command} ended with ${code} after ${[...checks.keys()].at(-1) ?? 'no check'}:\n${(errors + output).slice(-5000)}`);
  }
  return { version, checks };
}

function run(program: ProgramCommand, target: ProgramTarget): Promise<{ readonly output: string; readonly errors: string; readonly code: number | string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.command, program.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PGHOST: target.host,
        PGPORT: String(target.port),
        PGUSER: target.user,
        PGDATABASE: target.database,
        TZ: 'UTC',
        LC_ALL: 'C.UTF-8',
        ...program.environment,
      },
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
    child.stderr.on('data', (piece: Buffer) => {
      errors += piece.toString();
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), PROGRAM_TIMEOUT_MS);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ output, errors, code: code ?? signal ?? 'nothing' });
    });
  });
}
