import { storeIdentity } from '../../fs/owner/store-identity.js';
import { mountOf, readMounts } from '../../fs/store/mounts.js';
import type { PoolLog } from '../../executor/pool/options.js';
import type { ClusterGateway } from '../../executor/cluster/join-as-gateway.js';
import { joinAsGateway } from '../../executor/cluster/join-as-gateway.js';
import type { SharedStore } from '../../executor/cluster/member.js';
import { clusterNames } from '../../executor/cluster/names.js';
import type { ClusterNames } from '../../executor/cluster/names.js';
import { connectRedis, parseRedisUrl } from '../../executor/cluster/redis-connection.js';
import type { RedisConnection } from '../../executor/cluster/redis-connection.js';
import { SLUICE_VERSION } from '../settings/definitions.js';
import type { Directories } from './directories.js';
import { sharedDirectory } from './directories.js';
import type { OptionValues } from './options.js';
import { UsageError } from './usage-error.js';

// Loaded only with --redis: embedded neither needs BullMQ nor waits for it to load.

/** Name of a cluster that nobody named. */
const CLUSTER_NAME_DEFAULT = 'sluice';

/** A cluster's Redis. Throws UsageError for a URL that is none, Error when nobody answers. */
export async function openRedis(values: OptionValues): Promise<{ readonly redis: RedisConnection; readonly names: ClusterNames }> {
  const url = values.get('redis');
  if (url === undefined) {
    throw new UsageError('--redis URL is required: the Redis that the gateways of the cluster use');
  }
  const place = readPlace(url);
  return { redis: await connectRedis(place), names: clusterNames(values.get('cluster') ?? CLUSTER_NAME_DEFAULT) };
}

function readPlace(url: string): ReturnType<typeof parseRedisUrl> {
  try {
    return parseRedisUrl(url);
  } catch (error) {
    throw new UsageError(`--redis: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What this process sees of the directories that all members share. */
export async function openSharedStore({ data, stateDirectory }: Directories): Promise<SharedStore> {
  const dataRoot = sharedDirectory(data);
  return {
    dataRoot,
    stateDirectory,
    identity: await storeIdentity(stateDirectory),
    fileSystem: mountOf(await readMounts(), dataRoot)?.type ?? 'unknown',
  };
}

/** Makes this process a gateway of the cluster that --redis names. */
export async function joinCluster(values: OptionValues, directories: Directories, log: PoolLog): Promise<ClusterGateway> {
  const { redis, names } = await openRedis(values);
  try {
    return await joinAsGateway({
      redis,
      names,
      release: SLUICE_VERSION,
      store: await openSharedStore(directories),
      shuffleDirectory: directories.shuffleDirectory,
      host: values.get('cluster-host') ?? ownAddress(redis),
      port: Number(values.get('cluster-port') ?? 0),
      log,
    });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** The address from which Redis is reached: executors that reach the same Redis reach it, too, in most networks. */
function ownAddress(redis: RedisConnection): string {
  const stream: unknown = 'stream' in redis ? redis.stream : undefined;
  const address: unknown = typeof stream === 'object' && stream !== null && 'localAddress' in stream ? stream.localAddress : undefined;
  if (typeof address !== 'string') {
    throw new UsageError('--cluster-host is needed here: the address of this machine at which executors reach it');
  }
  return address.replace(/^::ffff:/, '');
}
