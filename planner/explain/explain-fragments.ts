import type { FragmentPiece, ScanShare, Stage, StagedPlan } from '../fragment/staged-plan.js';

/** EXPLAIN (FRAGMENTS): the SQL of every stage's first task, and how many tasks there are. */
export function explainFragments(staged: StagedPlan): readonly string[] {
  return staged.stages.flatMap((stage, index) => [...(index === 0 ? [] : ['']), heading(stage), ...firstTaskSql(stage).split('\n')]);
}

function heading(stage: Stage): string {
  const count = stageTaskCount(stage);
  return `-- Stage ${stage.id}: ${count === 1 ? '1 task' : `${count} tasks, the first of them:`}`;
}

/** How many tasks a stage has. */
export function stageTaskCount(stage: Stage): number {
  switch (stage.tasks.kind) {
    case 'single':
      return 1;
    case 'splits':
      return stage.tasks.splits.length;
    case 'partitions':
      return stage.tasks.partitionCount;
  }
}

function firstTaskSql(stage: Stage): string {
  const scans = stage.tasks.kind === 'splits' ? (stage.tasks.splits[0] ?? []) : stage.tasks.scans;
  return stage.fragment.sql.map((piece) => pieceText(piece, scans)).join('');
}

function pieceText(piece: FragmentPiece, scans: readonly ScanShare[]): string {
  if (typeof piece === 'string') {
    return piece;
  }
  switch (piece.kind) {
    case 'scan':
      return scans.find((share) => share.scan === piece.scan)?.sql ?? '';
    case 'exchange':
      return `stage_${piece.stage}`;
  }
}
