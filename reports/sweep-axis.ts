/**
 * A parameter of a sweep as an axis: its values as numbers, and whether they are spread evenly on a
 * linear axis or on a logarithmic one.
 *
 * @module
 */
import { groupThousands, quantityText, shortCountText } from './format.ts';

/**
 * Reads a number with its unit, as scenario files write it, into base units; undefined if the text is
 * not a number. Reports do not know the syntax of files, so the caller passes this function
 * (topologies/files/units.ts).
 */
export type QuantityReader = (
  text: string,
) => { readonly kind: string; readonly value: number } | undefined;

/** A parameter whose values are numbers of one kind. */
export interface SweepAxis {
  /** Reads the text of a value into base units; undefined if it is not a value of this axis. */
  readonly of: (text: string) => number | undefined;
  readonly isLog: boolean;
  readonly min: number;
  readonly max: number;
  /** A value as text: `50 ms`. */
  readonly textOf: (value: number) => string;
}

/**
 * The axis is linear if the largest value is less than this many times the smallest, however values are
 * spread.
 */
const LOG_RATIO_MIN = 4;

/**
 * The axis of these values; undefined if one of them is not a number, or if they have different kinds of
 * units.
 */
export function sweepAxis(
  values: readonly string[],
  readQuantity: QuantityReader,
): SweepAxis | undefined {
  const numbers = new Map<string, number>();
  let kind: string | undefined;
  for (const text of values) {
    const read = readQuantity(text);
    if (read === undefined || !Number.isFinite(read.value)) return undefined;
    // The value `0` may be written without a unit.
    const isZero = read.kind === 'number' && read.value === 0;
    if (!isZero && kind !== undefined && read.kind !== kind) return undefined;
    if (!isZero) kind = read.kind;
    numbers.set(text, read.value);
  }
  const sorted = [...new Set(numbers.values())].sort((a, b) => a - b);
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
  if (sorted.length < 2) return undefined;
  const textOf = (value: number): string => valueText(value, kind ?? 'number');
  return { of: (text) => numbers.get(text), isLog: isLogarithmic(sorted), min, max, textOf };
}

/** True if the steps between values are more alike as factors than as differences. */
function isLogarithmic(sorted: readonly number[]): boolean {
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
  if (sorted.length < 3 || min <= 0 || max / min < LOG_RATIO_MIN) return false;
  return variation(sorted.map(Math.log)) < variation(sorted);
}

/** Standard deviation of the steps, relative to their mean. */
function variation(values: readonly number[]): number {
  const steps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const square = steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / steps.length;
  return Math.sqrt(square) / mean;
}

/** For each kind of quantity, the metric unit whose scales (ms, s) are used to write its values. */
const BASE_UNITS: Readonly<Record<string, string>> = {
  time: 'ns',
  size: 'bytes',
  ratio: 'ratio',
  energy: 'uJ',
  mass: 'ug',
  intensity: 'ug/kWh',
};
const RATE_STEPS = [
  [1e9, 'Gbit/s'],
  [1e6, 'Mbit/s'],
  [1e3, 'kbit/s'],
] as const;

function valueText(value: number, kind: string): string {
  const unit = BASE_UNITS[kind];
  if (unit !== undefined) return quantityText(value, unit);
  if (kind === 'rate') {
    const [step, suffix] = RATE_STEPS.find(([from]) => value >= from) ?? [1, 'bit/s'];
    return `${plain(value / step)} ${suffix}`;
  }
  return kind === 'packet-rate' ? `${plain(value)} /s` : plain(value);
}

function plain(value: number): string {
  return Math.abs(value) >= 1e6
    ? shortCountText(value)
    : groupThousands(String(Number(value.toPrecision(4))));
}
