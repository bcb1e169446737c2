import type { Expression } from '../plan/expressions.js';
import type { ScanNode } from '../plan/nodes.js';
import type { ColumnStatistics, DataFile, FileSource, Relation } from '../relation/relation.js';
import type { DataType } from '../types/data-type.js';
import { compareTexts } from './compare-texts.js';

/** What is known of one column in one file. `max` may be cut short (a prefix of the true one) for text. */
interface ColumnFacts {
  readonly type: DataType;
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly hasNulls: boolean | null;
  readonly hasValues: boolean | null;
}

/**
 * The files of a scan that may hold a row its filters let through. A file is left out only when one filter is
 * certainly false or NULL for every row, by the file's statistics or by the values in its path.
 */
export function pruneFiles(scan: Pick<ScanNode, 'read' | 'filters'>, relation: Relation, source: FileSource): readonly DataFile[] {
  if (scan.filters.length === 0) {
    return source.files;
  }
  const nameOf = (index: number): string | undefined => scan.read[index];
  const kept = source.files.filter((file) => {
    const factsOf = (index: number): ColumnFacts | null => columnFacts(nameOf(index), file, relation, source);
    return !scan.filters.some((filter) => neverTrue(filter, factsOf));
  });
  // A reader needs a file to know its columns from.
  return kept.length === 0 ? source.files.slice(0, 1) : kept;
}

type FactsOf = (index: number) => ColumnFacts | null;

function columnFacts(name: string | undefined, file: DataFile, relation: Relation, source: FileSource): ColumnFacts | null {
  const column = relation.columns.find((candidate) => candidate.name === name);
  if (name === undefined || column === undefined) {
    return null;
  }
  const partition = source.partitionColumns.indexOf(name);
  if (partition >= 0) {
    const value = file.partitionValues?.[partition];
    return value === undefined
      ? null
      : { type: column.type, min: value ?? undefined, max: value ?? undefined, hasNulls: value === null, hasValues: value !== null };
  }
  const statistics = file.statistics?.[name];
  if (statistics === undefined || source.storedTypes?.[name] !== undefined) {
    return null;
  }
  return fromStatistics(statistics, column.type, file.rowCount);
}

function fromStatistics(statistics: ColumnStatistics, type: DataType, rowCount: number | undefined): ColumnFacts {
  const { nullCount } = statistics;
  return {
    type,
    min: statistics.min,
    max: statistics.max,
    hasNulls: nullCount === undefined ? null : nullCount > 0,
    hasValues: nullCount === undefined || rowCount === undefined ? null : nullCount < rowCount,
  };
}

/** True when the condition is certainly not TRUE for any row. */
function neverTrue(condition: Expression, factsOf: FactsOf): boolean {
  switch (condition.kind) {
    case 'conjunction':
      return condition.operator === 'AND'
        ? condition.arguments.some((argument) => neverTrue(argument, factsOf))
        : condition.arguments.every((argument) => neverTrue(argument, factsOf));
    case 'comparison':
      return comparisonNeverTrue(condition, factsOf);
    case 'between':
      return (
        boundNeverTrue(condition.input, condition.lowerInclusive ? '>=' : '>', condition.lower, factsOf) ||
        boundNeverTrue(condition.input, condition.upperInclusive ? '<=' : '<', condition.upper, factsOf)
      );
    case 'operator':
      return operatorNeverTrue(condition, factsOf);
    case 'ref':
    case 'constant':
    case 'call':
    case 'cast':
    case 'case':
      return false;
  }
}

function operatorNeverTrue(condition: Extract<Expression, { readonly kind: 'operator' }>, factsOf: FactsOf): boolean {
  const [input, ...values] = condition.arguments;
  if (input === undefined) {
    return false;
  }
  switch (condition.operator) {
    case 'IN':
      return values.every((value) => boundNeverTrue(input, '=', value, factsOf));
    case 'IS NULL':
      return input.kind === 'ref' && factsOf(input.index)?.hasNulls === false;
    case 'IS NOT NULL':
      return input.kind === 'ref' && factsOf(input.index)?.hasValues === false;
    case 'NOT':
    case 'NOT IN':
    case 'COALESCE':
    case 'TRY':
    case 'NULLIF':
    case 'GROUPING':
      return false;
  }
}

type Bound = '=' | '<' | '<=' | '>' | '>=';

function comparisonNeverTrue(condition: Extract<Expression, { readonly kind: 'comparison' }>, factsOf: FactsOf): boolean {
  switch (condition.comparison) {
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return (
        boundNeverTrue(condition.left, condition.comparison, condition.right, factsOf) ||
        boundNeverTrue(condition.right, MIRRORED[condition.comparison], condition.left, factsOf)
      );
    case '<>':
    case 'IS NOT DISTINCT FROM':
    case 'IS DISTINCT FROM':
      return false;
  }
}

const MIRRORED: Readonly<Record<Bound, Bound>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** `column <bound> constant` for no row, by the column's least and greatest value. */
function boundNeverTrue(column: Expression, bound: Bound, constant: Expression, factsOf: FactsOf): boolean {
  if (column.kind !== 'ref' || constant.kind !== 'constant' || constant.value.kind !== 'text') {
    return false;
  }
  const facts = factsOf(column.index);
  if (facts === null) {
    return false;
  }
  if (facts.hasValues === false) {
    return true;
  }
  const toMin = facts.min === undefined ? null : compareTexts(constant.value.text, facts.min, facts.type, constant.type);
  const isText = facts.type.kind === 'scalar' && facts.type.name === 'VARCHAR';
  const cutMax = isText && facts.max !== undefined && constant.value.text.startsWith(facts.max) && constant.value.text !== facts.max;
  const toMax = facts.max === undefined || cutMax ? null : compareTexts(constant.value.text, facts.max, facts.type, constant.type);
  switch (bound) {
    case '=':
      return (toMin !== null && toMin < 0) || (toMax !== null && toMax > 0);
    case '<':
      return toMin !== null && toMin <= 0;
    case '<=':
      return toMin !== null && toMin < 0;
    // A cut text maximum is below the true one, so equality with it proves nothing.
    case '>':
      return toMax !== null && (toMax > 0 || (toMax === 0 && !isText));
    case '>=':
      return toMax !== null && toMax > 0;
  }
}
