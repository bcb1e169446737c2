import { join } from 'node:path';
import { clientDirectory, programPath } from './client-program.js';
import { compareClient } from './compare-client.js';

compareClient({
  name: 'psqlodbc',
  sources: ['session-psqlodbc.py'],
  command: () => ({ command: join(clientDirectory('psqlodbc'), 'venv', 'bin', 'python'), arguments: [programPath('session-psqlodbc.py')] }),
});
