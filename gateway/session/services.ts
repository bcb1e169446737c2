import type { Binder } from '../../executor/binder/binder.js';
import type { JobStore } from '../../executor/cluster/job-store.js';
import type { ExecutorRecord } from '../../executor/cluster/member.js';
import type { QueryEngine } from '../../executor/query-engine.js';
import type { ObjectCache } from '../../fs/s3/object-cache.js';
import type { Activity } from '../activity/activity.js';
import type { DatasetCatalog } from '../catalog/datasets.js';
import type { SequenceAllocator } from '../sequences/allocator.js';
import type { SharedLake } from './session-lake.js';
import type { SessionRegistry } from './session-registry.js';

/** What all sessions of a server share. */
export interface Services {
  readonly pool: QueryEngine;
  readonly binder: Binder;
  readonly datasets: DatasetCatalog;
  /** Local copies of objects in S3; null where the data is local. */
  readonly objects: ObjectCache | null;
  /** The stored tables. */
  readonly lake: SharedLake;
  /** Values of the stored sequences. */
  readonly sequences: SequenceAllocator;
  readonly upkeep: UpkeepSettings;
  readonly sessions: SessionRegistry;
  /** The queries that run and those that ran. */
  readonly activity: Activity;
  /** Jobs that outlive connections; null without a cluster. */
  readonly jobs: JobStore | null;
  /** The executors of the cluster; none without one. */
  readonly executors: () => readonly ExecutorRecord[];
  /** Absolute path of the first data root. */
  readonly dataRoot: string;
  /** Directory of this process for its sessions' temporary tables. */
  readonly temporaryDirectory: string;
  /** The one database's name. */
  readonly database: string;
  readonly log: Log;
}

/** What the operator says of the stored tables' upkeep. */
export interface UpkeepSettings {
  /** Age at which maintenance expires snapshots; null keeps all. */
  readonly snapshotRetentionMs: number | null;
}

/** Structured logging: fields first, then a constant message. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>, message: string) => void;
