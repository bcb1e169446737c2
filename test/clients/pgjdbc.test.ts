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
  differs: {
    'errors by SQLSTATE > INSERT INTO j_err VALUES (NULL)': 'the DETAIL with the failing row is not sent',
    'errors by SQLSTATE > SELECT 9999999999::int': 'the value is told in DETAIL, which PostgreSQL leaves out',
    'listen, notify, large objects > 0': 'LISTEN and NOTIFY are refused with 0A000',
    'listen, notify, large objects > 1': 'there are no large objects: use bytea',
    'DatabaseMetaData: functions, procedures, types, super types > 4': 'tables have no composite types',
    'ResultSetMetaData of a table': 'RowDescription does not tell the table that a column comes from',
    'ResultSetMetaData of expressions, aggregates and system tables': 'RowDescription does not tell the table that a column comes from',
    'updatable results': 'a result cannot be changed in place, for RowDescription does not tell the table that a column comes from; use UPDATE',
  },
});

function compile(): ProgramCommand {
  const jars = join(clientDirectory('pgjdbc'), 'jars');
  const classPath = readdirSync(jars).map((file) => join(jars, file));
  classes = mkdtempSync(join(tmpdir(), 'sluice-jdbc-'));
  execFileSync('javac', ['-d', classes, '-cp', classPath.join(':'), ...[...SOURCES, 'Checks.java'].map((file) => programPath(`jdbc/${file}`))]);
  return { command: 'java', arguments: ['-Duser.timezone=UTC', '-Duser.language=en', '-cp', [classes, ...classPath].join(':'), 'Session'] };
}
