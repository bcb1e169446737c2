import { compareNode } from '../compare-client.js';

compareNode('postgres-js', 'session-postgres-js.mjs');
