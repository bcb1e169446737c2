import assert from 'node:assert/strict';
import { checkPlan } from '../plan/check-plan.js';
import type { PerPartitionNode, PerPartitionPiece } from '../plan/nodes.js';
import { rewritePlan } from '../plan/walk-plan.js';
import type { BoundStatement, PartitionedPlan } from '../dataframe/partitioned-plan.js';
import { columnsOfPlan } from '../dataframe/partitioned-plan.js';
import { scanSql } from '../relation/scan-sql.js';
import type { RelationReference } from '../translate/translated.js';
import type { TaskResources } from '../fragment/staged-plan.js';
import { movesUnnamedFields, orderOfResult } from './distribute.js';
import { alignPartitions, shareRows } from './align-partitions.js';
import { findVolatile } from './find-volatile.js';
import { gather } from './exchange.js';
import { moveToPartitions } from './move-to-partitions.js';
import { commonHashTypes } from './common-hash-types.js';
import { place } from './place.js';
import { placeResult } from './place-result.js';
import { PlacementContext } from './placement-context.js';
import { SINGLE, taskCount, type Layout, type Placed } from './placed.js';
import { resolveHints } from './resolve-hints.js';
import { shareDelimJoins } from './share-delim-joins.js';
import type { DataType } from '../types/data-type.js';

/** Places the parts of one plan, each once: statements as the planner places any, the rest by partitions. */
export class PartitionPlacer {
  readonly #context: PlacementContext;
  /** References of all statements; scans count in it. */
  readonly #references: RelationReference[];
  readonly #root: PartitionedPlan;
  readonly #behind = new Map<number, PartitionedPlan>();
  readonly #placed = new Map<PartitionedPlan, Placed>();
  readonly #readers: ReadonlyMap<PartitionedPlan, number>;
  /** Types to hash by instead of the columns' own, where inputs of one statement hash unlike types. */
  readonly #hashTypes = new Map<PartitionedPlan, readonly DataType[]>();
  /** True when the result is in order where its tasks' rows follow each other. */
  isOrdered = false;
  /** What RESOURCES of some statement asks for each task. */
  resources: TaskResources | null = null;

  constructor(context: PlacementContext, references: RelationReference[], root: PartitionedPlan) {
    this.#context = context;
    this.#references = references;
    this.#root = root;
    this.#readers = countReaders(root);
  }

  /** Where the rows of a part lie. Parts that several others read are computed once. */
  place(plan: PartitionedPlan): Placed {
    const known = this.#placed.get(plan);
    if (known !== undefined) {
      return known;
    }
    const own = this.#placeOne(plan);
    const placed = (this.#readers.get(plan) ?? 0) > 1 ? shareRows(own, this.#context) : own;
    this.#placed.set(plan, placed);
    return placed;
  }

  #placeOne(plan: PartitionedPlan): Placed {
    switch (plan.kind) {
      case 'statement':
        return this.#placeStatement(plan.statement, plan === this.#root);
      case 'repartition':
        return moveToPartitions(this.place(plan.input), plan, this.#hashTypes.get(plan) ?? null, this.#context);
      case 'per_partition':
        return this.#placePerPartition(plan.statement, plan.description);
    }
  }

  #placeStatement(statement: BoundStatement, isRoot: boolean): Placed {
    const first = this.#addReferences(statement);
    const { query, logical } = statement;
    if (logical === null || query.volatile || findVolatile(logical) !== null) {
      this.#context.reasons.add(logical === null ? 'DuckDB gives no plan of a part' : 'a function of a part must run exactly once');
      return this.#placeWhole(statement, first);
    }
    const references = this.#references;
    const hints = resolveHints(query.hints, references.slice(first), query.blocks);
    const options = { ...this.#context.options, references, hints: query.hints, blocks: query.blocks, outputNames: statement.columns.map(({ name }) => name) };
    const context = new PlacementContext(options, hints, { collected: this.#context, inputOf: (reference) => this.#inputOf(reference) });
    context.notices.push(...hints.notices);
    const shared = shareDelimJoins(rewritePlan(logical, (node) => (node.kind === 'scan' ? { ...node, reference: first + node.reference } : node)));
    checkPlan(shared.plan);
    context.resultOrder = isRoot ? orderOfResult(shared.plan) : null;
    const placed = placeResult(place(shared.plan, context, shared.keysOfCte), shared.plan, context);
    if (movesUnnamedFields(placed.plan)) {
      return this.#placeWhole(statement, first);
    }
    this.isOrdered ||= context.isResultOrdered;
    this.resources ??= hints.resources === null ? null : { threads: hints.resources.cpu, memoryBytes: hints.resources.memoryBytes };
    return placed;
  }

  /** Runs in one task, as it was translated, over all rows of its inputs. */
  #placeWhole(statement: BoundStatement, first: number): Placed {
    const inputs = this.#inputsOf(statement);
    const placed = inputs.map((input) => gather(this.place(input), 'all rows for one task', this.#context));
    return this.#perPartition(statement, inputs, placed, SINGLE, first, 'whole query');
  }

  #placePerPartition(statement: BoundStatement, description: string): Placed {
    const first = this.#addReferences(statement);
    const inputs = this.#inputsOf(statement);
    commonHashTypes(inputs).forEach((types, plan) => this.#hashTypes.set(plan, types));
    const { placed, layout } = alignPartitions(
      inputs.map((input) => this.place(input)),
      this.#context,
    );
    return this.#perPartition(statement, inputs, placed, layout, first, description);
  }

  #perPartition(
    statement: BoundStatement,
    inputs: readonly PartitionedPlan[],
    placed: readonly Placed[],
    layout: Layout,
    first: number,
    description: string,
  ): Placed {
    const sql = statement.query.sql.map((piece): PerPartitionPiece => {
      if (typeof piece === 'string') {
        return piece;
      }
      if (piece.kind === 'parameter') {
        return piece.number === 1 ? { kind: 'partition' } : String(taskCount(layout));
      }
      const behind = statement.partitioned.get(piece.index);
      return behind === undefined ? readWhole(this.#references[first + piece.index]) : { kind: 'input', index: inputs.indexOf(behind) };
    });
    const plan: PerPartitionNode = {
      kind: 'per_partition',
      inputs: placed.map((input) => input.plan),
      inputNames: inputs.map((input) => columnsOfPlan(input).map(({ name }) => name)),
      sql,
      description,
      output: statement.columns.map(({ type }) => type),
    };
    const rows = Math.max(1, ...placed.map((input) => input.estimate.rows));
    return { plan, layout, estimate: { rows, base: rows } };
  }

  #addReferences(statement: BoundStatement): number {
    const first = this.#references.length;
    this.#references.push(...statement.query.references.map((reference) => ({ ...reference, index: first + reference.index })));
    statement.partitioned.forEach((plan, reference) => this.#behind.set(first + reference, plan));
    return first;
  }

  #inputsOf(statement: BoundStatement): readonly PartitionedPlan[] {
    return [...new Set(statement.partitioned.values())];
  }

  #inputOf(reference: number): Placed {
    const plan = this.#behind.get(reference);
    assert.ok(plan !== undefined, `nothing stands behind reference ${reference}`);
    return this.place(plan);
  }
}

/** A table that a statement reads beside its partitions: every task reads all of it. */
function readWhole(reference: RelationReference | undefined): string {
  assert.ok(reference !== undefined, 'a reference of the statement');
  const { source } = reference.relation;
  return source.kind === 'system' ? source.duckdbName : scanSql(reference.relation);
}

/** How often each part is read. */
function countReaders(root: PartitionedPlan): ReadonlyMap<PartitionedPlan, number> {
  const counts = new Map<PartitionedPlan, number>();
  const visit = (plan: PartitionedPlan): void => {
    const known = counts.get(plan);
    counts.set(plan, (known ?? 0) + 1);
    if (known !== undefined) {
      return;
    }
    if (plan.kind === 'repartition') {
      visit(plan.input);
    } else {
      // Two references to one part in one per-partition statement read it together.
      const read = plan.kind === 'per_partition' ? new Set(plan.statement.partitioned.values()) : plan.statement.partitioned.values();
      for (const input of read) {
        visit(input);
      }
    }
  };
  visit(root);
  return counts;
}
