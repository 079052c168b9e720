/**
 * Times of DER: UTCTime and GeneralizedTime in the only form that X.690 (clauses 11.7 and 11.8) and
 * RFC 5280 (section 4.1.2.5) allow: with seconds and Z, without fractions. A value is in seconds
 * since 1970; leap seconds are not counted, and a text with second 60 is refused.
 *
 * @module
 */
import type { TextFormat } from './text-form.ts';

const DAY_S = 86_400;
/** Number of days from 0000-03-01 to 1970-01-01 (proleptic Gregorian calendar). */
const DAYS_TO_1970 = 719_468;
/** Number of days in 400 years (proleptic Gregorian calendar). */
const DAYS_PER_ERA = 146_097;
const DIGITS = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
/** First and last year that a UTCTime can have (RFC 5280 section 4.1.2.5.1). */
const UTC_FIRST = '1950';
const UTC_LAST = '2049';

/** The text form `YYYYMMDDHHMMSSZ`, for years 0 to 9999. */
export const generalizedTimeFormat: TextFormat<number> = {
  write: (seconds): string => {
    const text = textOf(seconds);
    if (!DIGITS.test(text)) throw new RangeError(`no time of a year with four digits: ${seconds}`);
    return text;
  },
  read: (text): number | undefined => {
    const parts = DIGITS.exec(text)?.slice(1).map(Number);
    if (parts === undefined) return undefined;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
    const seconds = ((daysOf(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    // An invalid day, hour or second would be written differently, as one of the next month, day or minute.
    return textOf(seconds) === text ? seconds : undefined;
  },
};

/** The text form `YYMMDDHHMMSSZ`, for years 1950 to 2049. */
export const utcTimeFormat: TextFormat<number> = {
  write: (seconds): string => {
    if (!isInUtcTimeRange(seconds)) throw new RangeError(`no time from 1950 to 2049: ${seconds}`);
    return generalizedTimeFormat.write(seconds).slice(2);
  },
  // RFC 5280 section 4.1.2.5.1: the year is 19YY if YY is 50 or more, else 20YY.
  read: (text) => generalizedTimeFormat.read(`${text < '50' ? '20' : '19'}${text}`),
};

/**
 * True for a time that certificates and CMS write as UTCTime: years 1950 to 2049 (RFC 5280 section
 * 4.1.2.5, RFC 5652 section 11.3).
 */
export function isInUtcTimeRange(seconds: number): boolean {
  const text = generalizedTimeFormat.write(seconds);
  return text >= UTC_FIRST && text.slice(0, UTC_LAST.length) <= UTC_LAST;
}

/** Number of days from 1970 to a date; month and day may be out of their ranges. */
function daysOf(year: number, month: number, day: number): number {
  const isEarly = month <= 2;
  // Years are counted from March on, so that a leap day is the last day of its year.
  const y = isEarly ? year - 1 : year;
  const m = isEarly ? month + 9 : month - 3;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + Math.floor((306 * m + 5) / 10) + day - 1 - DAYS_TO_1970;
}

function textOf(seconds: number): string {
  const date = Math.floor(seconds / DAY_S) + DAYS_TO_1970;
  const era = Math.floor(date / DAYS_PER_ERA);
  const day = date - era * DAYS_PER_ERA;
  // Every 4th year has a leap day, but not every 100th, except every 400th.
  const leaps = Math.floor(day / 1_460) - Math.floor(day / 36_524) + Math.floor(day / 146_096);
  const y = Math.floor((day - leaps) / 365);
  const dayOfYear = day - (365 * y + Math.floor(y / 4) - Math.floor(y / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  const year = 400 * era + y + (month <= 2 ? 1 : 0);
  const dayOfMonth = dayOfYear - Math.floor((153 * m + 2) / 5) + 1;
  const second = seconds - Math.floor(seconds / DAY_S) * DAY_S;
  const clock = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60];
  const parts = [month, dayOfMonth, ...clock].map((part) => String(part).padStart(2, '0'));
  return `${String(year).padStart(4, '0')}${parts.join('')}Z`;
}
