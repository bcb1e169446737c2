/** Days from 1970-01-01 to 0001-01-01 and to 9999-12-31: years of four digits, which are written without a search for their length. */
export const FOUR_DIGIT_YEAR_FIRST_DAY = -719_162;
export const FOUR_DIGIT_YEAR_LAST_DAY = 2_932_896;
/** Days from 1970-01-01 to 2000-01-01, where Postgres's binary dates start. */
export const POSTGRES_EPOCH_DAY = 10_957;
export const MICROS_PER_DAY = 86_400_000_000;
/** Microseconds from 1970-01-01 to 2000-01-01. */
export const POSTGRES_EPOCH_MICROS = 946_684_800_000_000;

const DAYS_PER_ERA = 146_097;
const DAYS_PER_CENTURY = 36_524;
const DAYS_PER_LEAP_CYCLE = 1461;

/**
 * A day of the proleptic Gregorian calendar as year * 512 + month * 32 + day, so that the hot path makes no object.
 * Years count astronomically: 0 is 1 BC. Counts in years that start on 1 March, which puts the leap day last.
 */
export function packedCivil(daysSince1970: number): number {
  const shifted = daysSince1970 + 719_468;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = (shifted - era * DAYS_PER_ERA) | 0;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / (DAYS_PER_LEAP_CYCLE - 1)) | 0) + ((dayOfEra / DAYS_PER_CENTURY) | 0) - ((dayOfEra / (DAYS_PER_ERA - 1)) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 512 + month * 32 + day;
}

/** The year in a packed day. */
export function packedYear(packed: number): number {
  return Math.floor(packed / 512);
}

/** The month (1-12) in a packed day. */
export function packedMonth(packed: number): number {
  return (packed >> 5) & 15;
}

/** The day of the month in a packed day. */
export function packedDay(packed: number): number {
  return packed & 31;
}
