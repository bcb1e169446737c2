import { setTimeout as sleep } from 'node:timers/promises';
import { smallSampleDirectory } from '../services/sample-data.js';
import { residentBytes } from '../services/process-tree.js';
import { startSluice } from '../services/sluice.js';
import { ByteClient } from './byte-client.js';
import type { BenchContext, BenchTable } from './measure.js';

const MEGABYTE = 1024 * 1024;

/** The gateway's memory while a client reads a result of billions of rows a little at a time. */
export async function benchSlowClient(context: BenchContext): Promise<BenchTable> {
  const sluice = await startSluice({ data: await smallSampleDirectory(), executors: 1, threads: context.threads });
  const client = await ByteClient.open(sluice.port, sluice.user, sluice.database);
  const samples: number[] = [];
  const end = performance.now() + (context.small ? 1500 : 10_000);
  const streaming = client.query('SELECT a.*, b.origin FROM flights a, flights b').catch(() => undefined);
  while (performance.now() < end) {
    client.socket.pause();
    await sleep(40);
    client.socket.resume();
    await sleep(10);
    samples.push(residentBytes(sluice.pid) / MEGABYTE);
  }
  client.socket.destroy();
  await streaming;
  await sluice.stop();
  const row = {
    name: 'gateway memory, largest',
    unit: 'MB',
    sluice: Math.max(...samples),
    other: null,
    otherName: 'a client that reads a fifth of the time',
    ratio: null,
    aim: '< 300 MB',
    raw: { mb: samples },
  } as const;
  return { name: 'slow-client', rows: [row] };
}
