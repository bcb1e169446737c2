import type { FromExecutor, TaskSettings, TaskWork } from '../protocol/messages.js';

/** Raised by one whenever a message below, or a job's data, changes its meaning. */
export const LINK_VERSION = 1;

/** What a task's job in Redis says: where its work and its secret-keeper are. The work itself never lies in Redis. */
export interface TaskJob {
  readonly gateway: string;
  readonly host: string;
  readonly port: number;
  /** Known to Redis and the gateway only: who has it may do the task, once. */
  readonly secret: string;
}

/** What an executor says on a link it dialled. Messages of a task are those of its process. */
export type FromLink =
  | { readonly kind: 'claim'; readonly id: string; readonly secret: string; readonly executor: string }
  | { readonly kind: 'alive' }
  | Extract<FromExecutor, { readonly kind: 'started' | 'streamed' | 'collected' | 'described' | 'failed' }>;

/** What a gateway says: the work for a claim, or that it is no longer wanted. */
export type ToLink =
  | { readonly kind: 'task'; readonly task: number; readonly attempt: number; readonly settings: TaskSettings; readonly work: TaskWork }
  | { readonly kind: 'gone'; readonly id: string }
  | { readonly kind: 'cancel'; readonly task: number }
  | { readonly kind: 'alive' };

/** Either side says so this often while a task runs, and takes the other for lost after so long without a byte. */
export const ALIVE_MS = 3_000;
export const SILENCE_MS_MAX = 15_000;

const FROM_LINK_KINDS: ReadonlySet<unknown> = new Set<FromLink['kind']>(['claim', 'alive', 'started', 'streamed', 'collected', 'described', 'failed']);
const TO_LINK_KINDS: ReadonlySet<unknown> = new Set<ToLink['kind']>(['task', 'gone', 'cancel', 'alive']);

/** True for a message of an executor. Beyond its kind the shape is trusted: the queue's name holds the version. */
export function isFromLink(value: unknown): value is FromLink {
  return typeof value === 'object' && value !== null && 'kind' in value && FROM_LINK_KINDS.has(value.kind);
}

/** True for a message of a gateway. */
export function isToLink(value: unknown): value is ToLink {
  return typeof value === 'object' && value !== null && 'kind' in value && TO_LINK_KINDS.has(value.kind);
}
