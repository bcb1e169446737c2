import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientDirectory, programPath, type ProgramCommand } from '../client-program.js';
import { compareClient } from '../compare-client.js';

compareClient({ name: 'pgx', sources: ['pgx/main.go'], command: build });

/** Builds the program where its modules were fetched. */
function build(): ProgramCommand {
  const directory = clientDirectory('pgx');
  copyFileSync(programPath('pgx/main.go'), join(directory, 'main.go'));
  const program = join(directory, 'checks');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  return { command: program, arguments: [], environment: { CLIENT_VERSION: 'v5.5.5', PGSSLMODE: 'disable' } };
}
