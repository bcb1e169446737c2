import { serialize } from 'pg-protocol';
import { ByteClient } from './byte-client.js';

/**
 * A process of its own that keeps N connections busy with one statement and prints how many it ran:
 * `node statement-client.js PORT USER DATABASE CONNECTIONS MODE SECONDS SQL`. Modes: `simple`, `extended` (parsed each time),
 * `prepared` (parsed once; the parameters $1 and $2 are a number and a text). `{n}` in the text is a number, new each time.
 */
async function main(): Promise<void> {
  const [port = '', user = '', database = '', connections = '', mode = '', seconds = '', sql = ''] = process.argv.slice(2);
  const clients = await Promise.all(Array.from({ length: Number(connections) }, () => ByteClient.open(Number(port), user, database)));
  if (mode === 'prepared') {
    await Promise.all(clients.map((client) => client.send(Buffer.concat([serialize.parse({ name: 'statement', text: sql }), serialize.sync()]))));
  }
  let sent = 0;
  const hasNumber = sql.includes('{n}');
  const fixed = messages(mode, sql, 0);
  const next = (): Buffer => {
    sent += 1;
    return mode === 'prepared' ? messages(mode, sql, sent) : hasNumber ? messages(mode, sql.replaceAll('{n}', String(sent)), sent) : fixed;
  };
  let statements = 0;
  const runFor = async (ms: number): Promise<void> => {
    const end = performance.now() + ms;
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < end) {
          await client.send(next());
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

function messages(mode: string, sql: string, number: number): Buffer {
  switch (mode) {
    case 'simple':
      return serialize.query(sql);
    case 'prepared':
      return Buffer.concat([serialize.bind({ statement: 'statement', values: [String(number), `event ${number}`] }), serialize.execute({}), serialize.sync()]);
    default:
      return Buffer.concat([serialize.parse({ text: sql }), serialize.bind({}), serialize.describe({ type: 'P' }), serialize.execute({}), serialize.sync()]);
  }
}

await main();
