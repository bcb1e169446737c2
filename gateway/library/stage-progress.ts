import type { QueryEngine } from '../../executor/query-engine.js';
import type { StageObserver } from '../../executor/stages/stage-observer.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import { WatchedEngine } from '../activity/watched-engine.js';

/** How far a stage is. */
export interface StageProgress {
  /** Stages are numbered from 1, in an order in which each comes after those it reads. */
  readonly stage: number;
  readonly stageCount: number;
  readonly description: string;
  readonly tasksDone: number;
  readonly taskCount: number;
  /** Rows that its tasks gave so far. */
  readonly rowCount: number;
}

/** The engine, and `tell` called when a stage of what it runs begins, and whenever one of a stage's tasks is done. */
export function withProgress(engine: QueryEngine, tell: (progress: StageProgress) => void): QueryEngine {
  return new WatchedEngine(engine, (plan) => ('stages' in plan ? progressOf(plan, tell) : undefined));
}

function progressOf({ stages }: StagedPlan, tell: (progress: StageProgress) => void): StageObserver {
  const known = new Map<number, StageProgress>();
  const say = (progress: StageProgress): void => {
    known.set(progress.stage, progress);
    tell(progress);
  };
  return {
    stageStarted: (stage, taskCount) => {
      const description = stages.find(({ id }) => id === stage)?.description ?? '';
      say({ stage, stageCount: stages.length, description, tasksDone: 0, taskCount, rowCount: 0 });
    },
    attemptStarted: () => undefined,
    taskDone: (stage, summary) => {
      const before = known.get(stage);
      if (before !== undefined) {
        say({ ...before, tasksDone: before.tasksDone + 1, rowCount: before.rowCount + summary.rowCount });
      }
    },
    stageDone: () => undefined,
  };
}
