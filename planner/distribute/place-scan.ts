import assert from 'node:assert/strict';
import type { Expression, SortKey } from '../plan/expressions.js';
import type { FilterNode, ScanNode } from '../plan/nodes.js';
import { mapRefs } from '../plan/rewrite-expression.js';
import { byteCount, estimateRowCount, type FileSource, type Relation } from '../relation/relation.js';
import type { RelationReference } from '../translate/translated.js';
import { afterConditions, type Estimate } from './estimate.js';
import { sameDataType, type DataType } from '../types/data-type.js';
import { deal, gather, shuffle, shuffleByValue } from './exchange.js';
import { isHashable, pickColumns } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, keepColumns, onEachTask, SINGLE, type Layout, type Placed } from './placed.js';
import { placeFilter } from './place-row-wise.js';
import { pruneFiles } from './prune-files.js';
import { moveToRanges } from './range-sort.js';
import { warn, type HashHint, type MoveHint } from './resolve-hints.js';
import { mergeShares, splitScan, type SplitRequest, type TaskShare } from './split-scan.js';

/** A task of a scan should read about this much: enough to hide what a task costs, little enough to balance. */
const SPLIT_BYTE_TARGET = 128 * 1024 * 1024;
/** Below this a task costs more than it reads. */
const SPLIT_BYTE_MINIMUM = 1024 * 1024;
/** Up to this size a scan that is not split may be read again by every task; beyond, it is read once and sent. */
const REPLICATED_SCAN_BYTES_MAX = 8 * 1024 * 1024;

/** Tasks for each that can run at a time where each costs more than what it reads: two even out what is unlike. */
const COARSE_TASKS_PER_PLACE = 2;

/** Splits a scan into shares of its files and obeys PARTITION hints. Files whose values cannot pass the filters are left out. */
export function placeScan(scan: ScanNode, context: PlacementContext): Placed {
  const move = context.hints.moves.get(scan.reference);
  if (move !== undefined) {
    return movedScan(scan, move, (node) => plainScan(node, context), context);
  }
  const hash = context.hints.hashes.get(scan.reference);
  return hash === undefined ? plainScan(scan, context) : hashedScan(scan, hash, (node) => plainScan(node, context), context);
}

/** A filter over a scan: its conditions leave out files too, and where a hint hashes the scan, rows are filtered before they move. */
export function placeFilteredScan(node: FilterNode, scan: ScanNode, context: PlacementContext): Placed {
  const hash = context.hints.hashes.get(scan.reference);
  const conditions = overRead(node.conditions, scan);
  const move = context.hints.moves.get(scan.reference);
  if (move !== undefined && node.projection === null) {
    return movedScan(scan, move, (wide) => placeFilter({ ...node, input: wide, output: wide.output }, plainScan(wide, context, conditions)), context);
  }
  if (hash === undefined) {
    return placeFilter(node, plainScan(scan, context, conditions));
  }
  if (node.projection !== null) {
    return placeFilter(
      node,
      hashedScan(scan, hash, (wide) => plainScan(wide, context, conditions), context),
    );
  }
  return hashedScan(scan, hash, (wide) => placeFilter({ ...node, input: wide, output: wide.output }, plainScan(wide, context, conditions)), context);
}

/** Conditions over a scan's output as conditions over the columns it reads. */
function overRead(conditions: readonly Expression[], scan: ScanNode): readonly Expression[] {
  return conditions.map((condition) => mapRefs(condition, (reference) => ({ ...reference, index: scan.projection[reference.index] ?? reference.index })));
}

function plainScan(scan: ScanNode, context: PlacementContext, conditions: readonly Expression[] = []): Placed {
  const reference = referenceOf(scan, context);
  const { source } = reference.relation;
  if (source.kind === 'partitioned') {
    return placePartitionedScan(scan, reference.relation, context.partitionedInput(scan.reference));
  }
  assert.ok(source.kind === 'files', 'only files are scanned in stages');
  const files = context.isOn('prune-files') ? pruneFiles({ ...scan, filters: [...scan.filters, ...conditions] }, reference.relation, source) : source.files;
  const request = splitOf(scan, context);
  const shares = splitScan(files, source.format, request);
  context.shares.set(scan, shares);
  const coarseCount = context.options.parallelism * COARSE_TASKS_PER_PLACE;
  if (request.kind === 'auto' && shares.length > coarseCount && context.isOn('coarse-splits')) {
    context.coarseShares.set(scan, mergeShares(shares, coarseCount));
  }
  const estimate = estimateScan(scan, reference, source, files.length);
  return { plan: scan, layout: layoutOf(shares, context), estimate };
}

/** A scan of rows that other stages, or this one, make: what the scan does to them stands above. */
function placePartitionedScan(scan: ScanNode, relation: Relation, rows: Placed): Placed {
  const expressions = scan.read.map((name, index): Expression => {
    const column = relation.columns.findIndex((candidate) => candidate.name === name);
    const [own, type] = [rows.plan.output[column], scan.readTypes[index]];
    assert.ok(own !== undefined && type !== undefined, `there is no column ${name}`);
    const ref: Expression = { kind: 'ref', index: column, type: own };
    // DuckDB planned over a stub, which has the types that Parquet can hold.
    return sameDataType(own, type) ? ref : { kind: 'cast', input: ref, type, isTry: false };
  });
  const sources = expressions.map((expression) => (expression.kind === 'ref' ? expression.index : null));
  const read = onEachTask(rows, (piece) => ({
    plan: { kind: 'projection', input: piece.plan, expressions, names: expressions.map(() => null), output: scan.readTypes },
    layout: keepColumns(piece.layout, sources),
    estimate: piece.estimate,
  }));
  const filtered =
    scan.filters.length === 0
      ? read
      : placeFilter({ kind: 'filter', input: read.plan, conditions: scan.filters, projection: null, output: read.plan.output }, read);
  return pickColumns(filtered, scan.projection);
}

function layoutOf(shares: readonly TaskShare[], context: PlacementContext): Layout {
  const [first] = shares;
  if (shares.length > 1) {
    return { kind: 'spread', taskCount: shares.length };
  }
  const isSmall = first === undefined || first.byteCount <= REPLICATED_SCAN_BYTES_MAX;
  return isSmall && context.isOn('replicate-small-scan') ? { kind: 'replicated' } : SINGLE;
}

function splitOf(scan: ScanNode, context: PlacementContext): SplitRequest {
  const { options } = context;
  return (
    context.hints.splits.get(scan.reference) ?? {
      kind: 'auto',
      byteTarget: options.splitByteTarget ?? SPLIT_BYTE_TARGET,
      byteMinimum: options.splitByteMinimum ?? SPLIT_BYTE_MINIMUM,
      parallelism: options.parallelism,
    }
  );
}

function estimateScan(scan: ScanNode, reference: RelationReference, source: FileSource, fileCount: number): Estimate {
  const share = source.files.length === 0 ? 0 : fileCount / source.files.length;
  const rows = Math.max(1, estimateRowCount(reference.relation));
  return afterConditions({ rows: rows * share, base: rows }, scan.filters);
}

/**
 * PARTITION(t, HASH(a, b), n): shuffles the scan's rows. Columns the query itself does not need are read for the hash
 * and dropped after it.
 */
function hashedScan(scan: ScanNode, hint: HashHint, place: (scan: ScanNode) => Placed, context: PlacementContext): Placed {
  const widened = withColumns(scan, hint.columns, context);
  if (widened === null) {
    context.notices.push(warn(hint.hint, `hint PARTITION names a column that its relation cannot be hashed by: ${hint.columns.join(', ')}`));
    return place(scan);
  }
  const moved = shuffle(place(widened.scan), widened.keys, hint.count ?? context.partitionCount, 'hint PARTITION', context);
  return widened.scan.output.length === scan.output.length ? moved : pickColumns(moved, columnRange(0, scan.output.length));
}

/** PARTITION(t, RANDOM | RANGE(a) | VALUE(a), n): deals rows out, sorts them into ranges, or takes a column for the partition's number. */
function movedScan(scan: ScanNode, hint: MoveHint, place: (scan: ScanNode) => Placed, context: PlacementContext): Placed {
  const count = hint.count ?? context.partitionCount;
  const { scheme } = hint;
  if (scheme.kind === 'random') {
    return deal(place(scan), count, 'hint PARTITION', context);
  }
  const columns = scheme.kind === 'range' ? scheme.columns : [scheme.column];
  const widened = withColumns(scan, columns, context);
  if (widened === null || (scheme.kind === 'value' && !isWholeNumber(widened.keys[0]?.type))) {
    const what = scheme.kind === 'value' ? 'a column of whole numbers' : 'columns';
    context.notices.push(warn(hint.hint, `hint PARTITION needs ${what} of its relation: ${columns.join(', ')}`));
    return place(scan);
  }
  const placed = place(widened.scan);
  const moved = scheme.kind === 'range' ? inRanges(placed, widened.keys, count, context) : byValue(placed, widened.keys, count, context);
  return pickColumns(moved, columnRange(0, scan.output.length));
}

function isWholeNumber(type: DataType | undefined): boolean {
  return type?.kind === 'scalar' && /INT(?:EGER)?$/.test(type.name);
}

function inRanges(placed: Placed, keys: WidenedScan['keys'], count: number, context: PlacementContext): Placed {
  const sortKeys = keys.map(({ column, type }): SortKey => ({ expression: { kind: 'ref', index: column, type }, descending: false, nullsFirst: false }));
  return count === 1 ? gather(placed, 'hint PARTITION', context) : moveToRanges(placed, sortKeys, count, 'hint PARTITION', context);
}

function byValue(placed: Placed, keys: WidenedScan['keys'], count: number, context: PlacementContext): Placed {
  const [key] = keys;
  assert.ok(key !== undefined, 'PARTITION by value has a column');
  return shuffleByValue(placed, key.column, count, 'hint PARTITION', context);
}

interface WidenedScan {
  readonly scan: ScanNode;
  readonly keys: Parameters<typeof shuffle>[1];
}

function withColumns(scan: ScanNode, names: readonly string[], context: PlacementContext): WidenedScan | null {
  const { relation } = referenceOf(scan, context);
  let wide = scan;
  const keys: { column: number; type: ScanNode['output'][number] }[] = [];
  for (const name of names) {
    const column = relation.columns.find((candidate) => candidate.name === name);
    if (column === undefined || !isHashable(column.type)) {
      return null;
    }
    if (!wide.read.includes(name)) {
      wide = { ...wide, read: [...wide.read, name], readTypes: [...wide.readTypes, column.type] };
    }
    const position = wide.read.indexOf(name);
    if (!wide.projection.includes(position)) {
      wide = { ...wide, projection: [...wide.projection, position], output: [...wide.output, column.type] };
    }
    keys.push({ column: wide.projection.indexOf(position), type: column.type });
  }
  return { scan: wide, keys };
}

function referenceOf(scan: ScanNode, context: PlacementContext): RelationReference {
  const reference = context.options.references[scan.reference];
  assert.ok(reference !== undefined, `scan of reference ${scan.reference}, which does not exist`);
  return reference;
}

/** Bytes of all tables a plan reads, each mention counted. */
export function totalBytes(references: readonly RelationReference[]): number {
  return references.reduce((total, reference) => total + byteCount(reference.relation), 0);
}
