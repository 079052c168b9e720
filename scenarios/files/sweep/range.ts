/**
 * Ranges of a sweep: `50ms..500ms step 50ms`, `1..10`, `1Mbit/s..8Mbit/s step x2`; without a step
 * (`0.1..0.9`, `log 1ms..1s`) they are continuous, for samples (docs/spec/scenario-files.md).
 *
 * @module
 */
import { type LeafResult, shorten, wrong } from '../../../topologies/files/leaf.ts';
import { readQuantity, UNIT_WORDS } from '../../../topologies/files/units.ts';
import { type Amount, finer, grain, inUnitOf, readAmount, writeAmount } from './amount.ts';
import {
  compare,
  type Fraction,
  floor,
  fraction,
  minus,
  nearest,
  over,
  plus,
  readExact,
  times,
} from './exact.ts';

/** A range whose values are known. */
export interface SteppedRange {
  readonly kind: 'stepped';
  readonly text: string;
  readonly values: readonly string[];
}

/** A range without a step, both ends in the unit of the first. */
export interface OpenRange {
  readonly kind: 'open';
  readonly text: string;
  readonly scale: 'linear' | 'log';
  readonly from: Amount;
  readonly to: Amount;
}

/** A range of a sweep. */
export type Range = SteppedRange | OpenRange;

/** What messages call a range. */
export const RANGE_WORDS = 'a range such as 50ms..500ms step 50ms';

/** Most values of one range: that many combinations are the limit of a sweep. */
export const VALUES_MAX = 10_000;

/** Decimals of a geometric range that no grain rounds: enough to tell its values apart. */
const SIGNIFICANT_DIGITS = 12;

const LOG = /^log\s+/;

/** True if a text is meant as a range: `..` after a number. A path such as `../a.yaml` is none. */
export function looksLikeRange(text: string): boolean {
  const body = text.trim();
  const at = body.indexOf('..');
  if (at <= 0) return false;
  return LOG.test(body) || readQuantity(body.slice(0, at)) !== undefined;
}

/** Reads a text that looks like a range. */
export function readRange(text: string): LeafResult<Range> {
  const isLog = LOG.test(text.trim());
  const body = text.trim().replace(LOG, '');
  const at = body.indexOf('..');
  const [end = '', ...steps] = body.slice(at + 2).split(/\s+step\b/);
  const from = readAmount(body.slice(0, at));
  const to = readAmount(end);
  if (at <= 0 || from === undefined || to === undefined || steps.length > 1) {
    return wrong('E103', `"${shorten(text)}" is not ${RANGE_WORDS}`);
  }
  const ends = { text: text.trim(), from, to: to.kind === from.kind ? inUnitOf(to, from) : to };
  const mistake = endsMistake(ends, [body.slice(0, at).trim(), end.trim()]);
  if (mistake !== undefined) return mistake;
  const [step] = steps;
  if (isLog) return readLog(ends, step);
  if (step === undefined) return { value: { kind: 'open', scale: 'linear', ...whole(ends) } };
  return /^\s*x/.test(step) ? readGeometric(ends, step.trim()) : readLinear(ends, step.trim());
}

/** The values of a range without a step, if it counts whole numbers. */
export function wholeValues({ text, scale, from, to }: OpenRange): LeafResult<SteppedRange> {
  if (!from.isWhole || scale === 'log') {
    const hint = `write a step (0.1..0.9 step 0.2), or sample: { runs: 40, seed: 1 }`;
    return wrong('E104', `${text} has no step, so it has no values to combine`, hint);
  }
  return linear({ text, from, to }, { ...from, value: fraction(1n) });
}

interface Ends {
  readonly text: string;
  readonly from: Amount;
  readonly to: Amount;
}

/** Only ends that are both whole count whole numbers. */
function whole(ends: Ends): Ends {
  const isWhole = ends.from.isWhole && ends.to.isWhole;
  return { ...ends, from: { ...ends.from, isWhole }, to: { ...ends.to, isWhole } };
}

function endsMistake(
  { text, from, to }: Ends,
  [first, last]: readonly [string, string],
): ReturnType<typeof wrong> | undefined {
  if (from.kind !== to.kind) return unitMistake([first, from], [last, to]);
  if (compare(to.value, from.value) >= 0) return undefined;
  return wrong('E104', `${text} goes down`, `write ${last}..${first}: a range goes up`);
}

/** Two amounts of different kinds. */
function unitMistake(
  [first, a]: readonly [string, Amount],
  [second, b]: readonly [string, Amount],
): ReturnType<typeof wrong> {
  const bare = a.kind === 'number' ? [first, b.unit] : [second, a.unit];
  if (a.kind === 'number' || b.kind === 'number') {
    const hint = bare[1] === '%' ? 'write both in %' : `write ${bare.join('')}`;
    return wrong('E102', `${bare[0]} has no unit`, hint);
  }
  const message = `${first} is ${UNIT_WORDS[a.kind].a}, ${second} is ${UNIT_WORDS[b.kind].a}`;
  return wrong('E103', message, 'a range has one kind of unit');
}

function readLog(ends: Ends, step: string | undefined): LeafResult<Range> {
  const { text, from } = ends;
  if (step !== undefined) {
    return wrong('E104', `${text} has a step`, 'write step x2 without log, or log without a step');
  }
  if (from.value.top > 0n) return { value: { kind: 'open', scale: 'log', ...whole(ends) } };
  return wrong('E104', `${text} begins at 0 or below`, 'a logarithmic range begins above 0');
}

function readLinear(ends: Ends, written: string): LeafResult<Range> {
  const step = readAmount(written);
  if (step === undefined) {
    return wrong('E103', `"${shorten(written)}" is not a step such as 50ms or x2`);
  }
  const { from } = ends;
  if (step.kind !== from.kind) {
    return unitMistake([writeAmount(from.value, from.unit), from], [written, step]);
  }
  if (step.value.top > 0n) return linear(ends, step);
  const which = step.value.top === 0n ? 'a step of 0' : `a step of ${written}`;
  return wrong('E104', `${which} never reaches the end`, 'write a step above 0');
}

/** Values are written in the finer unit of begin and step, where all of them are finite decimals. */
function linear(ends: Ends, step: Amount): LeafResult<SteppedRange> {
  const unit = finer(ends.from, step);
  const from = inUnitOf(ends.from, unit).value;
  const width = inUnitOf(step, unit).value;
  const last = floor(over(minus(inUnitOf(ends.to, unit).value, from), width));
  if (last >= BigInt(VALUES_MAX)) return tooMany(ends.text, String(last + 1n));
  const values = Array.from({ length: Number(last) + 1 }, (_, count) =>
    writeAmount(plus(from, times(width, fraction(BigInt(count)))), unit.unit),
  );
  return { value: { kind: 'stepped', text: ends.text, values } };
}

function readGeometric(ends: Ends, written: string): LeafResult<Range> {
  const factor = readExact(written.slice(1).trim());
  if (factor === undefined)
    return wrong('E103', `"${shorten(written)}" is not a factor such as x2`);
  const { text, from, to } = ends;
  if (compare(factor, fraction(1n)) <= 0) {
    return wrong('E104', `a step of ${written} never reaches the end`, 'write a factor above 1');
  }
  if (from.value.top <= 0n) {
    return wrong(
      'E104',
      `${text} multiplies ${writeAmount(from.value, from.unit)}`,
      'begin above 0',
    );
  }
  const rounding = grain({ ...from, isWhole: false });
  const values: string[] = [];
  // The exact power grows by the digits of the factor with each step, hence the bound; it is not
  // reduced, which would take longer than all else.
  for (let power = from.value; compare(power, to.value) <= 0; power = product(power, factor)) {
    if (values.length === VALUES_MAX || String(power.top).length > 4_000) {
      return tooMany(text, `more than ${values.length}`);
    }
    const value = writeAmount(rounded(power, rounding), from.unit);
    if (value === values.at(-1)) {
      return wrong('E104', `two values of ${text} are both ${value}`, 'write a larger factor');
    }
    values.push(value);
  }
  return { value: { kind: 'stepped', text, values } };
}

/** The nearest multiple of the grain, or the nearest number of a few digits. */
function rounded(value: Fraction, grained: Fraction | undefined): Fraction {
  const step = grained ?? digitStep(value);
  const inverse = { top: step.bottom, bottom: step.top };
  return times(fraction(nearest(product(value, inverse))), step);
}

/** A product that is not reduced. */
function product(a: Fraction, b: Fraction): Fraction {
  return { top: a.top * b.top, bottom: a.bottom * b.bottom };
}

/** One in the last of the digits that are kept; integers keep all of theirs. */
function digitStep(value: Fraction): Fraction {
  let tens = 1n;
  const wanted = fraction(10n ** BigInt(SIGNIFICANT_DIGITS - 1));
  while (compare(product(value, { top: tens, bottom: 1n }), wanted) < 0) tens *= 10n;
  return fraction(1n, tens);
}

function tooMany(text: string, count: string): ReturnType<typeof wrong> {
  const message = `${text} makes ${count} values, the limit is ${VALUES_MAX}`;
  return wrong('E104', message, 'write a larger step');
}
