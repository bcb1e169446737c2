import { comparePython } from '../compare-client.js';

comparePython('asyncpg', 'session-asyncpg.py', {
  'moving a cursor': 'forward() moves a portal of the protocol by SQL, which knows only cursors that DECLARE made',
});
