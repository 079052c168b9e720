/**
 * Quantities with units as people write them: `250ms`, `10mbit`, `10000/s`, `1000B`, `5%`. Units
 * are mandatory and checked (docs/spec/topology-files.md, "Units").
 *
 * YAML 1.2 leaves `10ms` and `1_000` as strings; `_` between digits is accepted on purpose. Base
 * units are ns, bit/s, packets per second, bytes, shares of one, microjoules and micrograms; grams per terabyte of
 * traffic. Positions are not known here.
 *
 * @module
 */
import { readNumber } from '../../engine/pure/read-number.ts';

/** The quantities that units measure. */
export type UnitKind =
  | 'time'
  | 'rate'
  | 'packet-rate'
  | 'size'
  | 'ratio'
  | 'packets'
  | 'drift'
  | 'energy'
  | 'mass'
  | 'intensity'
  | 'traffic-carbon';

/** A number with its unit, in the base unit of its kind. */
export interface Quantity {
  readonly kind: UnitKind;
  readonly value: number;
}

/** A number without a unit, given as text. */
export interface BareNumber {
  readonly kind: 'number';
  readonly value: number;
}

/** Names of the kinds in messages, with article, and a unit of each. */
export const UNIT_KIND_NAMES: Readonly<
  Record<UnitKind, { readonly a: string; readonly unit: string }>
> = {
  time: { a: 'a time', unit: 's' },
  rate: { a: 'a rate', unit: 'bit/s' },
  'packet-rate': { a: 'a packet rate', unit: '/s' },
  size: { a: 'a size', unit: 'B' },
  ratio: { a: 'a share', unit: '%' },
  packets: { a: 'a number of packets', unit: 'packets' },
  drift: { a: 'a clock drift', unit: 'ppm' },
  energy: { a: 'an energy', unit: 'J' },
  mass: { a: 'a mass', unit: 'g' },
  intensity: { a: 'a carbon intensity', unit: 'gCO2/kWh' },
  'traffic-carbon': { a: 'a carbon intensity of traffic', unit: 'gCO2/TB' },
};

/** A valid value of each kind of unit, shown in error messages. */
export const UNIT_EXAMPLES: Readonly<Record<UnitKind, string>> = {
  time: '60s, 500ms, 2min',
  rate: '10Mbit/s, 1Gbit/s',
  'packet-rate': '10000/s, 500000/min',
  size: '1000B, 64KiB, 5MB',
  ratio: '5%, 0.05',
  packets: '1000packets',
  drift: '50ppm',
  energy: '500mJ, 24J, 2kWh',
  mass: '500mg, 24g, 2kg',
  intensity: '400gCO2/kWh',
  'traffic-carbon': '780gCO2/TB',
};

const TIME_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  min: 60e9,
  m: 60e9,
  h: 3_600e9,
  d: 86_400e9,
};

const SIZE_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

const ENERGY_UJ: Readonly<Record<string, number>> = {
  uJ: 1,
  µJ: 1,
  μJ: 1,
  mJ: 1e3,
  J: 1e6,
  kJ: 1e9,
  MJ: 1e12,
  Wh: 3_600e6,
  kWh: 3_600e9,
};

const MASS_UG: Readonly<Record<string, number>> = {
  ug: 1,
  µg: 1,
  μg: 1,
  mg: 1e3,
  g: 1e6,
  kg: 1e9,
  t: 1e12,
};

const INTENSITY_UG: Readonly<Record<string, number>> = { 'gCO2/kWh': 1e6, 'g/kWh': 1e6 };
const TRAFFIC_CARBON_G: Readonly<Record<string, number>> = { 'gCO2/TB': 1, 'gCO2/GB': 1e3 };

/** Kinds whose units are a table of factors to the base unit. */
const TABLES: readonly (readonly [UnitKind, Readonly<Record<string, number>>])[] = [
  ['time', TIME_NS],
  ['size', SIZE_BYTES],
  ['energy', ENERGY_UJ],
  ['mass', MASS_UG],
  ['intensity', INTENSITY_UG],
  ['traffic-carbon', TRAFFIC_CARBON_G],
];

const RATE_PREFIX: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Length in seconds of the time units allowed after the slash of a packet rate. */
const PER_SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60, h: 3_600 };

const NUMBER_AND_UNIT = /^([+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:e[+-]?\d+)?)\s*([^\d\s].*)?$/i;
const RATE_UNIT = /^([kmgt]?)(?:bits?(?:\/s)?|bps)$/i;

/**
 * Reads a number with an optional unit.
 *
 * @param text E.g. `250ms`, `1_000B`, `-5/s`, `60`.
 * @returns the quantity in its base unit, the bare number, or undefined when it is neither.
 */
export function readQuantity(text: string): Quantity | BareNumber | undefined {
  const match = NUMBER_AND_UNIT.exec(text.trim());
  if (match === null) return undefined;
  const digits = match[1] ?? '';
  const value = readNumber(digits);
  if (value === undefined) return undefined;
  const unit = match[2]?.trim() ?? '';
  return unit === '' ? { kind: 'number', value } : withUnit(digits, unit);
}

function withUnit(digits: string, unit: string): Quantity | undefined {
  if (unit === '%') return { kind: 'ratio', value: scale(digits, 1e-2) };
  if (unit === 'ppm') return { kind: 'drift', value: scale(digits, 1) };
  if (/^packets?$/.test(unit)) return { kind: 'packets', value: scale(digits, 1) };
  for (const [kind, factors] of TABLES) {
    const factor = own(factors, unit);
    if (factor !== undefined) return { kind, value: scale(digits, factor) };
  }
  const rate = RATE_UNIT.exec(unit);
  if (rate !== null) {
    const factor = RATE_PREFIX[(rate[1] ?? '').toLowerCase()] ?? 1;
    return { kind: 'rate', value: scale(digits, factor) };
  }
  const per = unit.startsWith('/') ? own(PER_SECONDS, unit.slice(1).trim()) : undefined;
  return per === undefined ? undefined : { kind: 'packet-rate', value: scale(digits, 1) / per };
}

/** Own properties only: every object has a constructor, which is not a unit. */
function own(factors: Readonly<Record<string, number>>, unit: string): number | undefined {
  return Object.hasOwn(factors, unit) ? factors[unit] : undefined;
}

/**
 * Multiplies exactly if a JavaScript number can hold the result: the factor's powers of ten are applied to the
 * decimal text, so that 99.9 % is 0.999 and 1000000.295488601 s keeps its last nanosecond.
 */
function scale(digits: string, factor: number): number {
  const [mantissa = '', exponent = '0'] = digits.replaceAll('_', '').toLowerCase().split('e');
  let tens = 0;
  let rest = factor;
  while (rest < 1) {
    rest = Math.round(rest * 1e6) / 1e5;
    tens -= 1;
  }
  while (rest % 10 === 0) {
    rest /= 10;
    tens += 1;
  }
  return Number(`${mantissa}e${Number(exponent) + tens}`) * rest;
}

const TIME_UNITS_DESCENDING: readonly (readonly [string, number])[] = [
  ['d', 86_400e9],
  ['h', 3_600e9],
  ['min', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
];

/** Longer times are written in minutes, hours or days where these give a whole number. */
const LONG_NS = 600e9;

/** Formats a time in the largest unit that needs at most three decimals: `60s`, `2.45ms`. */
export function formatTime(ns: number): string {
  if (ns === 0) return '0s';
  for (const [unit, factor] of TIME_UNITS_DESCENDING) {
    const isLong = factor > 1e9;
    if (isLong && (Math.abs(ns) < LONG_NS || ns % factor !== 0)) continue;
    // A long time that is not a round number of a unit is written in ns, so that nothing is lost by
    // rounding.
    const isShort = Math.abs(ns) >= factor && Math.abs(ns) < factor * 1e9;
    if (isLong || (isShort && ns % (factor / 1e3) === 0)) return `${ns / factor}${unit}`;
  }
  return `${ns}ns`;
}
