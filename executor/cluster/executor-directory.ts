import type { TaskDesk } from './task-desk.js';
import type { ExecutorRecord, GatewayRecord } from './member.js';
import { mismatchOf } from './member.js';
import type { RedisConnection } from './redis-connection.js';
import { MEMBER_TTL_MS, type Registry } from './registry.js';

/** How often the registry is read. */
const READ_MS = 1_000;

/** Records come back this long after Redis does: until then a missing one says nothing. */
const SETTLE_MS = MEMBER_TTL_MS + 5_000;

/** What a directory works with. */
export interface DirectoryOptions {
  readonly registry: Registry;
  readonly redis: RedisConnection;
  readonly gateway: () => GatewayRecord;
  readonly log: { warn(fields: object, message: string): void };
}

/** The executors as a gateway knows them, a second old at most while Redis is there. */
export class ExecutorDirectory {
  readonly #options: DirectoryOptions;
  #executors: readonly ExecutorRecord[] = [];
  #timer: NodeJS.Timeout | null = null;
  #desk: TaskDesk | null = null;
  #reachedSinceMs: number | null = null;
  readonly #warned = new Set<string>();
  #closed = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** Starts to read; the links of executors that are gone are ended. */
  async open(desk: TaskDesk): Promise<void> {
    this.#desk = desk;
    await this.#read();
    this.#schedule();
  }

  /** All executors, also those this gateway cannot use. */
  get all(): readonly ExecutorRecord[] {
    return this.#executors;
  }

  /** Those that take this gateway's tasks. */
  get usable(): readonly ExecutorRecord[] {
    const gateway = this.#options.gateway();
    return this.#executors.filter((executor) => executor.state === 'ready' && mismatchOf(executor, gateway) === null);
  }

  /** Tasks all of them run at the same time. */
  get places(): number {
    return this.usable.reduce((sum, { places }) => sum + places, 0);
  }

  /** DuckDB threads of all of them. */
  get threads(): number {
    return this.usable.reduce((sum, { threads }) => sum + threads, 0);
  }

  /** Why none can be used, for an error's detail. */
  whyNone(): string {
    const gateway = this.#options.gateway();
    const reasons = this.#executors.map((executor) => {
      const mismatch = mismatchOf(executor, gateway);
      return `${executor.host} (${executor.id}): ${mismatch ?? (executor.state === 'draining' ? 'it is draining' : 'it is ready')}`;
    });
    return reasons.length === 0 ? 'No executor is registered.' : reasons.slice(0, 5).join('; ');
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
    }
  }

  #schedule(): void {
    if (!this.#closed) {
      this.#timer = setTimeout(() => void this.#read().finally(() => this.#schedule()), READ_MS);
    }
  }

  async #read(): Promise<void> {
    if (this.#options.redis.status !== 'ready') {
      this.#reachedSinceMs = null;
      return;
    }
    this.#reachedSinceMs ??= performance.now();
    try {
      const { present: executors, lost } = await this.#options.registry.executors();
      const isSettled = this.#reachedSinceMs !== null && performance.now() - this.#reachedSinceMs > SETTLE_MS;
      if (executors.length > 0 || isSettled) {
        this.#executors = executors;
      }
      if (isSettled) {
        const there = new Set(executors.map(({ id }) => id));
        this.#desk?.dropExecutors((id) => !there.has(id));
        for (const id of lost.keys()) {
          await this.#options.registry.forget('executor', id);
        }
      }
      this.#warn();
    } catch {
      this.#reachedSinceMs = null;
    }
  }

  /** Says once of each executor that it cannot be used. */
  #warn(): void {
    const gateway = this.#options.gateway();
    for (const executor of this.#executors) {
      const reason = mismatchOf(executor, gateway);
      if (reason !== null && !this.#warned.has(executor.id)) {
        this.#warned.add(executor.id);
        this.#options.log.warn({ executor: executor.id, host: executor.host, reason }, 'an executor cannot run tasks of this gateway');
      }
    }
  }
}
