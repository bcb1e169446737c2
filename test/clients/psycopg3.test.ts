import { comparePython } from './compare-client.js';

comparePython('psycopg3', 'session-psycopg3.py', {
  'types in text > 25 > 2': 'a list of lists as a parameter is not cast to another element type',
  'types in binary > 25 > 2': 'a list of lists as a parameter is not cast to another element type',
  'prepared statements > 0': 'pg_prepared_statements is empty',
  "errors by class > INSERT INTO p3_err VALUES (NULL, 'a')": 'the DETAIL with the failing row is not sent',
  'errors by class > SELECT 100000::int2': 'the value is told in DETAIL, which PostgreSQL leaves out',
  "errors by class > INSERT INTO p3_err VALUES (1, 'a', 2)": 'the place of the surplus value is not told',
  'addresses and ranges': 'inet does not exist: use text',
  'two-phase commit': 'PREPARE TRANSACTION is refused with 0A000; this PostgreSQL has it turned off',
  'listen and notify': 'LISTEN and NOTIFY are refused with 0A000',
});
