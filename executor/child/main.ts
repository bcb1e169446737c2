import { Socket } from 'node:net';
import { serveGateway } from './executor-child.js';

/** The socket inherited from the gateway: stdin, stdout and stderr are 0 to 2. */
const SOCKET_FD = 3;

// The gateway decides when this process ends: by closing the socket. A Ctrl-C in its terminal reaches the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

serveGateway(new Socket({ fd: SOCKET_FD, readable: true, writable: true }));
