import { comparePython } from '../compare-client.js';

comparePython('asyncpg', 'session-asyncpg.py');
