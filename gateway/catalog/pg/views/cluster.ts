import type { CatalogView } from '../catalog-view.js';

/** sluice_jobs: the role's jobs, a superuser's view has all; oldest first. */
export const sluiceJobs: CatalogView = {
  name: 'pg_catalog.sluice_jobs',
  changes: 'always',
  rows: ({ jobs = [] }) =>
    jobs.map((job) => ({
      job_id: job.id,
      role: job.role,
      state: job.state,
      statement: job.statement,
      submitted_at: time(job.submittedMs),
      started_at: time(job.startedMs),
      ended_at: time(job.endedMs),
      gateway: job.gateway ?? null,
      attempts: job.attempts,
      tag: job.tag ?? null,
      sqlstate: job.error?.sqlstate ?? null,
      message: job.error?.message ?? null,
    })),
};

/** sluice_executors: the executors of the cluster. */
export const sluiceExecutors: CatalogView = {
  name: 'pg_catalog.sluice_executors',
  changes: 'always',
  rows: ({ executors = [] }) =>
    executors.map((executor) => ({
      executor_id: executor.id,
      host: executor.host,
      process_id: executor.processId,
      state: executor.state,
      release: executor.release,
      duckdb_version: executor.versions.duckdb,
      cores: executor.cores,
      threads: executor.threads,
      places: executor.places,
      memory_bytes: executor.memoryBytes,
      running: executor.runningCount,
      file_system: executor.store.fileSystem,
      labels: executor.labels.join(','),
      started_at: time(executor.startedMs),
    })),
};

function time(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '+00');
}
