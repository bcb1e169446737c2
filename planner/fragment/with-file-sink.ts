import assert from 'node:assert/strict';
import type { FragmentPiece, PlanColumn, FileSink, Stage, StagedPlan } from './staged-plan.js';

/**
 * Turns a plan's result into files. Every task of the last stage writes its own; one file is written by one task, so a
 * last stage of several tasks then hands its rows to a stage of one. A sorted result already comes from one task.
 */
export function withFileSink(plan: StagedPlan, sink: FileSink): StagedPlan {
  const last = plan.stages.at(-1);
  assert.ok(last !== undefined && last.output.kind === 'result', 'only a result can be written to files');
  const before = plan.stages.slice(0, -1);
  if (!sink.singleFile || last.tasks.kind === 'single') {
    return { ...plan, stages: [...before, { ...last, output: { kind: 'files', sink } }] };
  }
  const columns = last.fragment.columns;
  const writer: Stage = {
    id: last.id + 1,
    fragment: { sql: readAll(last.id, columns), columns },
    tasks: { kind: 'single', scans: [] },
    output: { kind: 'files', sink },
    description: 'write one file',
  };
  return { ...plan, stages: [...before, { ...last, output: { kind: 'whole' } }, writer] };
}

function readAll(stage: number, columns: readonly PlanColumn[]): readonly FragmentPiece[] {
  return [`SELECT ${columns.map((_, index) => `c${index}`).join(', ')} FROM `, { kind: 'exchange', stage, columns }, ' AS t'];
}
