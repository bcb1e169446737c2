import { compareNode } from '../compare-client.js';

compareNode('typeorm', 'session-typeorm.mjs');
