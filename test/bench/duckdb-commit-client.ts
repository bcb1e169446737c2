import { DuckDBInstance } from '@duckdb/node-api';

/**
 * A process of its own that inserts single rows into a DuckDB file over N connections, a commit each, and prints how many:
 * `node duckdb-commit-client.js FILE CONNECTIONS SECONDS`.
 */
async function main(): Promise<void> {
  const [path = '', connections = '', seconds = ''] = process.argv.slice(2);
  const instance = await DuckDBInstance.create(path);
  const all = await Promise.all(Array.from({ length: Number(connections) }, () => instance.connect()));
  await all[0]?.run('CREATE TABLE IF NOT EXISTS events (id INTEGER, name VARCHAR)');
  let sent = 0;
  let commits = 0;
  const runFor = async (ms: number): Promise<void> => {
    const end = performance.now() + ms;
    await Promise.all(
      all.map(async (connection) => {
        while (performance.now() < end) {
          sent += 1;
          await connection.run(`INSERT INTO events (id, name) VALUES (${sent}, 'event ${sent}')`);
          commits += 1;
        }
      }),
    );
  };
  await runFor(Number(seconds) * 300);
  commits = 0;
  const start = performance.now();
  await runFor(Number(seconds) * 1000);
  const elapsed = performance.now() - start;
  for (const connection of all) {
    connection.closeSync();
  }
  instance.closeSync();
  process.stdout.write(`${JSON.stringify({ perSecond: (commits / elapsed) * 1000 })}\n`);
}

await main();
