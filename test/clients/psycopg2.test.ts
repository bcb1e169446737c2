import { join } from 'node:path';
import { clientDirectory, programPath } from './client-program.js';
import { compareClient } from './compare-client.js';

compareClient({
  name: 'psycopg2',
  sources: ['session-psycopg2.py'],
  command: () => ({ command: join(clientDirectory('psycopg2'), 'venv', 'bin', 'python'), arguments: [programPath('session-psycopg2.py')] }),
});
