import { compareNode } from '../compare-client.js';

compareNode('postgres-js', 'session-postgres-js.mjs', { listen: 'LISTEN and NOTIFY are refused with 0A000' });
