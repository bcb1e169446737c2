import type { ResultStream } from '../../executor/engine.js';
import type { FilesInUse, Wanted } from '../../fs/s3/object-cache.js';
import { pruneFiles } from '../../planner/distribute/prune-files.js';
import type { PlanNode, ScanNode } from '../../planner/plan/nodes.js';
import { walkPlan } from '../../planner/plan/walk-plan.js';
import type { DataFile } from '../../planner/relation/relation.js';
import type { RelationReference, TranslatedQuery } from '../../planner/translate/translated.js';
import { withSqlErrors } from '../catalog/datasets-errors.js';
import type { ParameterConstants } from './whole-query.js';
import { bindQuery, type PlannedQuery } from './planned-query.js';
import type { QueryContext } from './query-context.js';

/** What is in use where nothing was fetched. */
export const NO_FILES: FilesInUse = { release: () => undefined };

/**
 * Fetches what a query reads of objects in S3 into their local copies: the columns its plan's scans read, of the files
 * their filters leave. Without a plan, everything. The copies stay until released.
 */
export async function fetchInputs(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  planned: PlannedQuery | null,
): Promise<FilesInUse> {
  const { objects } = context;
  const remote = objects === null ? [] : query.references.filter((reference) => filesOf(reference).some(({ path }) => objects.holds(path)));
  if (objects === null || remote.length === 0) {
    return NO_FILES;
  }
  const plan = planned?.kind === 'staged' ? planned.logical : await planOf(context, query, parameters);
  return await withSqlErrors(async () => await objects.use(remote.flatMap((reference) => wantedOf(reference, plan))));
}

/** The stream; its end, however it comes, releases the files. */
export function releasingAtEnd(stream: ResultStream, files: FilesInUse): ResultStream {
  if (files === NO_FILES) {
    return stream;
  }
  return {
    columns: stream.columns,
    next: async () => {
      try {
        const batch = await stream.next();
        if (batch === null) {
          files.release();
        }
        return batch;
      } catch (error) {
        files.release();
        throw error;
      }
    },
    close: async () => {
      try {
        await stream.close();
      } finally {
        files.release();
      }
    },
  };
}

/** Runs work that ends with its promise; the files are released then. */
export async function releasingAfter<T>(files: FilesInUse, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    files.release();
  }
}

async function planOf(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants): Promise<PlanNode | null> {
  const logical = await bindQuery(context, query, parameters);
  return logical.kind === 'unknown' ? null : logical.plan;
}

function filesOf({ relation }: RelationReference): readonly DataFile[] {
  return relation.source.kind === 'files' ? relation.source.files : [];
}

function wantedOf(reference: RelationReference, plan: PlanNode | null): readonly { readonly path: string; readonly wanted: Wanted }[] {
  const { relation } = reference;
  const { source } = relation;
  if (source.kind !== 'files') {
    return [];
  }
  const everything: Wanted = { kind: 'whole' };
  if (plan === null || source.format !== 'parquet') {
    return source.files.map(({ path }) => ({ path, wanted: everything }));
  }
  const scans = scansOf(plan, reference.index);
  const columns = [...new Set(scans.flatMap(({ read }) => read))];
  const kept = new Set(scans.flatMap((scan) => pruneFiles(scan, relation, source)));
  // A reader opens every file it is given: those that no filter leaves need their footers only.
  return source.files.map((file) => ({ path: file.path, wanted: kept.has(file) ? { kind: 'columns', columns } : { kind: 'footer' } }));
}

function scansOf(plan: PlanNode, reference: number): readonly ScanNode[] {
  const scans: ScanNode[] = [];
  walkPlan(plan, (node) => {
    if (node.kind === 'scan' && node.reference === reference) {
      scans.push(node);
    }
  });
  return scans;
}
