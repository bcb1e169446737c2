import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Client } from 'pg';
import { startExecutor, type ExecutorServer } from '../services/executor.js';
import { startOwnPostgres } from '../services/postgres.js';
import { startRedis, type RedisServer } from '../services/redis.js';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

/** How a cluster of processes of this machine is started. */
export interface TestClusterOptions {
  readonly gateways?: number;
  readonly executors?: number;
  /** Tasks at a time, and threads, of an executor. */
  readonly places?: number;
  /** A directory of the caller's; a copy of the small sample, removed at the end, when absent. */
  readonly data?: string;
  readonly gatewayArguments?: readonly string[];
}

/** Redis, gateways and executors over one directory. */
export interface TestCluster {
  readonly redis: RedisServer;
  readonly data: string;
  readonly gateways: SluiceServer[];
  readonly executors: ExecutorServer[];
  /** The first gateway. */
  readonly gateway: SluiceServer;
  addGateway(): Promise<SluiceServer>;
  addExecutor(extra?: readonly string[]): Promise<ExecutorServer>;
  /** Keys in Redis. */
  keys(): Promise<readonly string[]>;
  /** Ends everything in order; asserts that nothing is left. */
  stop(): Promise<void>;
}

/** Keys that stay: BullMQ's own of each queue, bounded in number and size. */
const LASTING_KEY = /:(?:interactive|batch|jobs)-[^:]+:(?:meta|id|events|marker|stalled-check)$/;

/** Starts a cluster and waits until its first gateway can run a query on it. */
export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-cluster-'));
  const state = join(directory, 'state');
  const data = options.data ?? (await writableSampleDirectory());
  const redis = await startRedis();
  const gateways: SluiceServer[] = [];
  const executors: ExecutorServer[] = [];
  const places = options.places ?? 2;
  const shared = ['--redis', redis.url, '--cluster', 'test'];
  const keys = async (): Promise<readonly string[]> => {
    const client = new Redis(redis.url);
    const found = await client.keys('*');
    client.disconnect();
    return found;
  };
  const cluster: TestCluster = {
    redis,
    data,
    gateways,
    executors,
    get gateway() {
      const [first] = gateways;
      if (first === undefined) {
        throw new Error('the cluster has no gateway');
      }
      return first;
    },
    addGateway: async () => {
      const spill = join(directory, `spill-${gateways.length}-${Date.now()}`);
      const gateway = await startSluice({ data, state, extra: [...shared, '--spill', spill, ...(options.gatewayArguments ?? [])] });
      gateways.push(gateway);
      return gateway;
    },
    addExecutor: async (extra = []) => {
      const size = ['--executors', String(places), '--threads', String(places)];
      const executor = await startExecutor([...shared, '--data', data, '--state', state, ...size, ...extra]);
      executors.push(executor);
      return executor;
    },
    keys,
    stop: async () => {
      const problems: string[] = [];
      const note = (error: unknown): void => {
        problems.push(error instanceof Error ? error.message : String(error));
      };
      for (const gateway of gateways) {
        await gateway.stop().catch(note);
      }
      for (const executor of executors) {
        await executor.stop().catch(note);
      }
      const left = await keys().catch(() => []);
      await redis.stop();
      rmSync(directory, { recursive: true, force: true });
      if (options.data === undefined) {
        rmSync(data, { recursive: true, force: true });
      }
      problems.push(...left.filter((key) => !LASTING_KEY.test(key) && !/:(?:executors|gateways|executor:[^:]+|gateway:[^:]+|gateway-number:\d+)$/.test(key)));
      if (problems.length > 0) {
        throw new Error(`the cluster did not end well: ${problems.join('\n')}`);
      }
    },
  };
  for (let count = 0; count < (options.gateways ?? 1); count += 1) {
    await cluster.addGateway();
  }
  await Promise.all(Array.from({ length: options.executors ?? 2 }, () => cluster.addExecutor()));
  return cluster;
}

/** Two gateways over one catalog in PostgreSQL, with a client of each. */
export interface SharedCatalogCluster {
  readonly cluster: TestCluster;
  readonly first: Client;
  readonly second: Client;
  /** Ends clients, cluster and PostgreSQL. */
  stop(): Promise<void>;
}

/** Starts a cluster of two gateways that share a catalog. */
export async function startSharedCatalogCluster(): Promise<SharedCatalogCluster> {
  const postgres = await startOwnPostgres();
  const catalog = `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${postgres.database}`;
  const cluster = await startTestCluster({ gateways: 2, executors: 1, gatewayArguments: ['--catalog', catalog] });
  const [one, two] = cluster.gateways;
  assert(one !== undefined && two !== undefined);
  const [first, second] = [await one.connect(), await two.connect()];
  return {
    cluster,
    first,
    second,
    stop: async () => {
      await first.end();
      await second.end();
      await cluster.stop();
      await postgres.stop();
    },
  };
}
