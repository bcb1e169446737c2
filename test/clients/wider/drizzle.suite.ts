import { compareNode } from '../compare-client.js';

compareNode('drizzle', 'session-drizzle.mjs');
