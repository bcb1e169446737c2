import { startOwnPostgres } from '../services/postgres.js';
import { askPostgres, writeGoldens } from './golden-file.js';

// Run after `npm run build`: node dist/test/encode/regenerate.js
const server = await startOwnPostgres();
try {
  writeGoldens(await askPostgres(server));
} finally {
  await server.stop();
}
