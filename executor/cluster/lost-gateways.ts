import { join } from 'node:path';
import { removeAbandoned } from '../../fs/owner/owner.js';
import type { PoolLog } from '../pool/options.js';
import { QUERIES_FOLDER } from '../stages/staged-query.js';
import type { ClusterNames } from './names.js';
import type { RedisConnection } from './redis-connection.js';
import type { Registry } from './registry.js';

/** How often gateways are looked for that are gone, and how long one must be before it is taken for dead. */
const LOOK_MS = 5_000;
const GONE_MS = 30_000;

/** One gateway removes at a time, this long at most. */
const REMOVAL_MS_MAX = 600_000;

/** What is needed to remove what dead gateways left. */
export interface LostGatewaysOptions {
  readonly redis: RedisConnection;
  readonly names: ClusterNames;
  readonly registry: Registry;
  readonly shuffleDirectory: string;
  readonly stateDirectory: string;
  readonly log: PoolLog;
}

/**
 * Removes the shuffle files and temporary tables of gateways that died, at once those of this machine's. What they were publishing is left to the next start there: only that can tell how far it had come.
 */
export class LostGateways {
  readonly #options: LostGatewaysOptions;
  readonly #goneSince = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;

  constructor(options: LostGatewaysOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { redis, registry, log } = this.#options;
    if (this.#looking) {
      return;
    }
    if (redis.status !== 'ready') {
      this.#goneSince.clear(); // nobody could renew its record
      return;
    }
    this.#looking = true;
    try {
      const { lost } = await registry.gateways();
      const now = performance.now();
      for (const [id, owner] of lost) {
        if (!this.#goneSince.has(id)) {
          await this.#removeOwn();
        }
        const since = this.#goneSince.get(id) ?? now;
        this.#goneSince.set(id, since);
        if (now - since >= GONE_MS) {
          await this.#remove(id, owner);
        }
      }
      const ids = new Set(lost.keys());
      for (const id of this.#goneSince.keys()) {
        if (!ids.has(id)) {
          this.#goneSince.delete(id);
        }
      }
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'what a lost gateway left could not be removed');
    } finally {
      this.#looking = false;
    }
  }

  /** Of gateways of this machine it is certain that they are dead. */
  async #removeOwn(): Promise<void> {
    await Promise.all(this.#parents.map((parent) => removeAbandoned(parent)));
  }

  get #parents(): readonly string[] {
    const { shuffleDirectory, stateDirectory } = this.#options;
    return [join(shuffleDirectory, QUERIES_FOLDER), join(stateDirectory, TEMPORARY_FOLDER)];
  }

  async #remove(id: string, owner: string): Promise<void> {
    const { redis, names, registry, log } = this.#options;
    if ((await redis.set(names.removal(id), '1', 'PX', REMOVAL_MS_MAX, 'NX')) !== 'OK') {
      return;
    }
    const removed = await Promise.all(this.#parents.map((parent) => removeAbandoned(parent, undefined, (found) => found === owner)));
    await registry.forget('gateway', id);
    await redis.del(names.removal(id));
    log.info({ gateway: id, folders: removed.flat().length }, 'removed what a lost gateway left');
  }
}

/** Folder of the state directory in which every gateway has its temporary files. */
export const TEMPORARY_FOLDER = 'temporary';
