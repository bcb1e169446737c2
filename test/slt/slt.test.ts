import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { startPostgres } from '../services/postgres.js';
import { loadSampleIntoPostgres, writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { sourceDirectory } from '../runner/source-directory.js';
import { parseSltFile, rewriteParagraph, type SltFile } from './parse-file.js';
import { differenceOf, runSltFile, type Observed } from './run-file.js';

const UPDATE = process.env['SLUICE_UPDATE'] === '1';
const DIRECTORY = join(sourceDirectory('slt'), 'cases');
/** The bound: files by feature. */
const FILES_MIN = 25;

const files = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.slt'))
  .toSorted()
  .map((name) => ({ name, path: join(DIRECTORY, name), file: parseSltFile(readFileSync(join(DIRECTORY, name), 'utf8')) }));

describe('slt', () => {
  it('has files, and an update mode that CI refuses', () => {
    assert(files.length >= FILES_MIN);
    assert(!(UPDATE && process.env['CI'] !== undefined), 'SLUICE_UPDATE is refused in CI');
  });

  describe('on PostgreSQL 15', function () {
    this.timeout(60_000);
    let connect: () => Promise<Client>;

    before(async () => {
      const server = await startPostgres();
      connect = async (): Promise<Client> => {
        const client = new Client(server);
        client.on('error', () => undefined);
        await client.connect();
        return client;
      };
      const loader = await connect();
      await loadSampleIntoPostgres(loader, server.directory);
      await loader.end();
    });

    for (const { name, path, file } of files.filter((entry) => entry.file.postgres)) {
      it(name, async () => {
        await runOrUpdate(path, name, file, connect, true);
      });
    }
  });

  describe('on Sluice', function () {
    this.timeout(60_000);
    let server: SluiceServer;
    let data: string;

    before(async () => {
      data = await writableSampleDirectory();
      server = await startSluice({ data, executors: 2, threads: 1 });
    });

    after(async () => {
      await server?.stop();
      rmSync(data, { recursive: true, force: true });
    });

    for (const { name, path, file } of files) {
      it(name, async () => {
        await runOrUpdate(path, name, file, () => server.connect(), !file.postgres);
      });
    }
  });
});

/** `reference`: the results of this server are what the file pins. */
async function runOrUpdate(path: string, name: string, file: SltFile, connect: () => Promise<Client>, reference: boolean): Promise<void> {
  const observed: Observed[] = [];
  const differences: string[] = [];
  await runSltFile(file, connect, (one) => {
    observed.push(one);
    const difference = UPDATE ? null : differenceOf(name, file, one);
    if (difference !== null) {
      differences.push(difference);
    }
  });
  // All of a file's differences at once: most come from one cause.
  assert(differences.length === 0, differences.join('\n\n'));
  if (UPDATE && reference) {
    const paragraphs = [...file.paragraphs];
    for (const { block, lines, failed } of observed) {
      const index = file.paragraphOf[file.blocks.indexOf(block)] ?? 0;
      assert.equal(failed, block.kind === 'error', `${name}:${block.line}: ${lines.join(' ')}`);
      paragraphs[index] = rewriteParagraph(paragraphs[index] ?? '', block, lines);
    }
    writeFileSync(path, `${paragraphs.join('\n\n')}\n`);
  }
}
