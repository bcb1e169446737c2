import type { DataType } from '../types/data-type.js';
import type { Comparison } from './nodes.js';

/** A bound scalar expression; `type` is its DuckDB type. */
export type Expression =
  /** Column `index` of the input. */
  | { readonly kind: 'ref'; readonly index: number; readonly type: DataType }
  | { readonly kind: 'constant'; readonly type: DataType; readonly value: ConstantValue }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly schema: string | null;
      readonly arguments: readonly Expression[];
      readonly isOperator: boolean;
      readonly type: DataType;
    }
  | {
      readonly kind: 'cast';
      readonly input: Expression;
      readonly type: DataType;
      readonly isTry: boolean;
    }
  | {
      readonly kind: 'comparison';
      readonly comparison: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly type: DataType;
    }
  | {
      readonly kind: 'conjunction';
      readonly operator: 'AND' | 'OR';
      readonly arguments: readonly Expression[];
      readonly type: DataType;
    }
  | {
      readonly kind: 'operator';
      readonly operator: OperatorName;
      readonly arguments: readonly Expression[];
      readonly type: DataType;
    }
  | {
      readonly kind: 'between';
      readonly input: Expression;
      readonly lower: Expression;
      readonly upper: Expression;
      readonly lowerInclusive: boolean;
      readonly upperInclusive: boolean;
      readonly type: DataType;
    }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly condition: Expression; readonly result: Expression }[];
      readonly otherwise: Expression;
      readonly type: DataType;
    };

export type OperatorName = 'NOT' | 'IS NULL' | 'IS NOT NULL' | 'IN' | 'NOT IN' | 'COALESCE' | 'TRY' | 'NULLIF' | 'GROUPING';

/**
 * A constant exactly as SQL can write it: null, or the text whose cast to the constant's type gives the value back
 * (integers of any width, decimals, floats incl. 'Infinity' and 'NaN', dates, timestamps, intervals, blobs as hex ...);
 * nested values are lists of constants.
 */
export type ConstantValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'list';
      readonly items: readonly { readonly type: DataType; readonly value: ConstantValue }[];
    }
  | {
      readonly kind: 'struct';
      readonly fields: readonly {
        readonly name: string;
        readonly type: DataType;
        readonly value: ConstantValue;
      }[];
    };

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** An aggregate function call over the input of its node. */
export interface AggregateCall {
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly distinct: boolean;
  readonly filter: Expression | null;
  readonly orderBy: readonly SortKey[];
  /** Arguments that DuckDB folds away when binding (quantile, separator), to be printed after `arguments`. */
  readonly boundArguments: readonly Expression[];
  readonly type: DataType;
}

/** A window function call over the input of its node. */
export interface WindowCall {
  /** SQL function name (row_number, lag, sum ...). */
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortKey[];
  readonly frame: WindowFrame;
  readonly filter: Expression | null;
  readonly distinct: boolean;
  readonly ignoreNulls: boolean;
  readonly argumentOrder: readonly SortKey[];
  readonly type: DataType;
}

export interface WindowFrame {
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS';
  readonly start: FrameBound;
  readonly end: FrameBound;
  readonly exclude: 'NO OTHERS' | 'CURRENT ROW' | 'GROUP' | 'TIES';
}

export type FrameBound =
  | { readonly kind: 'unbounded_preceding' }
  | { readonly kind: 'unbounded_following' }
  | { readonly kind: 'current_row' }
  | { readonly kind: 'preceding'; readonly offset: Expression }
  | { readonly kind: 'following'; readonly offset: Expression };
