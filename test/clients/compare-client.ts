import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { startPostgres } from '../services/postgres.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { findDifferences, type OutcomeDifference } from './outcome-differences.js';
import { clientDirectory, programPath, readChecks, runProgram, type ProgramCommand, type ProgramOutcome, type ProgramTarget } from './client-program.js';

/** Characters of an outcome shown where it differs. */
const SHOWN_MAX = 1500;

/** A client's program, run against Sluice and against PostgreSQL 15; what it finds must be the same. */
export interface ComparedClient {
  readonly name: string;
  /** Source files of the program; the names of its checks are read from them. */
  readonly sources: readonly string[];
  /** How to run it, asked for once servers are up: compiling belongs here. */
  readonly command: () => Promise<ProgramCommand> | ProgramCommand;
  /** Where outcomes differ, by path (`check` or `check > label > ...`), with the reason a user of the client is told. One that is no more fails. */
  readonly differs?: Readonly<Record<string, string>>;
}

/** A client of Python's, installed into an environment of its own. */
export function comparePython(name: string, source: string, differs: Readonly<Record<string, string>> = {}): void {
  compareClient({
    name,
    sources: [source],
    command: () => ({ command: join(clientDirectory(name), 'venv', 'bin', 'python'), arguments: [programPath(source)] }),
    differs,
  });
}

/** A client of Node's, installed into a folder of its own. */
export function compareNode(name: string, source: string, differs: Readonly<Record<string, string>> = {}): void {
  const command = (): ProgramCommand => ({
    command: process.execPath,
    arguments: [programPath(source)],
    environment: { CLIENT_DIRECTORY: clientDirectory(name) },
  });
  compareClient({ name, sources: [source], command, differs });
}

/** Defines the suite of one client: a test a check. */
export function compareClient(client: ComparedClient): void {
  describe(`clients/${client.name}`, function () {
    this.timeout(240_000);
    let sluice: SluiceServer | undefined;
    let data: string | undefined;
    let ours: ProgramOutcome | undefined;
    let theirs: ProgramOutcome | undefined;
    const names = client.sources.flatMap(readChecks);
    let passed = 0;

    before(async () => {
      data = mkdtempSync(join(tmpdir(), 'sluice-client-'));
      const [server, twin, command] = await Promise.all([startSluice({ data }), createTwin(), client.command()]);
      sluice = server;
      const both = { ...command, environment: { TWIN_HOST: twin.host, TWIN_PORT: String(twin.port), ...command.environment } };
      [ours, theirs] = await Promise.all([runProgram(both, server), runProgram(both, twin)]);
    });

    after(async () => {
      record(client.name, ours?.version ?? '', passed, names.length, Object.keys(client.differs ?? {}).length);
      await sluice?.stop();
      if (data !== undefined) {
        rmSync(data, { recursive: true, force: true });
      }
    });

    for (const name of names) {
      it(name, () => {
        assert(ours?.checks.has(name) === true && theirs?.checks.has(name) === true, 'the program did not come to it');
        const excused = Object.keys(client.differs ?? {}).filter((path) => isBelow(path, name));
        const differences = findDifferences(name, ours.checks.get(name), theirs.checks.get(name));
        const wrong = differences.filter(({ path }) => !excused.some((known) => isBelow(path, known)));
        assert(wrong.length === 0, `differs from PostgreSQL:\n${wrong.map(show).join('\n')}`);
        assert.deepEqual(
          excused.filter((known) => !differences.some(({ path }) => isBelow(path, known))),
          [],
          'these are as on PostgreSQL now: take them off the list',
        );
        passed += 1;
      });
    }
  });
}

function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above} > `);
}

function text(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_MAX);
}

function show({ path, actual, expected }: OutcomeDifference): string {
  return `  ${path}\n    Sluice:     ${text(actual)}\n    PostgreSQL: ${text(expected)}`;
}

/** An empty database `sluice` owned by a user `sluice`, on the PostgreSQL that this process shares. */
async function createTwin(): Promise<ProgramTarget> {
  const { host, port, user, database } = await startPostgres();
  const client = new Client({ host, port, user, database });
  await client.connect();
  await client.query('DROP DATABASE IF EXISTS sluice WITH (FORCE)');
  await client.query('DROP ROLE IF EXISTS sluice');
  await client.query('CREATE ROLE sluice SUPERUSER LOGIN');
  await client.query("CREATE DATABASE sluice OWNER sluice ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
  await client.end();
  return { host, port, user: 'sluice', database: 'sluice' };
}

/** One line for the client matrix, where a run asks for it. */
function record(name: string, version: string, passed: number, total: number, differing: number): void {
  const file = process.env['SLUICE_CLIENT_RESULTS'];
  if (file !== undefined) {
    appendFileSync(file, `${JSON.stringify({ name, version, passed, total, differing })}\n`);
  }
}
