import { comparePython } from '../compare-client.js';

comparePython('sqlalchemy', 'session-sqlalchemy.py');
