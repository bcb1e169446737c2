import { createServer } from 'node:net';
import assert from 'node:assert/strict';

/** A loopback TCP port nobody listens on at this moment; the caller must cope with losing a race for it. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      assert(address !== null && typeof address === 'object');
      server.close(() => {
        resolve(address.port);
      });
    });
  });
}
