import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { claimDirectory, releaseDirectory } from '../../fs/owner/owner.js';
import type { Stage, StagedPlan } from '../../planner/fragment/staged-plan.js';
import { cancelError } from '../pool/task-run.js';
import type { TaskRun } from '../pool/task-run.js';
import type { TaskSettings } from '../protocol/messages.js';
import { chooseTasks } from './choose-tasks.js';
import type { InputSize, TaskInputs } from './choose-tasks.js';
import { EnoughRows } from './enough-rows.js';
import { attemptTask, runTasks } from './attempt-task.js';
import type { TaskAttempts } from './attempt-task.js';
import { fillFragment } from './fill-fragment.js';
import type { FilledFragment, Producer } from './fill-fragment.js';
import { filesFor, rowsByPartition } from './manifest.js';
import type { Manifest } from './manifest.js';
import { retryReason } from './retry-reason.js';
import { sqlOfWork } from './stage-observer.js';
import { raceCopies, Stragglers } from './stragglers.js';
import type { Speculation } from './stragglers.js';
import { TaskSlots } from './task-slots.js';
import { WrittenOutput } from './written-output.js';
import type { StageEnvironment, StageRunOptions, StageSummary, TaskSummary } from './options.js';

/** Folder below the shuffle directory in which every query has its own. */
export const QUERIES_FOLDER = 'queries';

/** Attempts of a copy are numbered from here. */
const COPY_ATTEMPT_FIRST = 101;

/** One task of the stage being run, ready to be sent. */
export interface StageTask {
  readonly stage: Stage;
  readonly task: number;
  /** Its SQL as it is now: files of its inputs may have been made again since the last attempt. */
  readonly filled: () => FilledFragment;
  readonly settings: TaskSettings;
}

/** A distributed query while it runs: its shuffle folder, what its finished tasks wrote, and the switch that stops it. */
export class StagedQuery {
  readonly plan: StagedPlan;
  readonly options: StageRunOptions;
  readonly environment: StageEnvironment;
  /** Folder of the query's shuffle files. */
  readonly directory: string;
  readonly #summaries: StageSummary[] = [];
  readonly #slots: TaskSlots;
  readonly #atOnce: number;
  readonly #startedMs = performance.now();
  readonly #written: WrittenOutput;
  readonly #running = new Set<Promise<unknown>>();
  readonly #abort = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onOuterAbort: () => void;
  #claimed = false;

  constructor(plan: StagedPlan, options: StageRunOptions, environment: StageEnvironment, signal: AbortSignal) {
    assert(/^[A-Za-z0-9-]+$/.test(options.queryId), 'a query id is a plain name');
    this.plan = plan;
    this.options = options;
    this.environment = options.taskRetries === undefined ? environment : { ...environment, attemptsMax: options.taskRetries + 1 };
    this.#written = new WrittenOutput();
    this.directory = join(environment.shuffleDirectory, QUERIES_FOLDER, options.queryId);
    const { threads } = resourcesOf(plan);
    // Tasks that ask for several threads each leave room for fewer at a time.
    const atOnce = threads === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(environment.threads / threads));
    this.#atOnce = Math.min(options.parallelism ?? environment.parallelism, atOnce);
    this.#slots = new TaskSlots(this.#atOnce + (this.#atOnce === environment.parallelism ? environment.queuedAhead : 0));
    this.#outer = signal;
    setMaxListeners(0, this.#abort.signal); // one for every task that runs
    this.#onOuterAbort = () => this.stop(signal.reason);
    signal.addEventListener('abort', this.#onOuterAbort);
    if (signal.aborted) {
      this.stop(signal.reason);
    }
  }

  get lastStage(): Stage {
    const last = this.plan.stages.at(-1);
    assert(last !== undefined, 'a plan has a stage');
    return last;
  }

  /** Aborted when the query is to stop; its reason is always an Error. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Milliseconds since the query began. */
  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** How the stages went, in the plan's order. */
  get summaries(): readonly StageSummary[] {
    return this.#summaries.toSorted((a, b) => a.stage - b.stage);
  }

  /** Stops every task. */
  stop(reason: unknown): void {
    this.#abort.abort(reason instanceof Error && reason.name !== 'AbortError' ? reason : cancelError(reason));
  }

  /** Makes the query's folder; only queries that shuffle have one. */
  async claim(): Promise<void> {
    this.#claimed = true;
    await claimDirectory(this.directory);
  }

  /** Keeps what a task of an exchange wrote; of several copies the first counts. */
  wrote(stage: number, manifest: Manifest): void {
    this.#written.add(stage, manifest);
  }

  /** Says that a stage is done, and of how many tasks, from the first, the rows are its. */
  finish(stage: number, taskCount: number): void {
    this.#written.finish(stage, taskCount);
    this.options.observer?.stageDone(stage, this.#partitionRows(stage));
  }

  /** Rows of each partition that a stage wrote; none where it wrote no partitions. */
  #partitionRows(id: number): readonly number[] {
    const { output, filesOf } = this.#producer(id);
    return output.kind === 'hash' || output.kind === 'value' ? rowsByPartition(filesOf(null), output.partitionCount).rowCounts : [];
  }

  /**
   * Runs the tasks of a stage; `attempts` says how one is sent and followed. Several stages may run together. Gives the number
   * of tasks, from the first, whose rows are the stage's: not all where fewer gave enough.
   */
  async runStage(stage: Stage, attempts: (task: StageTask) => TaskAttempts<TaskSummary>): Promise<number> {
    const tasks = chooseTasks(stage, this.#inputSize(stage));
    const enough = new EnoughRows(stage.enoughRows ?? null, tasks.length, this.signal);
    const summaries: TaskSummary[] = [];
    this.#summaries.push({ stage: stage.id, description: stage.description, tasks: summaries });
    const { observer } = this.options;
    observer?.stageStarted(stage.id, tasks.length);
    const stragglers = new Stragglers(tasks.length, this.#speculationOf(stage));
    await runTasks(tasks.length, stage.id, this.#slots, this.#abort, async (task) => {
      if (enough.isReached) {
        return;
      }
      const inputs = tasks[task];
      assert(inputs !== undefined);
      const runTask = this.#taskRunner(stage, task, inputs, attempts);
      const summary = await enough.unlessReached((signal) =>
        raceCopies({
          signal,
          stragglers,
          run: (own, isCopy) => runTask(own, isCopy ? COPY_ATTEMPT_FIRST : 1),
          offerPlace: (work) => {
            const isFree = this.#slots.hasFree;
            if (isFree) {
              void this.#slots.run(stage.id, work);
            }
            return isFree;
          },
          isFinal: (error) => retryReason(error, this.directory) === null,
          started: (run) => this.#track(run),
        }),
      );
      if (summary !== null) {
        summaries.push(summary);
        observer?.taskDone(stage.id, summary);
        enough.add(task, summary.rowCount);
      }
    });
    if (stage.id === this.lastStage.id) {
      observer?.stageDone(stage.id, []);
    }
    return enough.taskCount;
  }

  /** Runs one task of a stage, under the numbers of attempts from a first one on. */
  #taskRunner(
    stage: Stage,
    task: number,
    inputs: TaskInputs,
    attempts: (task: StageTask) => TaskAttempts<TaskSummary>,
  ): (signal: AbortSignal, firstAttempt: number) => Promise<TaskSummary> {
    const fill = (): FilledFragment => fillFragment(stage.fragment, inputs, (producer) => this.#producer(producer), task);
    let filled = fill();
    let original: TaskRun | null = null;
    const settings = this.#taskSettings();
    const run = (signal: AbortSignal, firstAttempt: number): Promise<TaskSummary> =>
      attemptTask(
        {
          environment: this.environment,
          signal,
          directory: this.directory,
          firstAttempt,
          alone: (work) => this.#slots.alone(work),
          ...(firstAttempt === COPY_ATTEMPT_FIRST ? { beside: () => original } : {}),
          onRun: (started, attempt, work) => {
            original = firstAttempt === 1 ? started : original;
            this.options.observer?.attemptStarted({ stage: stage.id, task, attempt, run: started, sql: sqlOfWork(work) });
          },
          recover: async (reason) => {
            if (reason === 'shuffle file') {
              await this.#written.remakeMissing(producersOf(stage), inputs.partitions);
              filled = fill();
            }
          },
        },
        attempts({ stage, task, filled: () => filled, settings }),
      );
    this.#written.addRunner(stage, task, (firstAttempt) => run(this.signal, firstAttempt));
    return run;
  }

  #taskSettings(): TaskSettings {
    const resources = resourcesOf(this.plan);
    const { threads } = this.environment;
    return {
      threads: Math.max(1, Math.floor(Math.min(threads, resources.threads ?? threads / Math.min(this.#atOnce, this.#slots.demand)))),
      memoryBytes: Math.min(this.environment.memoryBytes(), resources.memoryBytes ?? Number.POSITIVE_INFINITY),
      timeZone: this.options.settings.timeZone,
      keepJoinOrder: this.plan.stages.length > 1,
      ...(this.plan.stages.length > 1 ? { measureMemory: true as const } : {}),
    };
  }

  /** Only tasks that write shuffle files get copies: rows for the client and files to keep are made once. */
  #speculationOf({ output }: Stage): Speculation {
    const isSink = output.kind === 'result' || output.kind === 'files';
    return isSink || this.environment.speculation === 'off' ? 'off' : (this.options.speculation ?? this.environment.speculation);
  }

  #track(run: Promise<unknown>): void {
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  /** Removes the query's folder. */
  async cleanUp(): Promise<void> {
    this.#outer.removeEventListener('abort', this.#onOuterAbort);
    await Promise.all(this.#running); // a copy that lost may still write
    if (this.#claimed) {
      this.#claimed = false;
      await releaseDirectory(this.directory);
    }
  }

  #inputSize(stage: Stage): InputSize {
    const producers = producersOf(stage).map((id) => ({ stage: id, files: this.#producer(id).filesOf(null) }));
    const files = producers.flatMap((producer) => producer.files);
    const partitionCount = stage.tasks.kind === 'partitions' ? stage.tasks.partitionCount : 0;
    return {
      rowCount: files.reduce((sum, file) => sum + file.rowCount, 0),
      byteCount: files.reduce((sum, file) => sum + file.byteCount, 0),
      partitions: producers.map((producer) => ({ stage: producer.stage, ...rowsByPartition(producer.files, partitionCount) })),
    };
  }

  #producer(id: number): Producer {
    const stage = this.plan.stages.find((candidate) => candidate.id === id);
    assert(stage !== undefined, `there is no stage ${id}`);
    const manifests = this.#written.manifests(id);
    return { output: stage.output, filesOf: (partitions) => filesFor(manifests, partitions) };
  }
}

/** The stages whose rows a stage reads. */
export function producersOf({ fragment }: Stage): readonly number[] {
  return fragment.sql.flatMap((piece) => (typeof piece !== 'string' && piece.kind === 'exchange' ? [piece.stage] : []));
}

function resourcesOf({ resources }: StagedPlan): NonNullable<StagedPlan['resources']> {
  return resources ?? { threads: null, memoryBytes: null };
}
