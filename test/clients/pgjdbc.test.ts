import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'mocha';
import { clientDirectory, programPath, type ProgramCommand } from './client-program.js';
import { compareClient } from './compare-client.js';

const SOURCES = ['Session.java', 'Metadata.java', 'Results.java'];
let classes: string | undefined;

after(() => {
  if (classes !== undefined) {
    rmSync(classes, { recursive: true, force: true });
  }
});

compareClient({
  name: 'pgjdbc',
  sources: SOURCES.map((file) => `jdbc/${file}`),
  command: compile,
});

function compile(): ProgramCommand {
  const jars = join(clientDirectory('pgjdbc'), 'jars');
  const classPath = readdirSync(jars).map((file) => join(jars, file));
  classes = mkdtempSync(join(tmpdir(), 'sluice-jdbc-'));
  execFileSync('javac', ['-d', classes, '-cp', classPath.join(':'), ...[...SOURCES, 'Checks.java'].map((file) => programPath(`jdbc/${file}`))]);
  return { command: 'java', arguments: ['-Duser.timezone=UTC', '-Duser.language=en', '-cp', [classes, ...classPath].join(':'), 'Session'] };
}
