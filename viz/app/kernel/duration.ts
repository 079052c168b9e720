/**
 * Converts instants to text and back, exact to the nanosecond (`20.151s`), and formats them for
 * people with as many digits as the visible range needs.
 *
 * @module
 */
import { type RunTimeUnit, runTimeUnitFor } from '../../../reports/format.ts';

/** The longest time of a run, ns: the largest integer that is exact as a JavaScript number. */
const LONGEST_NS = Number.MAX_SAFE_INTEGER;
const NS_PER_SECOND = 1_000_000_000;
const DIGITS = 9;

/**
 * For each time unit: its length in ns, and the number of decimals with which it is exact to 1 ns.
 */
const UNITS: Readonly<Record<string, readonly [ns: number, digits: number]>> = {
  ...{ ns: [1, 0], us: [1e3, 3], ms: [1e6, 6], s: [NS_PER_SECOND, DIGITS] },
  ...{ min: [60e9, DIGITS], h: [3_600e9, DIGITS], d: [86_400e9, DIGITS] },
};

/** Reads `20.151s`, `9832ms`, `250us`, `7ns`, `90min`, `2h`, `1.5d`; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  const [, whole = '', fraction = '', unit = ''] =
    /^(\d{1,16})(?:\.(\d{1,9}))?(ns|us|ms|s|min|h|d)$/.exec(text) ?? [];
  const [unitNs, digits] = UNITS[unit] ?? [0, 0];
  if (whole === '' || fraction.length > digits) return undefined;
  const part = (Number(fraction.padEnd(digits, '0')) * unitNs) / 10 ** digits;
  const ns = Number(whole) * unitNs + Math.round(part);
  return ns <= LONGEST_NS ? ns : undefined;
}

/** Writes an instant in the form that {@link readDuration} reads back. */
export function writeDuration(ns: number): string {
  const rounded = Math.max(0, Math.round(ns));
  const fraction = String(rounded % NS_PER_SECOND)
    .padStart(DIGITS, '0')
    .replace(/0+$/, '');
  const whole = Math.floor(rounded / NS_PER_SECOND);
  return fraction === '' ? `${whole}s` : `${whole}.${fraction}s`;
}

/** If the visible range is at least this long, ns, instants are written in hours or days. */
const LONG_NS = 2 * 3_600e9;

/**
 * Formats an instant for people: `20.151 s`, or `2.5 h` if the visible range is longer than two
 * hours.
 * @param rangeNs Width of the visible range; the narrower it is, the more digits are written.
 */
export function instantText(ns: number, rangeNs: number): string {
  const { seconds, suffix } = timeAxisUnit(rangeNs);
  const range = rangeNs / NS_PER_SECOND / seconds;
  const decimals = Math.min(DIGITS, Math.max(1, 3 - Math.floor(Math.log10(range))));
  const value = ns / NS_PER_SECOND / seconds;
  return `${value.toFixed(Number.isFinite(decimals) ? decimals : 3)} ${suffix}`;
}

/**
 * Formats an instant as the label of a tick, with as few digits as the visible range allows: `10
 * s`.
 */
export function instantTickText(ns: number, rangeNs: number): string {
  const { seconds, suffix } = timeAxisUnit(rangeNs);
  const decimals = Math.ceil(1 - Math.log10(rangeNs / NS_PER_SECOND / seconds));
  const text = (ns / NS_PER_SECOND / seconds).toFixed(Math.max(0, Math.min(DIGITS, decimals)));
  return `${text.includes('.') ? text.replace(/\.?0+$/, '') : text} ${suffix}`;
}

/**
 * Returns the unit of a time axis that shows a range of this width, with the unit's length in
 * seconds. Ticks are at round values of this unit.
 */
export function timeAxisUnit(rangeNs: number): RunTimeUnit {
  return rangeNs < LONG_NS ? { seconds: 1, suffix: 's' } : hourUnit(rangeNs / NS_PER_SECOND);
}

function hourUnit(seconds: number): RunTimeUnit {
  const unit = runTimeUnitFor(seconds);
  return unit.suffix === 's' ? { seconds: 3_600, suffix: 'h' } : unit;
}
