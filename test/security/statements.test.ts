import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, type Client } from 'pg';
import { sourceDirectory } from '../runner/source-directory.js';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

/** A statement that must be refused, with the SQLSTATEs it may be refused with. */
interface RefusedStatement {
  readonly sqlstates: readonly string[];
  readonly sql: string;
}

function readStatements(): readonly RefusedStatement[] {
  const lines = readFileSync(join(sourceDirectory('security'), 'statements.txt'), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const match = /^(\w{5}(?:\|\w{5})*) (.+)$/.exec(line);
      assert.ok(match?.[1] !== undefined && match[2] !== undefined, `not a statement: ${line}`);
      return { sqlstates: match[1].split('|'), sql: match[2] };
    });
}

describe('security/statements', function () {
  this.timeout(30_000);
  let server: SluiceServer;
  let client: Client;
  let data: string;
  let namesBefore: readonly string[];

  before(async () => {
    data = await writableSampleDirectory();
    symlinkSync('/etc', join(data, 'link'));
    symlinkSync('/etc/passwd', join(data, 'slink.csv'));
    // The default place of the state directory: inside the data, where users' paths could lead.
    server = await startSluice({ data, state: join(data, '.sluice') });
    client = await server.connect();
    namesBefore = readdirSync(data).toSorted();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('refuses every statement that would leave the data directory or touch the engine', async () => {
    const wrong: string[] = [];
    for (const { sqlstates, sql } of readStatements()) {
      const outcome = await outcomeOf(client, sql.replaceAll('{data}', data));
      if (!sqlstates.includes(outcome)) {
        wrong.push(`${sqlstates.join(' or ')} expected, ${outcome}: ${sql}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('refuses them all through the extended protocol too', async () => {
    const wrong: string[] = [];
    for (const { sqlstates, sql } of readStatements()) {
      const outcome = await outcomeOf(client, { text: sql.replaceAll('{data}', data), queryMode: 'extended' });
      if (!sqlstates.includes(outcome)) {
        wrong.push(`${sqlstates.join(' or ')} expected, ${outcome}: ${sql}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('writes partition values as names, never as paths', async () => {
    await client.query("COPY (SELECT 1 AS a, v AS p FROM (VALUES ('../../escape'), ('..'), ('/tmp/x'), ('')) AS t(v)) TO 'partitioned' (PARTITION_BY (p))");
    assert.ok(readdirSync(join(data, 'partitioned')).every((name) => name.startsWith('p=')));
    rmSync(join(data, 'partitioned'), { recursive: true });
  });

  it('left nothing behind, and still answers', async () => {
    assert.deepEqual(readdirSync(data).toSorted(), namesBefore);
    assert.deepEqual((await client.query('SELECT count(*)::int AS n FROM flights')).rows, [{ n: 60_000 }]);
  });
});

async function outcomeOf(client: Client, query: string | { readonly text: string; readonly queryMode: 'extended' }): Promise<string> {
  try {
    const result = await client.query(query);
    return `done (${Array.isArray(result) ? 'several' : result.command})`;
  } catch (error) {
    return error instanceof DatabaseError ? (error.code ?? 'no SQLSTATE') : String(error);
  }
}
