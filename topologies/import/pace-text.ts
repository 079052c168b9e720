/**
 * Reads a rate or a delay that changes with time, in one of two forms. Lines `seconds,value`; or the format of
 * mahimahi's mm-link (mahimahi-traces, README): each line is the time, in whole milliseconds, of one opportunity to
 * send 1,500 bytes, and the trace repeats after its end. Empty lines, lines that begin with `#` and a first line with
 * names are skipped.
 *
 * Opportunities at n ms become the rate of the millisecond that ends at n ms: the last bit of a waiting packet of 1,500
 * bytes is sent at n ms, that of a shorter packet earlier.
 *
 * @module
 */
import type { TimedStepsSpec } from '../../engine/net/link-spec.ts';
import { readNumber } from '../../engine/pure/read-number.ts';
import {
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextPart,
  type UnreadableText,
} from '../../engine/pure/text-lines.ts';
import { LONGEST_TIME_NS } from '../files/quantity.ts';
import { readQuantity, UNIT_EXAMPLES } from '../files/units.ts';

/** A rate or delay over time, as a text describes it. */
export interface RateOrDelayTrace {
  readonly kind: 'steps';
  readonly form: 'values' | 'chances';
  readonly steps: TimedStepsSpec;
  /** Mean over the period, or over the time until the last line. */
  readonly mean: number;
}

/** What the values of a trace mean, and after which time the trace repeats. */
export interface RateOrDelayTraceOptions {
  readonly quantity: 'rate' | 'time';
  /** Unit of those values that are written without a unit. */
  readonly unit?: string | undefined;
  readonly periodNs?: number | undefined;
}

/** Largest number of changes in a file: 1,000 s of a trace with an opportunity in every second millisecond. */
const STEPS_MAX = 1_000_000;
/** Shortest time between two changes, ns: a run has an event for each. */
const GAP_NS = 1_000;
const COLUMNS_MAX = 200;
const NS_PER_S = 1e9;
const NS_PER_MS = 1e6;
const CHANCE_BITS = 1_500 * 8;
/** Rate of one opportunity to send 1,500 bytes per millisecond, bit/s. */
const CHANCE_BPS = CHANCE_BITS * 1_000;
const RATE_MAX = 1e15;

/** Reads a trace; returns mistakes only if it exceeds a limit. */
export function readRateOrDelayTrace(
  text: string,
  options: RateOrDelayTraceOptions,
): RateOrDelayTrace | UnreadableText {
  const read = splitLines(text, { columns: COLUMNS_MAX });
  if (read.kind === 'mistakes') return read;
  const mistakes = new LineMistakes();
  const reader = readAll(read.lines, options, mistakes);
  if (mistakes.isAny) return mistakes.all();
  const message = wrongAtEnd(reader, options);
  if (message === undefined && reader !== undefined) return reader.finish();
  const end = Math.max(1, text.length);
  mistakes.add({ start: end - 1, end, message: message ?? '' });
  return mistakes.all();
}

/** Reads all lines; the first line decides which of the two forms they have. */
function readAll(
  lines: Iterable<TextPart>,
  options: RateOrDelayTraceOptions,
  mistakes: LineMistakes,
): ValueReader | ChanceReader | undefined {
  let reader: ValueReader | ChanceReader | undefined;
  for (const line of lines) {
    if (mistakes.isFull) break;
    if (/^\s*(?:#|$)/.test(line.text)) continue;
    const isNames = reader === undefined && !/\d/.test(line.text);
    reader ??= line.text.includes(',') ? new ValueReader(options) : new ChanceReader();
    const message = isNames ? undefined : reader.take(line);
    if (message !== undefined) mistakes.add({ ...nonEmptySpan(line), message });
  }
  return reader;
}

function wrongAtEnd(
  reader: ValueReader | ChanceReader | undefined,
  { quantity }: RateOrDelayTraceOptions,
): string | undefined {
  if (reader === undefined) return 'the file is empty, expected lines "seconds,value"';
  if (quantity === 'rate' && reader.greatest === 0) return 'the rate is 0 all the time';
  if (quantity === 'time' && reader instanceof ChanceReader) {
    return 'a delay is read from lines "seconds,value"';
  }
  return reader.wrongAtEnd();
}

/** Collects steps; successive equal values become one step. */
class Growing {
  readonly atNs: number[] = [];
  readonly values: number[] = [];

  /** @returns what is wrong with the step; undefined if nothing is. */
  add(atNs: number, value: number): string | undefined {
    if (this.values.at(-1) === value) return undefined;
    if (this.atNs.length === STEPS_MAX) return `more than ${STEPS_MAX} changes`;
    this.atNs.push(atNs);
    this.values.push(value);
    return undefined;
  }

  /** The mean value from 0 to an instant; the last value if the instant is 0. */
  mean(endNs: number): number {
    let sum = 0;
    for (const [index, at] of this.atNs.entries()) {
      sum += (this.values[index] ?? 0) * ((this.atNs[index + 1] ?? endNs) - at);
    }
    return endNs === 0 ? (this.values.at(-1) ?? 0) : sum / endNs;
  }
}

/** Reads lines `seconds,value`. */
class ValueReader {
  greatest = 0;
  readonly #options: RateOrDelayTraceOptions;
  readonly #steps = new Growing();
  #lastNs = -1;

  constructor(options: RateOrDelayTraceOptions) {
    this.#options = options;
  }

  take({ text }: TextPart): string | undefined {
    const [time = '', written = '', ...rest] = text.split(',').map((part) => part.trim());
    const seconds = readNumber(time);
    if (seconds === undefined || rest.length > 0) return 'this line is not "seconds,value"';
    const atNs = Math.round(seconds * NS_PER_S);
    const value = this.#valueOf(written);
    if (typeof value === 'string') return value;
    if (this.#lastNs < 0 && atNs !== 0) return `the first line is at ${time} s, expected 0`;
    if (this.#lastNs >= 0 && atNs < this.#lastNs + GAP_NS) {
      return `${time} s is not at least a microsecond after the line above`;
    }
    if (atNs > LONGEST_TIME_NS) return `${time} s is after 104 days`;
    this.#lastNs = atNs;
    this.greatest = Math.max(this.greatest, value);
    return this.#steps.add(atNs, value);
  }

  wrongAtEnd(): string | undefined {
    const { periodNs } = this.#options;
    if (periodNs === undefined || periodNs >= this.#lastNs + GAP_NS) return undefined;
    return `the last line is not before the period ends (${periodNs / NS_PER_S} s)`;
  }

  finish(): RateOrDelayTrace {
    const { periodNs } = this.#options;
    const { atNs, values } = this.#steps;
    const steps = periodNs === undefined ? { atNs, values } : { atNs, values, periodNs };
    const mean = this.#steps.mean(periodNs ?? this.#lastNs);
    return { kind: 'steps', form: 'values', steps, mean };
  }

  /** The value in bit/s or ns, or a text that says what is wrong with it. */
  #valueOf(written: string): number | string {
    const { quantity, unit = '' } = this.#options;
    const bare = readQuantity(written);
    const found = bare?.kind === 'number' ? readQuantity(`${written}${unit}`) : bare;
    if (found?.kind === 'number') {
      return `${written} has no unit, expected ${UNIT_EXAMPLES[quantity]}, or unit: in the scenario`;
    }
    if (found?.kind !== quantity) return `"${written}" is not ${UNIT_EXAMPLES[quantity]}`;
    const value = Math.round(found.value);
    const most = quantity === 'rate' ? RATE_MAX : LONGEST_TIME_NS;
    return value >= 0 && value <= most ? value : `${written} is outside 0 to ${most}`;
  }
}

/** Reads the lines of a mahimahi trace: whole milliseconds, one opportunity to send each. */
class ChanceReader {
  greatest = 0;
  readonly #steps = new Growing();
  #chances = 0;
  #first = 0;
  /** Number of opportunities in the current millisecond. */
  #here = 0;
  #ms = 0;

  take({ text }: TextPart): string | undefined {
    const ms = readNumber(text.trim());
    if (ms === undefined || !Number.isInteger(ms) || ms < 0) {
      return 'this line is neither "seconds,value" nor whole milliseconds';
    }
    if (ms * NS_PER_MS > LONGEST_TIME_NS) return `${ms} ms is after 104 days`;
    if (ms < this.#ms) return `${ms} ms is before the line above, expected sorted times`;
    this.greatest = 1;
    this.#chances += 1;
    if (ms === 0) this.#first += 1;
    else if (ms === this.#ms) this.#here += 1;
    else {
      const wrong = this.#endOfMillisecond(ms - 1);
      this.#ms = ms;
      this.#here = 1;
      return wrong;
    }
    return undefined;
  }

  wrongAtEnd(): string | undefined {
    if (this.#ms === 0) return 'the last line is 0 ms, and the trace has no length';
    // An opportunity at 0 ms counts at the end of the preceding period.
    this.#here += this.#first;
    return this.#endOfMillisecond(this.#ms);
  }

  finish(): RateOrDelayTrace {
    const { atNs, values } = this.#steps;
    const periodNs = this.#ms * NS_PER_MS;
    const mean = (this.#chances * CHANCE_BITS * 1_000) / this.#ms;
    return { kind: 'steps', form: 'chances', steps: { atNs, values, periodNs }, mean };
  }

  /** Adds a step for the current millisecond, and one of rate 0 if the next used millisecond begins later. */
  #endOfMillisecond(until: number): string | undefined {
    const begin = (this.#ms - 1) * NS_PER_MS;
    const wrong = this.#ms === 0 ? undefined : this.#steps.add(begin, this.#here * CHANCE_BPS);
    if (wrong !== undefined || until === this.#ms) return wrong;
    return this.#steps.add(this.#ms * NS_PER_MS, 0);
  }
}
