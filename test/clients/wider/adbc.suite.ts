import { comparePython } from '../compare-client.js';

comparePython('adbc', 'session-adbc.py');
