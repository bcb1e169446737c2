import { comparePython } from '../compare-client.js';

comparePython('postgres-tools', 'session-postgres-tools.py');
