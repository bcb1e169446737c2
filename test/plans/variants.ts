import { RULE_NAMES } from '../../planner/distribute/distributed-plan.js';
import type { Variant } from './equal-results.js';

/** Ways of distributing that every statement must survive: one partition, few, more than there are rows in a group. */
export const PARTITION_VARIANTS: readonly Variant[] = [
  { name: '1 partition', partitionCount: 1 },
  { name: '3 partitions', partitionCount: 3 },
  { name: '16 partitions', partitionCount: 16 },
  { name: 'SHUFFLE_HASH(*)', partitionCount: 3, shuffleAll: true },
  { name: 'no broadcast', partitionCount: 4, broadcastByteLimit: 0 },
];

/** Each rule off in turn. */
export const RULE_VARIANTS: readonly Variant[] = RULE_NAMES.map((rule) => ({ name: `without ${rule}`, partitionCount: 3, rulesOff: [rule] }));

/** All of them. */
export const VARIANTS: readonly Variant[] = [...PARTITION_VARIANTS, ...RULE_VARIANTS];
