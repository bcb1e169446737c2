import assert from 'node:assert/strict';
import { startPostgres } from '../services/postgres.js';
import { startLiveServer, type LiveServer } from '../sessions/live-session.js';
import { COPY_IN_CASES, type CopyInCase } from './copy-in-cases.js';
import { CopyClient, sent, inPieces, type CopyInput } from './copy-client.js';

/** What a case came to on one server: the COPY's own outcome and the rows it left. */
async function runCase(client: CopyClient, copyCase: CopyInCase, input: CopyInput, isExtended: boolean): Promise<string> {
  const setup = copyCase.kind === 'temporary' ? copyCase.table.replace('CREATE TABLE', 'CREATE TEMPORARY TABLE') : copyCase.table;
  await client.simple('DROP TABLE IF EXISTS t');
  const made = await client.simple(setup);
  const copied = isExtended ? await client.extended(copyCase.copy, input) : await client.simple(copyCase.copy, input);
  const rows = await client.simple('COPY (SELECT * FROM t ORDER BY 1) TO STDOUT');
  return `${made.result}\n${copied.result}\n${rows.data.toString('utf8')}${rows.result}`;
}

describe('COPY FROM STDIN gives the rows and errors of PostgreSQL', function () {
  let live: LiveServer;
  let clients: readonly [sluice: CopyClient, postgres: CopyClient];

  before(async () => {
    live = await startLiveServer();
    clients = [await CopyClient.connect(live.server), await CopyClient.connect(await startPostgres())];
  });

  after(async () => {
    clients.forEach((client) => client.close());
    await live.end();
  });

  for (const copyCase of COPY_IN_CASES) {
    it(copyCase.name, async () => {
      const [sluice, postgres] = clients;
      const expected = await runCase(postgres, copyCase, sent(copyCase.data), false);
      assert.equal(await runCase(sluice, copyCase, sent(copyCase.data), false), copyCase.differs?.(expected) ?? expected);
      assert.equal(await runCase(sluice, copyCase, inPieces(copyCase.data, 3), true), copyCase.differs?.(expected) ?? expected);
    });
  }
});
