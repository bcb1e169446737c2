import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { startPostgres } from '../services/postgres.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { runWireFile, type WireAddress } from './run-wire-file.js';
import { parseWireFile } from './wire-file.js';

/** The sources, not their compiled neighbours: update mode writes them. */
const CASES = fileURLToPath(new URL('../../../test/wire/cases', import.meta.url));
const UPDATE = process.env['SLUICE_UPDATE'] === '1';

function listCases(): readonly {
  readonly name: string;
  readonly path: string;
  readonly isPlain: boolean;
}[] {
  return readdirSync(CASES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wire'))
    .toSorted()
    .map((name) => {
      const path = join(CASES, name);
      return { name, path, isPlain: parseWireFile(readFileSync(path, 'utf8')).isPlainPostgres };
    });
}

/** An address given from outside (`SLUICE_TEST_ADDRESS=host:port`), or null. */
function givenAddress(): WireAddress | null {
  const given = process.env['SLUICE_TEST_ADDRESS'];
  if (given === undefined) {
    return null;
  }
  const colon = given.lastIndexOf(':');
  return {
    host: given.slice(0, colon),
    port: Number(given.slice(colon + 1)),
    user: 'sluice',
    database: 'sluice',
  };
}

describe('wire conversations', () => {
  const cases = listCases();

  describe('on PostgreSQL 15', function () {
    this.timeout(30_000);
    let address: WireAddress;
    before(async () => {
      address = await startPostgres();
    });
    for (const { name, path } of cases.filter(({ isPlain }) => isPlain)) {
      it(name, async () => {
        await runWireFile(path, address, { update: UPDATE });
      });
    }
  });

  describe('on Sluice', function () {
    this.timeout(30_000);
    let server: SluiceServer | null = null;
    let data = '';
    let address: WireAddress | null = givenAddress();
    before(async () => {
      if (address === null) {
        data = mkdtempSync(join(tmpdir(), 'sluice-wire-'));
        server = await startSluice({ data });
        address = server;
      }
    });
    after(async () => {
      await server?.stop();
      rmSync(data, { recursive: true, force: true });
    });
    for (const { name, path, isPlain } of cases) {
      it(name, async () => {
        if (address !== null) {
          // What PostgreSQL says is written by PostgreSQL alone.
          await runWireFile(path, address, { update: UPDATE && !isPlain });
        }
      });
    }
  });
});
