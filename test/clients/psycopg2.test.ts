import { comparePython } from './compare-client.js';

comparePython('psycopg2', 'session-psycopg2.py', {
  'errors by class > INSERT INTO p2_err VALUES (NULL)': 'the DETAIL with the failing row is not sent',
  'errors by class > SELECT 9999999999::int': 'the value is told in DETAIL, which PostgreSQL leaves out',
  'values of session types > 1 > 0': 'DateStyle and IntervalStyle hold for what is sent, not for casts to text inside a query',
});
