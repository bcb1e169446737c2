import type { OptionValues } from '../cli/options.js';
import { checkOption, OPTION_DEFINITIONS } from '../cli/options.js';
import { UsageError } from '../cli/usage-error.js';

/** The options of `connect`: the command line's, by their names in camel case, with the same meanings, checks and defaults. */
export interface ConnectOptions {
  /** Directory, or place in S3, whose files and folders are the tables; every path below is inside it. */
  readonly data: string;
  /** Executor processes kept ready, and tasks of one distributed action at once. Without `redis`. */
  readonly executors?: number;
  /** Most executor processes; every running action holds at least one. */
  readonly executorsMax?: number;
  /** DuckDB threads of each executor process. */
  readonly threads?: number;
  /** Memory all running actions may use together, such as '16GB'. */
  readonly memory?: string;
  /** Directory for shuffle files and results being written. */
  readonly state?: string;
  /** Local directory for what does not fit into memory. */
  readonly spill?: string;
  /** debug, info, warn (the default), error or silent; to standard error. */
  readonly logLevel?: string;
  /** Redis of a cluster whose executors do the work: redis://host:6379 and its kin. */
  readonly redis?: string;
  /** Name of the cluster. */
  readonly cluster?: string;
  /** Address and port of this machine at which the cluster's executors reach it. */
  readonly clusterHost?: string;
  readonly clusterPort?: number;
  /** Catalog of the stored tables: a DuckDB file, or postgres://... */
  readonly catalog?: string;
  readonly snapshotRetention?: string;
  /** For data in S3, as the flags of these names. */
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3PathStyle?: 'on' | 'off';
  readonly s3CacheSize?: string;
  /** The role whose rights hold. */
  readonly user?: string;
  /** Settings as SET has them: { 'sluice.partitions': 16, TimeZone: 'UTC' }. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** Options that are no flags of the command line. */
const OTHERS: ReadonlySet<string> = new Set(['user', 'settings']);

/** Flags by which no library is started: those of the listener. */
const NAMES: ReadonlySet<string> = new Set([
  'data',
  'executors',
  'executors-max',
  'threads',
  'memory',
  'state',
  'spill',
  'log-level',
  'redis',
  'cluster',
  'cluster-host',
  'cluster-port',
  'catalog',
  'snapshot-retention',
  's3-endpoint',
  's3-region',
  's3-path-style',
  's3-cache-size',
]);

/** Checks options as the command line does. Throws UsageError. */
export function optionValues(options: ConnectOptions): OptionValues {
  const values = new Map<string, string>([['log-level', 'warn']]);
  for (const [key, value] of Object.entries(options)) {
    const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const definition = OPTION_DEFINITIONS.find((candidate) => candidate.name === name);
    if (OTHERS.has(key) || value === undefined) {
      continue;
    }
    if (definition === undefined || !NAMES.has(name)) {
      throw new UsageError(`connect: there is no option "${key}"`);
    }
    values.set(name, checkOption(definition, String(value), `connect: ${key}`));
  }
  return values;
}
