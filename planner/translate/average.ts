import { OID } from '../types/postgres-type.js';
import { exactQuotient, unscaled } from './arithmetic.js';
import type { Typed } from './typed.js';
import { numeric, oidOf } from './typed.js';

/** Digits after the point of avg over exact numbers, as Postgres gives for averages of the size of 1. */
const AVERAGE_SCALE = 16;

/**
 * avg over integers and numerics as an exact numeric: sum and count are plain aggregates (so that they distribute), and the
 * division happens once a group. DuckDB's own avg is a DOUBLE.
 */
export function exactAverage(argument: Typed): Typed {
  const sum = `{sum(${argument.sql})}`;
  const count = `{count(${argument.sql})}`;
  const oid = oidOf(argument);
  if (oid === OID.int8) {
    // A sum of bigints times 10^17 would leave 128 bits: the whole part and the rest are divided apart.
    const whole = `CAST(${sum} // ${count} AS DECIMAL(38, 0))`;
    return numeric(`(${whole} + ${exactQuotient(`(${sum} % ${count})`, count, AVERAGE_SCALE + 1)})`, AVERAGE_SCALE);
  }
  if (oid === OID.int2 || oid === OID.int4) {
    return numeric(exactQuotient(unscaled(sum, 0), count, AVERAGE_SCALE + 1), AVERAGE_SCALE);
  }
  if (argument.scale !== undefined && argument.scale <= AVERAGE_SCALE_EXACT_MAX && argument.oddStorage !== true) {
    return numeric(exactQuotient(unscaled(sum, argument.scale), count, AVERAGE_SCALE + 1 - argument.scale), AVERAGE_SCALE);
  }
  return numeric(`CAST({avg(CAST(${argument.sql} AS DOUBLE))} AS DECIMAL(38, ${AVERAGE_SCALE}))`, AVERAGE_SCALE);
}

/** Scale up to which sums keep enough digits before the point. */
const AVERAGE_SCALE_EXACT_MAX = 10;
