import { readFile } from 'node:fs/promises';
import type { QueryRecord, TaskRecord } from '../activity/records.js';
import { taskName } from '../activity/records.js';
import type { Services } from '../session/services.js';
import type { Executors } from './api-types.js';

/** What runs queries, and what it does now for queries that the asker sees. */
export async function readExecutors({ pool, executors, activity }: Services, sees: (query: QueryRecord) => boolean): Promise<Executors> {
  activity.settle();
  const running = new Map<string, string>();
  for (const query of activity.list()) {
    if (query.state === 'running' && sees(query)) {
      for (const task of query.stages.flatMap((stage) => stage.tasks)) {
        noteRunning(running, query.id, task);
      }
    }
  }
  const status = pool.status();
  return {
    local:
      status === null
        ? null
        : {
            idle: status.idle,
            leased: status.leased,
            starting: status.starting,
            waiting: status.waiting,
            processes: await Promise.all(
              status.processIds.map(async (processId) => ({
                processId,
                memoryBytes: await residentBytes(processId),
                task: running.get(`process ${processId}`) ?? null,
              })),
            ),
          },
    cluster: executors().map((executor) => ({
      id: executor.id,
      host: executor.host,
      processId: executor.processId,
      state: executor.state,
      release: executor.release,
      duckdbVersion: executor.versions.duckdb,
      cores: executor.cores,
      threads: executor.threads,
      places: executor.places,
      running: executor.runningCount,
      memoryBytes: executor.memoryBytes,
      labels: executor.labels,
      fileSystem: executor.store.fileSystem,
      startedMs: executor.startedMs,
    })),
  };
}

function noteRunning(running: Map<string, string>, query: string, task: TaskRecord): void {
  if (task.state === 'running' && task.executor !== null) {
    running.set(task.executor, taskName(query, task));
  }
}

/** Memory of a process; null where the system does not tell. */
async function residentBytes(processId: number): Promise<number | null> {
  try {
    const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(await readFile(`/proc/${processId}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
