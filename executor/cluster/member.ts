import duckdb from '@duckdb/node-bindings';
import { PROTOCOL_VERSION } from '../protocol/messages.js';
import { LINK_VERSION } from './link-messages.js';

/** What must be the same on both sides of a task: how they speak, and the DuckDB whose hash() places rows. */
export interface Versions {
  readonly protocol: string;
  readonly duckdb: string;
}

/** The shared directories as a member sees them. */
export interface SharedStore {
  readonly dataRoot: string;
  readonly stateDirectory: string;
  /** Of the state directory: the same everywhere when it is the same directory. */
  readonly identity: string;
  /** Type of the file system of the data directory, as the kernel names it. */
  readonly fileSystem: string;
}

interface Member {
  readonly id: string;
  readonly release: string;
  readonly versions: Versions;
  readonly host: string;
  readonly processId: number;
  readonly store: SharedStore;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
}

/** An executor of the cluster as the registry has it. */
export interface ExecutorRecord extends Member {
  readonly cores: number;
  readonly threads: number;
  /** Tasks it runs at the same time. */
  readonly places: number;
  readonly memoryBytes: number;
  readonly labels: readonly string[];
  readonly state: 'ready' | 'draining';
  readonly runningCount: number;
}

/** A gateway of the cluster as the registry has it. */
export interface GatewayRecord extends Member {
  /** Names the gateway in the cancel keys of its sessions. */
  readonly number: number;
  /** Where executors dial. */
  readonly taskAddress: { readonly host: string; readonly port: number };
}

/** What this process runs. */
export function ownVersions(): Versions {
  return { protocol: `${LINK_VERSION}.${PROTOCOL_VERSION}`, duckdb: duckdb.library_version() };
}

/** True when tasks of one can run in the other. */
export function sameVersions(a: Versions, b: Versions): boolean {
  return a.protocol === b.protocol && a.duckdb === b.duckdb;
}

/** Why an executor and a gateway cannot work together; null when they can. */
export function mismatchOf(executor: Pick<Member, 'versions' | 'store'>, gateway: Pick<Member, 'versions' | 'store'>): string | null {
  if (executor.versions.duckdb !== gateway.versions.duckdb) {
    return `the executor has DuckDB ${executor.versions.duckdb}, the gateway ${gateway.versions.duckdb}`;
  }
  if (executor.versions.protocol !== gateway.versions.protocol) {
    return `the executor speaks protocol ${executor.versions.protocol}, the gateway ${gateway.versions.protocol}: their releases do not go together`;
  }
  if (executor.store.dataRoot !== gateway.store.dataRoot) {
    return `the executor's data directory is ${executor.store.dataRoot}, the gateway's ${gateway.store.dataRoot}: mount it at the same path everywhere`;
  }
  if (executor.store.stateDirectory !== gateway.store.stateDirectory) {
    return `the executor's state directory is ${executor.store.stateDirectory}, the gateway's ${gateway.store.stateDirectory}: give the same --state everywhere`;
  }
  if (executor.store.identity !== gateway.store.identity) {
    return `${gateway.store.stateDirectory} is not the same directory on the executor and on the gateway: the shared file system is not mounted on one of them`;
  }
  return null;
}
