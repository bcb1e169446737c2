import { Cluster } from 'ioredis';
import type { ClusterNames } from './names.js';
import type { RedisConnection } from './redis-connection.js';

/** A cancel request as it goes from the gateway that a client reached to the one that has the session. */
export interface RelayedCancel {
  readonly processId: number;
  readonly secret: Buffer;
}

/** Bits of a process id that number the sessions of one gateway; the gateway's own number stands above them. */
const SESSION_BITS = 20;

/** Carries cancel requests between gateways: the process id of a cancel key names the gateway it is of. */
export class CancelRelay {
  readonly #redis: RedisConnection;
  readonly #listener: RedisConnection;
  readonly #names: ClusterNames;
  readonly #number: number;

  private constructor(redis: RedisConnection, listener: RedisConnection, names: ClusterNames, number: number) {
    this.#redis = redis;
    this.#listener = listener;
    this.#names = names;
    this.#number = number;
  }

  /** Listens for requests that other gateways were given for this one. */
  static async open(redis: RedisConnection, names: ClusterNames, number: number): Promise<CancelRelay> {
    const listener: RedisConnection = redis instanceof Cluster ? redis.duplicate() : redis.duplicate();
    listener.on('error', () => undefined); // of the connection; it is made again, and subscribed again
    await listener.subscribe(names.cancels(number));
    return new CancelRelay(redis, listener, names, number);
  }

  /** The first and last process id of this gateway's sessions. */
  get processIds(): { readonly first: number; readonly last: number } {
    const first = this.#number << SESSION_BITS;
    return { first, last: first + (1 << SESSION_BITS) - 1 };
  }

  /** What to do with requests for this gateway. */
  listen(onCancel: (cancel: RelayedCancel) => void): void {
    this.#listener.on('message', (_channel: string, text: string) => {
      const [processId, secret] = text.split(' ');
      onCancel({ processId: Number(processId), secret: Buffer.from(secret ?? '', 'base64') });
    });
  }

  /** Passes a request on. One that cannot be passed on at once is dropped: later it might hit another statement. */
  send({ processId, secret }: RelayedCancel): void {
    if (this.#redis.status === 'ready') {
      const channel = this.#names.cancels(processId >> SESSION_BITS);
      this.#redis.publish(channel, `${processId} ${secret.toString('base64')}`).catch(() => undefined);
    }
  }

  close(): void {
    this.#listener.disconnect();
  }
}
