import type { SelectStmt } from '../parse/syntax-tree.js';
import type { Typed } from './typed.js';

/** A column of something in FROM: its Postgres name and how it is referred to. */
export interface RangeColumn {
  readonly name: string;
  readonly value: Typed;
  /** A system column: found by name, not part of `*`. */
  readonly hidden?: true;
}

/** Something in FROM under its alias. */
export interface Range {
  /** The alias by which Postgres's names refer to it; null for a join or subquery without one. */
  readonly name: string | null;
  /** Schema of a table mentioned without an alias, for `schema.table.column`. */
  readonly schema: string | null;
  /** Quoted alias in the printed SQL; null for a join, which has none. */
  readonly sqlAlias: string | null;
  readonly columns: readonly RangeColumn[];
}

/** What one FROM clause makes visible: ranges by name, and columns without one (merged by USING) in the order of `*`. */
export interface Namespace {
  readonly ranges: readonly Range[];
  readonly columns: readonly RangeColumn[];
}

/** A WITH query that can be named. */
export interface CommonTable {
  readonly name: string;
  readonly sqlName: string;
  readonly columns: readonly RangeColumn[];
}

/** Names visible at one query level; `parent` is the query around it. */
export interface Scope {
  readonly parent: Scope | null;
  namespace: Namespace;
  readonly commonTables: Map<string, CommonTable>;
  readonly block: number;
  /** Named windows of the level, by name, for `OVER w`. */
  readonly windows: Map<string, string>;
  /** The clause being translated, for the errors that name it. */
  clause: Clause;
  /** Set as soon as an aggregate of this level is met. */
  hasAggregates: boolean;
}

/** Where an expression stands. */
export type Clause = 'select' | 'from' | 'where' | 'on' | 'group' | 'having' | 'order' | 'limit' | 'values' | 'window';

/** A namespace of nothing. */
export const EMPTY_NAMESPACE: Namespace = { ranges: [], columns: [] };

/** A scope below another. */
export function childScope(parent: Scope | null, block: number): Scope {
  return {
    parent,
    namespace: EMPTY_NAMESPACE,
    commonTables: new Map(),
    block,
    windows: new Map(),
    clause: 'from',
    hasAggregates: false,
  };
}

/** The WITH query of that name visible from a scope. */
export function findCommonTable(scope: Scope | null, name: string): CommonTable | undefined {
  for (let level = scope; level !== null; level = level.parent) {
    const found = level.commonTables.get(name);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Two namespaces side by side. */
export function joinNamespaces(left: Namespace, right: Namespace): Namespace {
  return {
    ranges: [...left.ranges, ...right.ranges],
    columns: [...left.columns, ...right.columns],
  };
}

/** True for VALUES lists without a SELECT. */
export function isValuesList(select: SelectStmt): boolean {
  return select.valuesLists !== undefined && select.valuesLists.length > 0;
}
