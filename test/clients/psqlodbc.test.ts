import { join } from 'node:path';
import { clientDirectory, programPath } from './client-program.js';
import { compareClient } from './compare-client.js';

compareClient({
  name: 'psqlodbc',
  sources: ['session-psqlodbc.py'],
  command: () => ({ command: join(clientDirectory('psqlodbc'), 'venv', 'bin', 'python'), arguments: [programPath('session-psqlodbc.py')] }),
  differs: {
    'parameters against columns > 0 > 0': 'RowDescription does not tell the table that a column comes from',
    'SQLTablePrivileges and SQLColumnPrivileges by the catalog': 'information_schema.table_privileges is empty: there are no privileges in this release',
    "errors by SQLSTATE > INSERT INTO od_err VALUES (NULL, 'a')": 'the DETAIL with the failing row is not sent',
  },
});
