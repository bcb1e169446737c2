import { serialize } from 'pg-protocol';
import { ByteClient } from './byte-client.js';

/**
 * A process of its own that keeps N connections busy with one statement and prints how many it ran:
 * `node statement-client.js PORT USER DATABASE CONNECTIONS MODE SECONDS SQL`.
 */
async function main(): Promise<void> {
  const [port = '', user = '', database = '', connections = '', mode = '', seconds = '', sql = ''] = process.argv.slice(2);
  const bytes =
    mode === 'simple'
      ? serialize.query(sql)
      : Buffer.concat([serialize.parse({ text: sql }), serialize.bind({}), serialize.describe({ type: 'P' }), serialize.execute({}), serialize.sync()]);
  const clients = await Promise.all(Array.from({ length: Number(connections) }, () => ByteClient.open(Number(port), user, database)));
  let statements = 0;
  const runFor = async (ms: number): Promise<void> => {
    const end = performance.now() + ms;
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < end) {
          await client.send(bytes);
          statements += 1;
        }
      }),
    );
  };
  await runFor(Number(seconds) * 300);
  statements = 0;
  const start = performance.now();
  await runFor(Number(seconds) * 1000);
  const elapsed = performance.now() - start;
  for (const client of clients) {
    client.close();
  }
  process.stdout.write(`${JSON.stringify({ perSecond: (statements / elapsed) * 1000 })}\n`);
}

await main();
