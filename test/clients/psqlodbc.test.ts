import { comparePython } from './compare-client.js';

comparePython('psqlodbc', 'session-psqlodbc.py', {
  'parameters against columns > 0 > 0': 'RowDescription does not tell the table that a column comes from',
  'SQLTablePrivileges and SQLColumnPrivileges by the catalog': 'information_schema.table_privileges is empty: there are no privileges in this release',
  "errors by SQLSTATE > INSERT INTO od_err VALUES (NULL, 'a')": 'the DETAIL with the failing row is not sent',
});
