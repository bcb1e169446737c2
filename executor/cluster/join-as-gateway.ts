import { randomInt, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { PoolLog } from '../pool/options.js';
import { CancelRelay } from './cancel-relay.js';
import { ClusterEngine } from './cluster-engine.js';
import { ExecutorDirectory } from './executor-directory.js';
import type { ExecutorRecord, GatewayRecord, SharedStore } from './member.js';
import { ownVersions } from './member.js';
import { JobStore } from './job-store.js';
import { LostGateways } from './lost-gateways.js';
import type { ClusterNames } from './names.js';
import type { RedisConnection } from './redis-connection.js';
import { MEMBER_TTL_MS, Registry } from './registry.js';
import { TaskDesk } from './task-desk.js';
import { TaskQueues } from './task-queues.js';

/** Numbers of gateways are 1 to this: 11 bits of the 31 that a cancel key has for its process id. */
export const GATEWAY_NUMBER_MAX = 2047;

/** How a gateway joins. */
export interface GatewayOptions {
  readonly redis: RedisConnection;
  readonly names: ClusterNames;
  readonly release: string;
  readonly store: SharedStore;
  readonly shuffleDirectory: string;
  /** Where executors dial, and where this gateway listens for them. */
  readonly host: string;
  readonly port: number;
  readonly log: PoolLog;
}

/** A gateway that is part of a cluster. */
export interface ClusterGateway {
  readonly engine: ClusterEngine;
  readonly id: string;
  readonly number: number;
  readonly registry: Registry;
  readonly executors: () => readonly ExecutorRecord[];
  readonly cancels: CancelRelay;
  readonly jobs: JobStore;
}

/** Joins the cluster as a gateway: listens for executors, enters the registry, reads who else is there. */
export async function joinAsGateway(options: GatewayOptions): Promise<ClusterGateway> {
  const { redis, names, store, log } = options;
  const id = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const versions = ownVersions();
  const registry = new Registry(redis, names);
  const queues = new TaskQueues(redis, names, versions);
  const desk = await TaskDesk.listen({ gateway: id, release: options.release, host: options.host, port: options.port, queues, redis });
  const number = await takeNumber(redis, names, id);
  const record: GatewayRecord = {
    id,
    number,
    release: options.release,
    versions,
    host: hostname(),
    processId: process.pid,
    store,
    startedMs: Date.now(),
    taskAddress: { host: options.host, port: desk.port },
  };
  const keepNumber = setInterval(() => {
    if (redis.status === 'ready') {
      redis.set(names.gatewayNumber(number), id, 'PX', 4 * MEMBER_TTL_MS).catch(() => undefined);
    }
  }, MEMBER_TTL_MS);
  const enrolment = await registry.enter('gateway', id, () => record);
  const directory = new ExecutorDirectory({ registry, redis, gateway: () => record, log });
  await directory.open(desk);
  const cancels = await CancelRelay.open(redis, names, number);
  const jobs = new JobStore(redis, names, versions);
  const lost = new LostGateways({ redis, names, registry, shuffleDirectory: options.shuffleDirectory, stateDirectory: store.stateDirectory, log });
  const engine = await ClusterEngine.start({
    desk,
    directory,
    shuffleDirectory: options.shuffleDirectory,
    log,
    close: async () => {
      directory.close();
      lost.close();
      cancels.close();
      await jobs.close();
      clearInterval(keepNumber);
      await desk.close();
      await enrolment.leave();
      if (redis.status === 'ready') {
        await redis.del(names.gatewayNumber(number));
      }
      await queues.close();
      redis.disconnect();
    },
  });
  log.info({ gateway: id, host: options.host, port: desk.port }, 'joined the cluster');
  return { engine, id, number, registry, executors: () => directory.all, cancels, jobs };
}

/** A number no other living gateway has. */
async function takeNumber(redis: RedisConnection, names: ClusterNames, id: string): Promise<number> {
  for (;;) {
    const number = randomInt(1, GATEWAY_NUMBER_MAX + 1);
    if ((await redis.set(names.gatewayNumber(number), id, 'PX', 4 * MEMBER_TTL_MS, 'NX')) === 'OK') {
      return number;
    }
  }
}
