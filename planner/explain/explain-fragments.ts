import type { ExplainDocument, ExplainedFragment } from './explain-document.js';
import type { FragmentPiece, ScanShare, Stage, StagedPlan } from '../fragment/staged-plan.js';

type FragmentsDocument = Extract<ExplainDocument, { readonly kind: 'fragments' }>;

/** EXPLAIN (FRAGMENTS): the SQL of every stage's first task, and how many tasks there are. */
export function explainFragments(staged: StagedPlan): FragmentsDocument {
  return { kind: 'fragments', fragments: staged.stages.map((stage) => ({ stage: stage.id, taskCount: stageTaskCount(stage), sql: firstTaskSql(stage) })) };
}

/** A comment line a stage, its SQL below it. */
export function printFragments({ fragments }: FragmentsDocument): readonly string[] {
  return fragments.flatMap((fragment, index) => [...(index === 0 ? [] : ['']), heading(fragment), ...fragment.sql.split('\n')]);
}

function heading({ stage, taskCount }: ExplainedFragment): string {
  return `-- Stage ${stage}: ${taskCount === 1 ? '1 task' : `${taskCount} tasks, the first of them:`}`;
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
    case 'partition':
      return '0';
  }
}
