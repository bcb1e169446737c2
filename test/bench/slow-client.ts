import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { smallSampleDirectory } from '../services/sample-data.js';
import { residentBytes } from '../services/process-tree.js';
import { startSluice } from '../services/sluice.js';
import { ByteClient } from './byte-client.js';
import type { BenchContext, BenchTable } from './measure.js';

const MEGABYTE = 1024 * 1024;

/** Rows that the client reads; in CI's small form it leaves after a moment instead. */
const ROWS = 100_000_000;
const SMALL_MS = 1500;
/** It reads for 10 ms, then does something else for so long. */
const PAUSE_MS = 40;

/** The gateway's memory while a client reads a result of 100 M rows a little at a time. */
export async function benchSlowClient(context: BenchContext): Promise<BenchTable> {
  const sluice = await startSluice({ data: await smallSampleDirectory(), executors: 1, threads: context.threads });
  const client = await ByteClient.open(sluice.port, sluice.user, sluice.database);
  const samples: number[] = [];
  const start = performance.now();
  const streaming = { ended: false };
  const rows = client.query(`SELECT a.*, b.origin FROM flights a, flights b LIMIT ${ROWS}`).finally(() => {
    streaming.ended = true;
  });
  // Looked at below; it must not be taken for forgotten before.
  rows.catch(() => undefined);
  while (!streaming.ended && !(context.small && performance.now() > start + SMALL_MS)) {
    client.socket.pause();
    await sleep(PAUSE_MS);
    client.socket.resume();
    await sleep(10);
    samples.push(residentBytes(sluice.pid) / MEGABYTE);
  }
  if (!context.small) {
    assert.equal((await rows).rows, ROWS);
    context.log(`slow-client: ${ROWS} rows in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  client.socket.destroy();
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
