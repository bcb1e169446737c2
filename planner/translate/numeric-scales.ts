import type { PostgresColumnType } from '../types/postgres-type.js';
import { numericModifier, OID } from '../types/postgres-type.js';
import type { Typed } from './typed.js';
import { oidOf } from './typed.js';

/** Most digits of a DuckDB DECIMAL. */
const DIGITS_MAX = 38;

/** Digits before and after the point that hold every numeric of a list. */
interface Digits {
  readonly whole: number;
  readonly scale: number;
}

/** Numerics made fit to stand side by side. */
export interface AlignedNumerics {
  readonly items: readonly Typed[];
  /** Digits of what comes out; undefined where unknown. */
  readonly scale?: number;
  readonly width?: number;
}

/**
 * Numerics that DuckDB will bring to one DECIMAL (the branches of CASE, both sides of UNION, `=` or `+`). Where 38 digits are
 * too few for all of them it keeps the digits before the point and silently cuts those after it: `round(x, 1)`, a
 * DECIMAL(38, 1), would take the cents off everything beside it. There all are cast to the largest scale, so that a value too
 * large for it is an error and no digit is lost.
 */
export function alignNumerics(items: readonly Typed[]): AlignedNumerics {
  const numerics = items.filter((item) => oidOf(item) === OID.numeric);
  if (numerics.length === 0 || numerics.some((item) => item.scale === undefined || item.oddStorage === true)) {
    return { items };
  }
  const { whole, scale } = digitsOf(numerics);
  if (whole + scale <= DIGITS_MAX) {
    return { items, scale, width: whole + scale };
  }
  if (numerics.every((item) => item.scale === scale)) {
    return { items, scale, width: DIGITS_MAX };
  }
  return { items: items.map((item) => (oidOf(item) === OID.numeric && item.scale !== scale ? widened(item, scale) : item)), scale, width: DIGITS_MAX };
}

function digitsOf(numerics: readonly Typed[]): Digits {
  let whole = 0;
  let scale = 0;
  for (const item of numerics) {
    const own = item.scale ?? 0;
    scale = Math.max(scale, own);
    whole = Math.max(whole, (item.width ?? DIGITS_MAX) - own);
  }
  return { whole, scale };
}

function widened(item: Typed, scale: number): Typed {
  return { sql: `CAST(${item.sql} AS DECIMAL(${DIGITS_MAX}, ${scale}))`, type: item.type, scale, width: DIGITS_MAX };
}

/** Both sides of an operator, aligned. */
export function alignedPair(left: Typed, right: Typed): readonly [Typed, Typed] {
  const [a, b] = alignNumerics([left, right]).items;
  return [a ?? left, b ?? right];
}

/** The DECIMAL that a column of several sources has to be cast to, source by source, so that no digit is lost; null where DuckDB's choice loses none. */
export function scaleToCast(sources: readonly Typed[]): PostgresColumnType | null {
  const { items, scale } = alignNumerics(sources);
  return scale !== undefined && items.some((item, index) => item !== sources[index])
    ? { oid: OID.numeric, modifier: numericModifier(DIGITS_MAX, scale) }
    : null;
}

/** What is known of the digits of a column of several sources. */
export function digitsOfColumn(sources: readonly Typed[]): Pick<Typed, 'scale' | 'width'> {
  const { scale, width } = alignNumerics(sources);
  return scale === undefined || width === undefined ? {} : { scale, width };
}
