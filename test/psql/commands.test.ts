import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { sourceDirectory } from '../runner/source-directory.js';
import { isPostgresInstalled, startOwnPostgres, type PostgresServer } from '../services/postgres.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { COMPLETION_QUERIES, EQUAL_COMMANDS, OWN_COMMANDS, PREPARATION } from './commands.js';
import { prepareTwin } from './twin.js';
import { runPsql } from './psql-script.js';

const UPDATE = process.env['SLUICE_UPDATE'] === '1';
const EXPECTED = join(sourceDirectory('psql'), 'expected.txt');
const TITLE = '==== ';

describe('psql/commands', function () {
  this.timeout(60_000);
  let sluice: SluiceServer;
  let postgres: PostgresServer | undefined;
  let equal: readonly string[] = [];
  let twin: readonly string[] = [];
  let own: readonly string[] = [];

  before(async () => {
    assert(!(UPDATE && process.env['CI'] !== undefined), 'SLUICE_UPDATE is refused in CI');
    sluice = await startSluice({ data: await smallSampleDirectory() });
    equal = await runPsql(sluice, PREPARATION, [...EQUAL_COMMANDS, ...COMPLETION_QUERIES]);
    own = await runPsql(sluice, PREPARATION, OWN_COMMANDS);
    if (isPostgresInstalled()) {
      postgres = await startOwnPostgres();
      twin = await runPsql(await prepareTwin(postgres), PREPARATION, [...EQUAL_COMMANDS, ...COMPLETION_QUERIES]);
    }
  });

  after(async () => {
    await sluice?.stop();
    await postgres?.stop();
  });

  [...EQUAL_COMMANDS, ...COMPLETION_QUERIES].forEach((command, index) => {
    it(`${command.slice(0, 60)} prints what PostgreSQL prints`, function () {
      if (postgres === undefined) {
        assert.doesNotMatch(equal[index] ?? '', /^ERROR: (?! (relation|type) "nosuch")/m);
        return;
      }
      assert.equal(alike(equal[index]), alike(twin[index]));
    });
  });

  it('what is its own is as expected', () => {
    const text = OWN_COMMANDS.map((command, index) => `${TITLE}${command}\n${own[index] ?? ''}\n`).join('\n');
    assert.doesNotMatch(text, /^ERROR/m);
    if (UPDATE) {
      writeFileSync(EXPECTED, text);
    }
    const expected = readFileSync(EXPECTED, 'utf8').split(TITLE);
    assert.deepEqual(text.split(TITLE), expected);
  });
});

/** The number in a temporary schema's name is the connection's, and widths of columns follow it. */
function alike(output: string | undefined): string {
  return (output ?? '').replaceAll(/pg_temp_\d+ */g, 'pg_temp ');
}
