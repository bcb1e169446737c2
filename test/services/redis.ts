import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port.js';

/** A Redis of the tests' own, on loopback, with a log of everything it was told (appendonly). */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again on its port: with what it had, or empty. */
  start(keeps: 'data' | 'nothing'): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const BINARY = '/usr/bin/redis-server';
const START_TIMEOUT_MS = 10_000;

/** Starts a Redis; further arguments are its own (`--requirepass`, `x`). */
export async function startRedis(extra: readonly string[] = [], userInfo = ''): Promise<RedisServer> {
  if (!existsSync(BINARY)) {
    throw new Error(`Redis is not installed as ${BINARY}: apt-get install redis-server`);
  }
  const directory = mkdtempSync(join(tmpdir(), 'sluice-redis-'));
  const port = await findFreePort();
  let child: ChildProcess | null = null;
  const end = async (): Promise<void> => {
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.ref();
      child.kill('SIGKILL');
      await exited;
    }
  };
  const atExit = (): void => {
    child?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  const start = async (): Promise<void> => {
    const bound = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
    child = spawn(BINARY, [...bound, '--maxmemory-policy', 'noeviction', ...extra], { stdio: 'ignore' });
    child.unref();
    await untilListening(port, child);
  };
  await start();
  return {
    url: `redis://${userInfo}127.0.0.1:${port}`,
    port,
    kill: end,
    start: async (keeps) => {
      if (keeps === 'nothing') {
        rmSync(join(directory, 'appendonlydir'), { recursive: true, force: true });
      }
      await start();
    },
    stop: async () => {
      process.removeListener('exit', atExit);
      await end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(20)) {
    if (child.exitCode !== null) {
      throw new Error(`redis-server ended with code ${child.exitCode}`);
    }
    if (await answers(port)) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(`redis-server does not listen on ${port}`);
    }
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      socket.destroy();
      // While it reads its log it says -LOADING.
      resolve(reply.toString().startsWith('+PONG') || reply.toString().startsWith('-NOAUTH'));
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
