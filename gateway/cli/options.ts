import { availableParallelism, totalmem } from 'node:os';
import { SqlError } from '../../planner/sql-error.js';
import { parseByteSize } from '../settings/values.js';
import { anything, clusterName, durationOrOff, logFormat, logLevel, onOrOff, portOrOff, redisUrl, rowFormat, url, wholeNumber } from './option-checks.js';
import { UsageError } from './usage-error.js';

/** One option of the command line; flag, environment variable and config key mean the same. */
export interface OptionDefinition {
  /** Flag without dashes, and key of the config file. The environment variable is SLUICE_ and the name in capitals. */
  readonly name: string;
  readonly argument: string;
  readonly description: string;
  readonly commands: readonly CommandName[];
  /** The value as it is kept, or an error whose message says what is wrong. */
  readonly check: (value: string) => string;
  /** Shown by --help. */
  readonly defaultText: string;
}

/** The commands of `sluice`. */
export type CommandName = 'serve' | 'sql' | 'executor';

/** The value of an option checked by `durationOrOff`, in milliseconds; null for off. */
export function durationOption(values: OptionValues, name: string, absent: number | null): number | null {
  const value = values.get(name);
  return value === undefined ? absent : value === 'off' ? null : Number(value);
}

/** Threads of one executor process unless --threads says otherwise: all of the machine, as DuckDB itself does. */
export const THREADS_DEFAULT: number = availableParallelism();

/** Share of the machine's memory that queries may use unless --memory says otherwise; the rest is the system's cache and the gateway's. */
const MEMORY_SHARE_DEFAULT = 0.7;

/** Bytes all running queries may use together unless --memory says otherwise. */
export const MEMORY_BYTES_DEFAULT: number = Math.floor(totalmem() * MEMORY_SHARE_DEFAULT);

/** Bytes of objects kept on the local disk unless --s3-cache-size says otherwise. */
export const S3_CACHE_BYTES_DEFAULT: number = 20 * 2 ** 30;

const EVERY_COMMAND: readonly CommandName[] = ['serve', 'sql', 'executor'];
const LOCAL: readonly CommandName[] = ['serve', 'sql'];
const SERVE: readonly CommandName[] = ['serve'];
const CLUSTER: readonly CommandName[] = ['serve', 'executor'];

/** Every option in the order --help prints it. */
export const OPTION_DEFINITIONS: readonly OptionDefinition[] = [
  {
    name: 'data',
    argument: 'DIR|URL',
    description: 'directory whose files and folders are the tables, or s3://BUCKET/PREFIX',
    commands: EVERY_COMMAND,
    check: anything,
    defaultText: 'none: it must be given',
  },
  {
    name: 'host',
    argument: 'ADDRESS',
    description: 'address to listen on; clients of other machines need a password (--auth says otherwise)',
    commands: SERVE,
    check: anything,
    defaultText: '127.0.0.1',
  },
  {
    name: 'port',
    argument: 'N',
    description: 'port for Postgres clients; 0 picks a free one',
    commands: SERVE,
    check: wholeNumber('port', 0, 65_535),
    defaultText: '5433',
  },
  {
    name: 'executors',
    argument: 'N',
    description: 'executor processes kept ready, and tasks of one distributed query at once; of sluice executor: tasks at a time',
    commands: EVERY_COMMAND,
    check: wholeNumber('executors', 1, 256),
    defaultText: '2; of sluice executor as many as --threads',
  },
  {
    name: 'executors-max',
    argument: 'N',
    description: 'most executor processes; every running query holds at least one',
    commands: LOCAL,
    check: wholeNumber('executors-max', 1, 1024),
    defaultText: '32, or --executors when that is more',
  },
  {
    name: 'threads',
    argument: 'N',
    description: 'DuckDB threads of each executor process',
    commands: EVERY_COMMAND,
    check: wholeNumber('threads', 1, 1024),
    defaultText: 'all cores',
  },
  {
    name: 'memory',
    argument: 'SIZE',
    description: 'memory all running queries may use together, such as 16GB',
    commands: EVERY_COMMAND,
    check: (value) => parseByteSize('memory', value),
    defaultText: '70 % of the machine',
  },
  {
    name: 'state',
    argument: 'DIR',
    description: 'directory for shuffle files and results being written; shared by all executors',
    commands: EVERY_COMMAND,
    check: anything,
    defaultText: '.sluice inside the data directory',
  },
  {
    name: 'spill',
    argument: 'DIR',
    description: 'local directory for what does not fit into memory',
    commands: EVERY_COMMAND,
    check: anything,
    defaultText: "inside the system's temporary directory",
  },
  {
    name: 's3-endpoint',
    argument: 'URL',
    description: "S3 server other than AWS's own, such as https://ceph.example:7480",
    commands: EVERY_COMMAND,
    check: url,
    defaultText: "the region's",
  },
  {
    name: 's3-region',
    argument: 'NAME',
    description: 'region of the bucket',
    commands: EVERY_COMMAND,
    check: anything,
    defaultText: 'AWS_REGION, or the profile',
  },
  {
    name: 's3-path-style',
    argument: 'on|off',
    description: 'the bucket stands in the path of requests, not in the host name',
    commands: EVERY_COMMAND,
    check: onOrOff,
    defaultText: 'off',
  },
  {
    name: 's3-cache-size',
    argument: 'SIZE',
    description: 'bytes of objects kept in the state directory, such as 50GB',
    commands: EVERY_COMMAND,
    check: (value) => parseByteSize('s3-cache-size', value),
    defaultText: '20GB',
  },
  {
    name: 'max-connections',
    argument: 'N',
    description: 'most client connections',
    commands: SERVE,
    check: wholeNumber('max-connections', 1, 100_000),
    defaultText: '1000',
  },
  { name: 'log-level', argument: 'LEVEL', description: 'debug, info, warn, error or silent', commands: EVERY_COMMAND, check: logLevel, defaultText: 'info' },
  { name: 'otlp-endpoint', argument: 'URL', description: 'OpenTelemetry collector of its traces', commands: SERVE, check: url, defaultText: 'none' },
  { name: 'log-format', argument: 'FORMAT', description: 'json, or pretty for people', commands: EVERY_COMMAND, check: logFormat, defaultText: 'json' },
  {
    name: 'slow-query',
    argument: 'TIME',
    description: 'statements that take longer are logged as warnings, such as 5s; off for none',
    commands: SERVE,
    check: durationOrOff('slow-query'),
    defaultText: 'off',
  },
  {
    name: 'format',
    argument: 'FORMAT',
    description: 'how rows are printed: table, csv, or json, an object a line',
    commands: ['sql'],
    check: rowFormat,
    defaultText: 'table',
  },
  { name: 'config', argument: 'FILE', description: 'JSON file with these options by name', commands: EVERY_COMMAND, check: anything, defaultText: 'none' },
  {
    name: 'http-port',
    argument: 'N|off',
    description: 'port of the console, the HTTP API and the metrics; 0 picks a free one',
    commands: SERVE,
    check: portOrOff('http-port'),
    defaultText: '8433; when that is taken, the server goes on without',
  },
  {
    name: 'http-host',
    argument: 'ADDRESS',
    description: 'address on which the console listens; one that other machines reach needs --tls-certificate',
    commands: SERVE,
    check: anything,
    defaultText: '127.0.0.1',
  },
  {
    name: 'history',
    argument: 'DIR|beside|off',
    description: 'folder that keeps past queries across restarts; off keeps them in memory only',
    commands: SERVE,
    check: anything,
    defaultText: 'beside: queries in .NAME.sluice beside the data directory NAME',
  },
  {
    name: 'redis',
    argument: 'URL',
    description: 'Redis of a cluster whose executors run the queries: redis://, rediss://, redis+sentinel://a,b/master, redis+cluster://a,b',
    commands: CLUSTER,
    check: redisUrl,
    defaultText: 'none: queries run in processes of this machine',
  },
  {
    name: 'cluster',
    argument: 'NAME',
    description: 'name of the cluster; several may share one Redis',
    commands: CLUSTER,
    check: clusterName,
    defaultText: 'sluice',
  },
  {
    name: 'cluster-host',
    argument: 'ADDRESS',
    description: 'address of this machine at which executors reach the gateway',
    commands: SERVE,
    check: anything,
    defaultText: 'the address from which it reaches Redis',
  },
  {
    name: 'cluster-port',
    argument: 'N',
    description: 'port for executors; 0 picks a free one',
    commands: SERVE,
    check: wholeNumber('cluster-port', 0, 65_535),
    defaultText: '0',
  },
  {
    name: 'labels',
    argument: 'A,B',
    description: 'words that sluice_executors shows for this executor',
    commands: ['executor'],
    check: anything,
    defaultText: 'none',
  },
  {
    name: 'drain-timeout',
    argument: 'TIME',
    description: 'how long running statements, or tasks of an executor, may go on after SIGTERM, such as 10min; off for as long as they take',
    commands: CLUSTER,
    check: durationOrOff('drain-timeout'),
    defaultText: '5s; of sluice executor 10min',
  },
  {
    name: 'catalog',
    argument: 'FILE|URL',
    description: 'catalog of the stored tables: a DuckDB file that SQL cannot read, or postgres://...',
    commands: LOCAL,
    check: anything,
    defaultText: 'a file in .NAME.sluice beside the data directory NAME',
  },
  {
    name: 'maintenance-interval',
    argument: 'TIME',
    description: 'how often stored tables are compacted and files that nothing names are removed, such as 1h; off for never',
    commands: SERVE,
    check: durationOrOff('maintenance-interval'),
    defaultText: '1h',
  },
  {
    name: 'snapshot-retention',
    argument: 'TIME',
    description: 'age at which maintenance forgets old states of stored tables, such as 7d; off for never',
    commands: LOCAL,
    check: durationOrOff('snapshot-retention'),
    defaultText: 'off',
  },
  {
    name: 'tls-certificate',
    argument: 'FILE',
    description: 'certificate in PEM, with which TLS is offered; self-signed for one made at every start',
    commands: SERVE,
    check: anything,
    defaultText: 'none',
  },
  { name: 'tls-key', argument: 'FILE', description: 'key of the certificate in PEM', commands: SERVE, check: anything, defaultText: 'none' },
  {
    name: 'tls-client-ca',
    argument: 'FILE',
    description: 'authorities in PEM whose client certificates are good',
    commands: SERVE,
    check: anything,
    defaultText: 'none',
  },
  {
    name: 'auth',
    argument: 'FILE',
    description: 'who may come in and how it is proved, in the form of pg_hba.conf',
    commands: SERVE,
    check: anything,
    defaultText: 'loopback is trusted, all else by scram-sha-256',
  },
];

/** Option values by name, from flags, then environment, then config file. */
export type OptionValues = ReadonlyMap<string, string>;

/** Checks a value and says where a wrong one came from. */
export function checkOption(definition: OptionDefinition, value: string, source: string): string {
  try {
    return definition.check(value);
  } catch (error) {
    if (error instanceof UsageError || error instanceof SqlError) {
      throw new UsageError(`${source}: ${error.message}`);
    }
    throw error;
  }
}
