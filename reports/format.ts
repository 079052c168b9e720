/**
 * Formats numbers for people: three or four significant digits, always with the unit, thousands
 * grouped. Units and their steps are those of engine/pure/metric-units.ts; ratios are printed as percent with as many
 * digits as the distance to 100 % needs.
 *
 * @module
 */
import { unitFacts } from '../engine/pure/metric-units.ts';

/** How to print numbers of one magnitude: the divisor and the suffix. */
export interface UnitScale {
  readonly divisor: number;
  readonly suffix: string;
}

/** The scale for a value in its base unit; an unknown unit becomes the suffix unchanged. */
export function chooseUnitScale(value: number, unit: string): UnitScale {
  const steps = unitFacts(unit)?.steps;
  const size = Math.abs(value);
  return steps?.find(({ from }) => size >= from) ?? steps?.at(-1) ?? { divisor: 1, suffix: unit };
}

/** Groups the digits before the point in threes: 598812 becomes `598 812`. */
export function groupThousands(plain: string): string {
  const [whole = '', fraction] = plain.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

/**
 * Rounds to significant digits, but leaves all digits before the decimal point, and writes no
 * exponent.
 */
export function significantDigitsText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(12, Math.max(0, digits - 1 - magnitude));
  const fixed = value.toFixed(decimals);
  return groupThousands(Number(fixed) === 0 ? '0' : fixed);
}

/** A percentage with enough digits to show two figures of the distance to 100 %: 99.974. */
function percentText(percent: number, digits: number): string {
  if (percent === 100) return '100';
  if (percent > 99 && percent < 100) {
    const missing = Math.floor(Math.log10(100 - percent));
    const text = percent.toFixed(Math.min(8, Math.max(1, digits - 2 - missing)));
    return Number(text) === 100 ? '99.99999999' : text;
  }
  return significantDigitsText(percent, digits);
}

/** A number in a given scale, without unit. */
export function scaledNumberText(
  value: number,
  scale: UnitScale,
  options: { readonly digits: number } = { digits: 3 },
): string {
  const scaled = value / scale.divisor;
  if (scale.suffix === '%') return percentText(Number(scaled.toPrecision(14)), options.digits);
  if (scale.suffix !== 's' && Number.isInteger(scaled)) return groupThousands(String(scaled));
  return significantDigitsText(scaled, options.digits);
}

/** Appends a unit after a space; nothing for plain counts. */
function withUnit(number: string, suffix: string): string {
  return suffix === '' ? number : `${number} ${suffix}`;
}

/** A value in its base unit: `212 ms`, `598 812 /min`, `99.974 %`. */
export function quantityText(value: number, unit: string): string {
  const scale = chooseUnitScale(value, unit);
  return withUnit(scaledNumberText(value, scale), scale.suffix);
}

/**
 * A value to be printed beside a limit, with more digits if rounding would make a missed limit look
 * met: 750.3 ms against 750 ms is not printed as `750 ms`.
 */
export function quantityTextBesideLimit(value: number, limit: number, unit: string): string {
  // If the limit is long, the scale is that of the limit: a value in seconds beside a limit in hours is
  // hard to compare.
  const scale = chooseUnitScale(Math.max(Math.abs(value), isLong(limit, unit) ? limit : 0), unit);
  const shown = Number((limit / scale.divisor).toPrecision(12));
  for (let digits = 3; digits < 12; digits++) {
    const candidate = scaledNumberText(value, scale, { digits });
    const isApart = Number(candidate.replaceAll(' ', '')) !== shown;
    if (isApart || value === limit) return withUnit(candidate, scale.suffix);
  }
  return withUnit(String(value / scale.divisor), scale.suffix);
}

function isLong(value: number, unit: string): boolean {
  return unit === 'ns' && value >= 600e9;
}

function limitNumber(limit: number, scale: UnitScale): string {
  return groupThousands(String(Number((limit / scale.divisor).toPrecision(12))));
}

/** A limit with all its digits: `<= 750 ms`. */
export function limitQuantityText(limit: number, unit: string): string {
  const scale = chooseUnitScale(limit, unit);
  return withUnit(limitNumber(limit, scale), scale.suffix);
}

/** A whole number with groups of digits: `17 987 331`. */
export function wholeNumberText(value: number): string {
  return groupThousands(String(Math.round(value)));
}

/** A large count in short form: `2.1 M`, `12 k`, `812`. */
export function shortCountText(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toPrecision(2)} G`;
  if (value >= 1e7) return `${(value / 1e6).toFixed(0)} M`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)} k`;
  return groupThousands(String(Math.round(value)));
}

/** Wall seconds of a run: `0.42 s`, `41 s`, `7 min 5 s`. */
export function wallSecondsText(seconds: number): string {
  if (seconds < 10) return `${significantDigitsText(seconds, 2)} s`;
  const total = Math.round(seconds);
  if (total < 120) return `${total} s`;
  return `${Math.floor(total / 60)} min ${total % 60} s`;
}

/** The unit in which instants of a run of this length are written. */
export interface RunTimeUnit {
  readonly seconds: number;
  readonly suffix: string;
}

const SECONDS: RunTimeUnit = { seconds: 1, suffix: 's' };
const HOURS: RunTimeUnit = { seconds: 3_600, suffix: 'h' };
const DAYS: RunTimeUnit = { seconds: 86_400, suffix: 'd' };
/** A larger unit is used from three of it on: three hours, three days. */
const SPAN_MIN = 3;

/** Seconds below three hours, hours below three days, then days. */
export function runTimeUnitFor(seconds: number): RunTimeUnit {
  if (seconds >= SPAN_MIN * DAYS.seconds) return DAYS;
  return seconds >= SPAN_MIN * HOURS.seconds ? HOURS : SECONDS;
}

/** A span of a run: `60 s`, `14 d`, `36.5 h`. */
export function runSpanText(seconds: number, unit = runTimeUnitFor(seconds), digits = 3): string {
  return `${significantDigitsText(seconds / unit.seconds, digits)} ${unit.suffix}`;
}

/** The margin of a KPI: `72 %`, `0.07 pt`, `-8 %`; `-` if the margin is null. */
export function marginText(margin: number | null, unit: 'relative' | 'points'): string {
  if (margin === null) return '-';
  const percent = margin * 100;
  if (unit === 'points') return `${significantDigitsText(percent, percent < 0.1 ? 1 : 2)} pt`;
  const rounded = Math.abs(percent) < 1 ? significantDigitsText(percent, 1) : Math.round(percent);
  return `${rounded} %`;
}

/** The first twelve hex digits of a fingerprint in groups of four. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 12).replace(/(.{4})(?=.)/g, '$1 ');
}

/** A number with its noun: `1 seed`, `30 seeds`. */
export function countWithNoun(n: number, noun: string): string {
  return `${wholeNumberText(n)} ${noun}${n === 1 ? '' : 's'}`;
}
