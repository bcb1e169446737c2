import { compareNode } from '../compare-client.js';

compareNode('knex', 'session-knex.mjs');
