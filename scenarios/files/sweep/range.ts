/**
 * Ranges of a sweep: `50ms..500ms step 50ms`, `1..10`, `1Mbit/s..8Mbit/s step x2`; without a step
 * (`0.1..0.9`, `log 1ms..1s`) they are continuous, for samples (docs/spec/scenario-files.md).
 *
 * range-values.ts computes their values.
 *
 * @module
 */

import {
  compareFractions,
  type Fraction,
  fraction,
  parseFraction,
} from '../../../engine/pure/fraction.ts';
import { type LeafResult, leafMistakeResult, shorten } from '../../../topologies/files/leaf.ts';
import { suggestNearestWord } from '../../../topologies/files/suggest.ts';
import { readQuantity, UNIT_KIND_NAMES } from '../../../topologies/files/units.ts';
import {
  type Amount,
  amountFileText,
  convertAmount,
  readAmount,
  violatedBaseUnit,
} from './amount.ts';

/** A range with a step. */
export interface SteppedRange extends Ends {
  readonly kind: 'stepped';
  readonly step: RangeStep;
}

/** How to get from one value to the next: a width is added, or a factor multiplied. */
export type RangeStep =
  | { readonly kind: 'add'; readonly width: Amount }
  | { readonly kind: 'multiply'; readonly factor: Fraction };

/** A range without a step. */
export interface ContinuousRange extends Ends {
  readonly kind: 'open';
  readonly scale: 'linear' | 'log';
}

/** The common part of all ranges: both ends, in the unit of the first. */
interface Ends {
  /** The range as written in the file. */
  readonly text: string;
  readonly from: Amount;
  readonly to: Amount;
}

/** A range of a sweep. */
export type SweepRange = SteppedRange | ContinuousRange;

/** How error messages describe a range. */
export const RANGE_NAME_IN_MESSAGES = 'a range such as 50ms..500ms step 50ms';

const LOG = /^log\s+/;

/**
 * True if a text is meant as a range: it has `..` after a number. A path such as `../a.yaml` is
 * not a range.
 */
export function looksLikeRange(text: string): boolean {
  const body = text.trim();
  const at = body.indexOf('..');
  if (at <= 0) return false;
  return LOG.test(body) || readQuantity(body.slice(0, at)) !== undefined;
}

/** Reads a text that looks like a range. */
export function readRange(text: string): LeafResult<SweepRange> {
  const isLog = LOG.test(text.trim());
  const body = text.trim().replace(LOG, '');
  const at = body.indexOf('..');
  if (body.startsWith('...', at)) {
    const hint = `write ${text.trim().replace(/\.{3,}/, '..')}`;
    return leafMistakeResult('E103', `${shorten(text)} has more than two dots`, hint);
  }
  const [end = '', ...steps] = body.slice(at + 2).split(/\s+step\b/);
  const from = readAmount(body.slice(0, at));
  const to = readAmount(end);
  if (at <= 0 || from === undefined || to === undefined || steps.length > 1) {
    return leafMistakeResult(
      'E103',
      `"${shorten(text)}" is not ${RANGE_NAME_IN_MESSAGES}`,
      stepHint(end),
    );
  }
  const ends = {
    text: text.trim(),
    from,
    to: to.kind === from.kind ? convertAmount(to, from) : to,
  };
  const mistake = endsMistake(ends, [body.slice(0, at).trim(), end.trim()]);
  if (mistake !== undefined) return mistake;
  const [step] = steps;
  if (isLog) return readLog(ends, step);
  if (step === undefined) return { value: { kind: 'open', scale: 'linear', ...whole(ends) } };
  return /^\s*x/.test(step) ? readGeometric(ends, step.trim()) : readLinear(ends, step.trim());
}

/** A hint if a word after the end of a range looks like a mistyped `step`; else undefined. */
function stepHint(end: string): string | undefined {
  const [, word = ''] = /^\s*\S+\s+([a-z]+)/i.exec(end) ?? [];
  return suggestNearestWord(word, ['step']) === undefined ? undefined : 'did you mean step?';
}

/** Makes both ends whole numbers only if both are written as such. */
function whole(ends: Ends): Ends {
  const isWhole = ends.from.isWhole && ends.to.isWhole;
  return { ...ends, from: { ...ends.from, isWhole }, to: { ...ends.to, isWhole } };
}

function endsMistake(
  { text, from, to }: Ends,
  [first, last]: readonly [string, string],
): ReturnType<typeof leafMistakeResult> | undefined {
  if (from.kind !== to.kind) return unitMistake([first, from], [last, to]);
  const mistake = grainMistake(first, from) ?? grainMistake(last, to);
  if (mistake !== undefined) return mistake;
  if (compareFractions(to.value, from.value) >= 0) return undefined;
  return leafMistakeResult('E104', `${text} goes down`, `write ${last}..${first}: a range goes up`);
}

/** The mistake if an amount is not a whole number of its base unit; undefined if it is. */
function grainMistake(
  written: string,
  amount: Amount,
): ReturnType<typeof leafMistakeResult> | undefined {
  const grains = violatedBaseUnit(amount);
  return grains === undefined
    ? undefined
    : leafMistakeResult('E104', `${written} is not a whole number of ${grains}`);
}

/** The mistake if two amounts have units of different kinds. */
function unitMistake(
  [first, a]: readonly [string, Amount],
  [second, b]: readonly [string, Amount],
): ReturnType<typeof leafMistakeResult> {
  const bare = a.kind === 'number' ? [first, b.unit] : [second, a.unit];
  if (a.kind === 'number' || b.kind === 'number') {
    const hint = bare[1] === '%' ? 'write both in %' : `write ${bare.join('')}`;
    return leafMistakeResult('E102', `${bare[0]} has no unit`, hint);
  }
  const message = `${first} is ${UNIT_KIND_NAMES[a.kind].a}, ${second} is ${UNIT_KIND_NAMES[b.kind].a}`;
  return leafMistakeResult('E103', message, 'a range has one kind of unit');
}

function readLog(ends: Ends, step: string | undefined): LeafResult<SweepRange> {
  const { text, from } = ends;
  if (step !== undefined) {
    return leafMistakeResult(
      'E104',
      `${text} has a step`,
      'write step x2 without log, or log without a step',
    );
  }
  if (from.value.numerator > 0n) return { value: { kind: 'open', scale: 'log', ...whole(ends) } };
  return leafMistakeResult(
    'E104',
    `${text} begins at 0 or below`,
    'a logarithmic range begins above 0',
  );
}

function readLinear(ends: Ends, written: string): LeafResult<SweepRange> {
  const step = readAmount(written);
  if (step === undefined) {
    return leafMistakeResult('E103', `"${shorten(written)}" is not a step such as 50ms or x2`);
  }
  const { from } = ends;
  if (step.kind !== from.kind) {
    return unitMistake([amountFileText(from.value, from.unit), from], [written, step]);
  }
  const mistake = grainMistake(written, step);
  if (mistake !== undefined) return mistake;
  if (step.value.numerator > 0n) return stepped(ends, { kind: 'add', width: step });
  const which = step.value.numerator === 0n ? 'a step of 0' : `a step of ${written}`;
  return leafMistakeResult('E104', `${which} never reaches the end`, 'write a step above 0');
}

function readGeometric(ends: Ends, written: string): LeafResult<SweepRange> {
  const factor = parseFraction(written.slice(1).trim());
  if (factor === undefined)
    return leafMistakeResult('E103', `"${shorten(written)}" is not a factor such as x2`);
  const { text, from } = ends;
  if (compareFractions(factor, fraction(1n)) <= 0) {
    return leafMistakeResult(
      'E104',
      `a step of ${written} never reaches the end`,
      'write a factor above 1',
    );
  }
  if (from.value.numerator <= 0n) {
    return leafMistakeResult(
      'E104',
      `${text} multiplies ${amountFileText(from.value, from.unit)}`,
      'begin above 0',
    );
  }
  return stepped(ends, { kind: 'multiply', factor });
}

function stepped(ends: Ends, step: RangeStep): LeafResult<SweepRange> {
  return { value: { kind: 'stepped', ...ends, step } };
}
