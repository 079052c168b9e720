/**
 * Times in files of ION (nasa-jpl/ION-DTN, ici/doc/pod5/ionrc.pod, "TIME REPRESENTATION"): dates in
 * UTC, or seconds after the reference time. The command `@` sets the reference time; before the first
 * `@` it is the start of ionadmin, which no file states. So a plan with both kinds of times and without
 * `@` is refused.
 *
 * @module
 */
import type { TextPart } from '../../../engine/pure/text-lines.ts';

/** A mistake in the text of a time. */
export interface IonTimeError {
  readonly message: string;
  readonly hint?: string;
}

/**
 * The instant from which seconds count: the start of ionadmin, or the beginning of the calendar.
 */
type Origin = 'start' | 'calendar';

/** The first time in a plan: its word, its line, and the instant from which it counts. */
interface First {
  readonly origin: Origin;
  readonly word: string;
  readonly line: number;
}

const DATE = /^(\d{4})\/(\d{1,2})\/(\d{1,2})-(\d{1,2}):(\d{1,2}):(\d{1,2})$/;
const OFFSET = /^\+\d+$/;

/** Reads the times of one plan, in its order. */
export class IonTimeReader {
  #reference: { readonly seconds: number; readonly origin: Origin } = {
    seconds: 0,
    origin: 'start',
  };
  #first: First | undefined;
  #firstDate: number | undefined;
  #isMixed = false;

  /** The instant, s, at which the run begins: the first time if it is a date, otherwise 0. */
  get epoch(): number {
    return this.#first?.origin === 'calendar' ? (this.#firstDate ?? 0) : 0;
  }

  /** Executes `@ TIME`; `@ 0` is the time at which ionadmin begins. */
  setReference({ text }: TextPart): IonTimeError | undefined {
    if (text === '0') {
      this.#reference = { seconds: 0, origin: 'start' };
      return undefined;
    }
    const time = this.#read(text);
    if ('message' in time) return time;
    this.#reference = time;
    return undefined;
  }

  /**
   * Seconds of a time in a line.
   * @returns undefined if the plan mixes both kinds of times, which is reported only once.
   */
  seconds({ text }: TextPart, line: number): number | IonTimeError | undefined {
    const time = this.#read(text);
    if ('message' in time) return time;
    this.#first ??= { origin: time.origin, word: text, line };
    if (this.#first.origin === time.origin) return time.seconds;
    const isTold = this.#isMixed;
    this.#isMixed = true;
    return isTold ? undefined : mixed(this.#first, text);
  }

  #read(text: string): { readonly seconds: number; readonly origin: Origin } | IonTimeError {
    const { seconds, origin } = this.#reference;
    if (OFFSET.test(text)) return { seconds: seconds + Number(text.slice(1)), origin };
    const date = dateOf(text);
    if (date !== undefined) {
      this.#firstDate ??= date;
      return { seconds: date, origin: 'calendar' };
    }
    const hint = 'times are whole seconds after the reference time, or dates';
    return { message: `"${text}" is no time, expected +60 or 2026/01/31-12:00:00`, hint };
  }
}

function mixed({ origin, word, line }: First, text: string): IonTimeError {
  const [date, offset] = origin === 'calendar' ? [word, text] : [text, word];
  const [inLine, other] =
    origin === 'calendar' ? ['', ` in line ${line}`] : [` in line ${line}`, ''];
  return {
    message: `"${offset}"${inLine} counts from when ionadmin begins, "${date}"${other} is a date`,
    hint: `a line such as "@ ${date}" at the beginning says when that is`,
  };
}

function dateOf(text: string): number | undefined {
  const parts = DATE.exec(text)?.slice(1).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts ?? [];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!isDay || hour > 23 || minute > 59 || second > 60) return undefined;
  return ((daysUntil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

/** Days from 0000-03-01 of the Gregorian calendar. */
function daysUntil(year: number, month: number, day: number): number {
  const isEarly = month <= 2;
  const y = isEarly ? year - 1 : year;
  const m = isEarly ? month + 9 : month - 3;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leaps + Math.floor((m * 306 + 5) / 10) + day - 1;
}
