import { ownerName } from '../../fs/owner/owner.js';
import type { ClusterNames, MemberKind } from './names.js';
import type { ExecutorRecord, GatewayRecord } from './member.js';
import type { RedisConnection } from './redis-connection.js';

/** Records live this long without being renewed: a member that died is gone from the registry after it. */
export const MEMBER_TTL_MS = 10_000;

/** How often a member renews its record. */
const RENEW_MS = 2_500;

/** A member's record while it is kept. */
export interface Enrolment {
  /** Writes the record as it is now, at once. */
  renew(): Promise<void>;
  /** Takes the record out. */
  leave(): Promise<void>;
}

/** Members of one kind. */
export interface Members<Member> {
  /** Those that are there. */
  readonly present: readonly Member[];
  /** Those that are gone without having left: their ids, and the names that their directories' owner records have. */
  readonly lost: ReadonlyMap<string, string>;
}

/** Who is in the cluster: a record a member, each renewed by its owner and gone when that died. */
export class Registry {
  readonly #redis: RedisConnection;
  readonly #names: ClusterNames;

  constructor(redis: RedisConnection, names: ClusterNames) {
    this.#redis = redis;
    this.#names = names;
  }

  /** Enters a member; `record` is asked for what it is each time the record is renewed. */
  async enter(kind: 'executor', id: string, record: () => ExecutorRecord): Promise<Enrolment>;
  async enter(kind: 'gateway', id: string, record: () => GatewayRecord): Promise<Enrolment>;
  async enter(kind: MemberKind, id: string, record: () => ExecutorRecord | GatewayRecord): Promise<Enrolment> {
    const owner = await ownerName();
    let left = false;
    let renewing: Promise<void> | null = null;
    const write = async (): Promise<void> => {
      await this.#redis.set(this.#names.member(kind, id), JSON.stringify(record()), 'PX', MEMBER_TTL_MS);
      await this.#redis.hset(this.#names.members(kind), id, owner);
    };
    const renew = async (): Promise<void> => {
      // While Redis is away one renewal waits for it; more of them would only pile up.
      renewing ??= write().finally(() => {
        renewing = null;
      });
      await renewing;
    };
    await renew();
    const timer = setInterval(() => {
      if (!left) {
        renew().catch(() => undefined);
      }
    }, RENEW_MS);
    return {
      renew,
      leave: async () => {
        left = true;
        clearInterval(timer);
        if (this.#redis.status !== 'ready') {
          return; // the record goes by itself
        }
        await this.#redis.del(this.#names.member(kind, id));
        await this.#redis.hdel(this.#names.members(kind), id);
      },
    };
  }

  /** The executors. */
  async executors(): Promise<Members<ExecutorRecord>> {
    const { present, lost } = await this.#read('executor');
    return { present: present.map((text): ExecutorRecord => JSON.parse(text)), lost };
  }

  /** The gateways. */
  async gateways(): Promise<Members<GatewayRecord>> {
    const { present, lost } = await this.#read('gateway');
    return { present: present.map((text): GatewayRecord => JSON.parse(text)), lost };
  }

  /** True while the member's record is there. */
  async has(kind: MemberKind, id: string): Promise<boolean> {
    return (await this.#redis.exists(this.#names.member(kind, id))) === 1;
  }

  /** Forgets a member that is gone. */
  async forget(kind: MemberKind, id: string): Promise<void> {
    await this.#redis.hdel(this.#names.members(kind), id);
  }

  async #read(kind: MemberKind): Promise<Members<string>> {
    const owners = await this.#redis.hgetall(this.#names.members(kind));
    const ids = Object.keys(owners);
    if (ids.length === 0) {
      return { present: [], lost: new Map() };
    }
    const texts = await this.#redis.mget(ids.map((id) => this.#names.member(kind, id)));
    return {
      present: texts.filter((text) => text !== null),
      lost: new Map(ids.filter((_, index) => texts[index] === null).map((id) => [id, owners[id] ?? ''])),
    };
  }
}
