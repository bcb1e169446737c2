/** Names of everything a cluster keeps in Redis. The braces put all keys of one cluster into one slot of a Redis Cluster. */
export interface ClusterNames {
  /** Prefix of BullMQ's keys. */
  readonly queues: string;
  readonly member: (kind: MemberKind, id: string) => string;
  readonly members: (kind: MemberKind) => string;
  /** Channel on which the gateway of this number is told of cancel requests. */
  readonly cancels: (gatewayNumber: number) => string;
  /** Held by the gateway that has the number. */
  readonly gatewayNumber: (gatewayNumber: number) => string;
  /** Records of jobs by id, and the ids of those to be stopped. */
  readonly jobs: string;
  readonly canceledJobs: string;
  /** Held while one gateway removes what a dead one left. */
  readonly removal: (gatewayId: string) => string;
}

/** Processes of a cluster. */
export type MemberKind = 'executor' | 'gateway';

/** The names of the cluster called so. */
export function clusterNames(cluster: string): ClusterNames {
  const prefix = `{sluice:${cluster}}`;
  return {
    queues: prefix,
    member: (kind, id) => `${prefix}:${kind}:${id}`,
    members: (kind) => `${prefix}:${kind}s`,
    cancels: (gatewayNumber) => `${prefix}:cancels:${gatewayNumber}`,
    gatewayNumber: (gatewayNumber) => `${prefix}:gateway-number:${gatewayNumber}`,
    jobs: `${prefix}:jobs`,
    canceledJobs: `${prefix}:canceled-jobs`,
    removal: (gatewayId) => `${prefix}:removal:${gatewayId}`,
  };
}
