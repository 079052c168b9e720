/**
 * Schema leaves for numbers: quantities with mandatory units, shares, counts (E102 to E105, E115).
 * `units.ts` reads the texts.
 *
 * @module
 */
import { readNumber } from '../../engine/pure/read-number.ts';
import {
  type Leaf,
  type LeafResult,
  leafMistakeResult,
  makeLeafSchema,
  shorten,
  wrongShapeResult,
} from './leaf.ts';
import { readQuantity, UNIT_EXAMPLES, UNIT_KIND_NAMES, type UnitKind } from './units.ts';

/** Limits of a quantity in its base unit, with their spelling in messages. */
export interface QuantityLimits {
  readonly min?: number;
  readonly minText?: string;
  readonly max?: number;
  readonly maxText?: string;
  /** Explains the entry, e.g. `$key is a probability, e.g. 0.01 for 1 %`. */
  readonly hint?: string;
}

/** Longest virtual time that a file may name, ns: 104 days (docs/spec/event-order.md). */
export const LONGEST_TIME_NS = 104 * 86_400e9;
const TIME_LIMITS: QuantityLimits = { min: 0, max: LONGEST_TIME_NS, maxText: '104d' };

const SHARE_HINT = '$key is a probability, e.g. 0.01 for 1 %';
const NOT_FINITE = /^[+-]?\.?(?:nan|inf|infinity)\b/i;

/** Schema of a time of at least 0; the value is in whole nanoseconds. */
export function timeLeaf(limits: QuantityLimits = {}): Leaf<number> {
  return quantity('time', { ...TIME_LIMITS, ...limits }, asWholeNs);
}

/** Schema of a time that may be negative, e.g. a clock step; the value is in whole nanoseconds. */
export function signedTimeLeaf(): Leaf<number> {
  return quantity('time', { ...TIME_LIMITS, min: -104 * 86_400e9, minText: '-104d' }, asWholeNs);
}

/** Schema of a rate above 0; the value is in bit/s, and infinite for `unlimited`. */
export function bitRateLeaf(): Leaf<number> {
  const bounded = (value: unknown): LeafResult<number> =>
    readQuantityAs(value, 'rate', { min: 1, minText: '1bit/s' });
  return makeLeafSchema(expectation('rate'), quantityJson('rate'), (value) =>
    value === 'unlimited' ? { value: Number.POSITIVE_INFINITY } : bounded(value),
  );
}

/** Schema of a bandwidth of at least 1 kbit/s and at most 1 Pbit/s; the value is in bit/s. */
export function bandwidthLeaf(): Leaf<number> {
  const limits = { min: 1e3, minText: '1kbit/s', max: 1e15, maxText: '1000Tbit/s' };
  return quantity('rate', limits, (value) => ({ value }));
}

/** Schema of the carbon of traffic; the value is a whole number of grams of CO2 per terabyte. */
export function trafficCarbonLeaf(): Leaf<number> {
  const limits = { min: 0, minText: '0gCO2/TB', max: 1e9, maxText: '1000000000gCO2/TB' };
  return quantity('traffic-carbon', limits, (value, written) =>
    Number.isInteger(value)
      ? { value }
      : leafMistakeResult('E104', `${written} is not a whole number of grams per terabyte`),
  );
}

/** Schema of a rate above 0; the value is in packets per second. */
export function packetRateLeaf(): Leaf<number> {
  const limits = { min: 1e-6, minText: 'one packet in 11 days', max: 1e9, maxText: '1e9/s' };
  return quantity('packet-rate', limits, (value) => ({ value }));
}

/** Schema of a size; the value is in whole bytes. */
export function sizeLeaf(limits: QuantityLimits = {}): Leaf<number> {
  return quantity('size', { min: 0, minText: '0B', ...limits }, (value, written) =>
    Number.isInteger(value)
      ? { value }
      : leafMistakeResult(
          'E104',
          `${written} is not a whole number of bytes`,
          'write the size in B',
        ),
  );
}

/** Schema of a share of 1, written as `5%` or `0.05`. */
export function shareLeaf(): Leaf<number> {
  return quantity('ratio', { min: 0, max: 1, hint: SHARE_HINT }, (value) => ({ value }));
}

/** Schema of the drift of a clock; the value is in parts per million, positive for a fast clock. */
export function clockDriftLeaf(): Leaf<number> {
  return quantity('drift', { min: -1e5, max: 1e5 }, (value) => ({ value }));
}

/** Schema of a number without unit. */
export function numberLeaf(expects: string, limits: QuantityLimits = {}): Leaf<number> {
  return makeLeafSchema(expects, { type: 'number', ...jsonLimits(limits) }, (value) =>
    readPlain(value, expects, limits),
  );
}

/** Schema of a whole number without unit. */
export function wholeNumberLeaf(expects: string, limits: QuantityLimits = {}): Leaf<number> {
  return makeLeafSchema(expects, { type: 'integer', ...jsonLimits(limits) }, (value) => {
    const result = readPlain(value, expects, limits);
    if ('mistake' in result || Number.isSafeInteger(result.value)) return result;
    return leafMistakeResult('E104', `${String(value)} is not a whole number`);
  });
}

function quantity(
  kind: UnitKind,
  limits: QuantityLimits,
  finish: (value: number, written: string) => LeafResult<number>,
): Leaf<number> {
  return makeLeafSchema(expectation(kind), quantityJson(kind), (value) => {
    const result = readQuantityAs(value, kind, limits);
    return 'mistake' in result ? result : finish(result.value, String(value));
  });
}

/** Text that names what is expected: `a time such as 60s, 500ms, 2min`. */
function expectation(kind: UnitKind): string {
  return `${UNIT_KIND_NAMES[kind].a} such as ${UNIT_EXAMPLES[kind]}`;
}

/** Reads a value as a quantity of one kind, within limits. */
export function readQuantityAs(
  value: unknown,
  kind: UnitKind,
  limits: QuantityLimits,
): LeafResult<number> {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return wrongShapeResult(value, expectation(kind));
  }
  const written = String(value);
  if (NOT_FINITE.test(written)) {
    return leafMistakeResult(
      'E115',
      `${written} is not a finite number, expected ${expectation(kind)}`,
    );
  }
  const found = readQuantity(written);
  if (found === undefined) {
    return leafMistakeResult('E103', `"${shorten(written)}" is not ${expectation(kind)}`);
  }
  if (found.kind === kind) return within(found.value, written, limits);
  if (found.kind === 'number') return withoutUnit(found.value, value, kind, limits);
  const { a } = UNIT_KIND_NAMES[found.kind];
  const result = leafMistakeResult(
    'E103',
    `${written} is ${a}, expected ${UNIT_KIND_NAMES[kind].a}`,
  );
  return { mistake: { ...result.mistake, foundUnit: found.kind } };
}

function withoutUnit(
  bare: number,
  value: string | number,
  kind: UnitKind,
  limits: QuantityLimits,
): LeafResult<number> {
  const shown = typeof value === 'string' ? `"${value}"` : String(value);
  if (kind !== 'ratio') {
    const message = `${value} has no unit, expected ${expectation(kind)}`;
    return leafMistakeResult('E102', message, `write ${value}${UNIT_KIND_NAMES[kind].unit}`);
  }
  const max = limits.max ?? Number.POSITIVE_INFINITY;
  // 1.4 may be meant as a probability, and is out of range; 5 is probably meant as 5 %.
  const looksLikePercent = bare > max && bare <= 100 && (bare >= 2 || typeof value === 'string');
  if (!looksLikePercent) return within(bare, String(value), limits);
  const message = `${shown} has no %, and ${bare} is above ${max}`;
  return leafMistakeResult(
    'E105',
    message,
    `write ${bare}% or ${Number((bare / 100).toPrecision(12))}`,
  );
}

function readPlain(value: unknown, expects: string, limits: QuantityLimits): LeafResult<number> {
  if (typeof value !== 'string' && typeof value !== 'number')
    return wrongShapeResult(value, expects);
  const written = String(value);
  if (NOT_FINITE.test(written)) {
    return leafMistakeResult('E115', `${written} is not a finite number, expected ${expects}`);
  }
  const bare = typeof value === 'number' ? value : readNumber(value);
  if (bare !== undefined) return within(bare, written, limits);
  return leafMistakeResult('E103', `"${shorten(written)}" is not ${expects}`);
}

function within(value: number, written: string, limits: QuantityLimits): LeafResult<number> {
  const { min, max, hint } = limits;
  if (!Number.isFinite(value))
    return leafMistakeResult('E115', `${written} is not a finite number`);
  if (min !== undefined && value < min) {
    const isNegative = value < 0 && min >= 0;
    // For a negative number the message names 0 as the minimum even if the minimum is a bit above
    // 0, because the sign is the mistake.
    const least = isNegative && min < 1 ? 0 : (limits.minText ?? min);
    return leafMistakeResult(
      isNegative ? 'E115' : 'E104',
      `${written} is below the minimum ${least}`,
      hint,
    );
  }
  if (max !== undefined && value > max) {
    return leafMistakeResult(
      'E104',
      `${written} is above the maximum ${limits.maxText ?? max}`,
      hint,
    );
  }
  return { value };
}

function asWholeNs(value: number, written: string): LeafResult<number> {
  if (Number.isSafeInteger(value)) return { value };
  return leafMistakeResult(
    'E104',
    `${written} is not a whole number of nanoseconds`,
    'the finest step is 1ns',
  );
}

function quantityJson(kind: UnitKind): Readonly<Record<string, unknown>> {
  const types = kind === 'ratio' ? ['string', 'number'] : 'string';
  return { type: types, unit: expectation(kind), examples: UNIT_EXAMPLES[kind].split(', ') };
}

function jsonLimits({ min, max }: QuantityLimits): Readonly<Record<string, number>> {
  return {
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
  };
}
