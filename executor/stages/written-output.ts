import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { boundedMap } from '../../fs/store/bounded-map.js';
import type { Stage } from '../../planner/fragment/staged-plan.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { filesFor } from './manifest.js';
import type { Manifest, ShuffleFile } from './manifest.js';

/** Attempts of the first re-run of a task are numbered from here, of the next ones so many further. */
const RERUN_ATTEMPTS = 200;

/** Times the output of one task is made again. */
const RERUNS_MAX = 3;

interface Producer {
  readonly stage: Stage;
  readonly runners: Map<number, (firstAttempt: number) => Promise<unknown>>;
  readonly manifests: Map<number, Manifest>;
  /** Tasks, from the first, whose rows are the stage's; null while it runs. */
  taskCount: number | null;
}

/** What the exchanges of a query wrote, and how to make it again when files of it are lost. */
export class WrittenOutput {
  readonly #producers = new Map<number, Producer>();
  /** Re-runs that are under way, and how many there were, by stage and task. */
  readonly #remaking = new Map<string, Promise<void>>();
  readonly #rerunCounts = new Map<string, number>();
  /** Tasks whose next manifest takes the place of the one they have: until then consumers see that, never none. */
  readonly #replaced = new Set<string>();

  /** Says how a task can be run again. */
  addRunner(stage: Stage, task: number, run: (firstAttempt: number) => Promise<unknown>): void {
    const known = this.#producers.get(stage.id);
    const producer: Producer = known ?? { stage, runners: new Map(), manifests: new Map(), taskCount: null };
    this.#producers.set(stage.id, producer);
    producer.runners.set(task, run);
  }

  /** Keeps what a task wrote; of several copies the first counts. */
  add(stage: number, manifest: Manifest): void {
    const { manifests } = this.#producer(stage);
    if (!manifests.has(manifest.task) || this.#replaced.delete(keyOf(stage, manifest.task))) {
      manifests.set(manifest.task, manifest);
    }
  }

  finish(stage: number, taskCount: number): void {
    const producer = this.#producers.get(stage);
    if (producer !== undefined) {
      producer.taskCount = taskCount;
    }
  }

  /** What a stage that is done wrote, in task order: the same plan over the same files reads its exchanges in the same order. */
  manifests(stage: number): readonly Manifest[] {
    const producer = this.#producers.get(stage);
    if (producer === undefined) {
      return []; // it had no task
    }
    const { manifests, taskCount } = producer;
    assert(taskCount !== null, `stage ${stage} has not run`);
    const all = [...manifests.values()].filter(({ task }) => task < taskCount).toSorted((a, b) => a.task - b.task);
    assert.equal(all.length, taskCount, `stage ${stage} has a manifest of every task`);
    return all;
  }

  /** Runs those tasks of stages again whose files, of these partitions (null: all), are not as they wrote them. */
  async remakeMissing(stages: readonly number[], partitions: readonly number[] | null): Promise<void> {
    for (const stage of stages) {
      const lost = await boundedMap(this.manifests(stage), async (manifest) => ((await isWhole(filesFor([manifest], partitions))) ? [] : [manifest]));
      await Promise.all(lost.flat().map((manifest) => this.#remakeOnce(stage, manifest)));
    }
  }

  /** Consumers that miss the same task's files wait for one re-run. */
  #remakeOnce(stage: number, lost: Manifest): Promise<void> {
    const { task } = lost;
    const key = keyOf(stage, task);
    if (this.#producer(stage).manifests.get(task) !== lost) {
      return Promise.resolve(); // made again since it was looked at
    }
    const remaking =
      this.#remaking.get(key) ??
      this.#remake(stage, task, key).finally(() => {
        this.#remaking.delete(key);
      });
    this.#remaking.set(key, remaking);
    return remaking;
  }

  async #remake(id: number, task: number, key: string): Promise<void> {
    const { stage, manifests, runners } = this.#producer(id);
    const before = manifests.get(task);
    const run = runners.get(task);
    assert(before !== undefined && run !== undefined);
    const count = (this.#rerunCounts.get(key) ?? 0) + 1;
    this.#rerunCounts.set(key, count);
    if (count > RERUNS_MAX || stage.enoughRows !== undefined) {
      throw lostForGood(stage, task, stage.enoughRows === undefined ? `It was made again ${RERUNS_MAX} times.` : 'Which rows it had is not determined.');
    }
    this.#replaced.add(key);
    await run(1 + RERUN_ATTEMPTS * count);
    const after = manifests.get(task);
    // Consumers that had read the lost files and those that read the new ones must have seen the same rows.
    if (after === undefined || after === before || !sameRows(before.files, after.files)) {
      throw lostForGood(stage, task, 'Made again it has other rows.');
    }
  }

  #producer(stage: number): Producer {
    const producer = this.#producers.get(stage);
    assert(producer !== undefined, `stage ${stage} has not begun`);
    return producer;
  }
}

function keyOf(stage: number, task: number): string {
  return `${stage}/${task}`;
}

function lostForGood({ id }: Stage, task: number, detail: string): SqlError {
  return new SqlError(SQLSTATE.data_corrupted, `shuffle files of task ${task} of stage ${id} were lost and could not be made again`, { detail });
}

async function isWhole(files: readonly ShuffleFile[]): Promise<boolean> {
  const found = await boundedMap(files, async ({ path, byteCount }) => {
    try {
      return (await stat(path)).size === byteCount;
    } catch {
      return false;
    }
  });
  return found.every(Boolean);
}

function sameRows(before: readonly ShuffleFile[], after: readonly ShuffleFile[]): boolean {
  const [a, b] = [rowsByPartition(before), rowsByPartition(after)];
  return a.size === b.size && [...a].every(([partition, rowCount]) => b.get(partition) === rowCount);
}

function rowsByPartition(files: readonly ShuffleFile[]): ReadonlyMap<number | null, number> {
  const counts = new Map<number | null, number>();
  for (const { partition, rowCount } of files) {
    counts.set(partition, (counts.get(partition) ?? 0) + rowCount);
  }
  return counts;
}
