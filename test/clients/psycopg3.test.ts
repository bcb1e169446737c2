import { join } from 'node:path';
import { clientDirectory, programPath } from './client-program.js';
import { compareClient } from './compare-client.js';

compareClient({
  name: 'psycopg3',
  sources: ['session-psycopg3.py'],
  command: () => ({ command: join(clientDirectory('psycopg3'), 'venv', 'bin', 'python'), arguments: [programPath('session-psycopg3.py')] }),
});
