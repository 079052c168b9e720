/**
 * Compiles the condition of a sweep into a test of one combination: finds the parameters that it names,
 * and checks that units agree.
 *
 * @module
 */
import { shortestUniqueEnding } from '../../../reports/sweep.ts';
import { shorten } from '../../../topologies/files/leaf.ts';
import { unknownNameHint } from '../../../topologies/files/suggest.ts';
import { readQuantity, UNIT_KIND_NAMES, type UnitKind } from '../../../topologies/files/units.ts';
import { parseWhere, type WhereComparison, type WhereCondition } from './where-parse.ts';
import type { WhereMistake, WhereToken } from './where-tokens.ts';

/** A value in a comparison of a sweep's condition: of a parameter, or a constant. */
export interface WhereValue {
  readonly text: string;
  /** The kind of the quantity; `word` for a text that is not a number. */
  readonly kind: UnitKind | 'number' | 'word';
  /** The number in base units; 0 for a word. */
  readonly amount: number;
}

/** A parameter and all values that it has in this sweep. */
export interface WhereAxis {
  readonly path: string;
  readonly values: readonly WhereValue[];
}

/**
 * Tells whether the condition of a sweep holds for a combination, given as one value for each axis in
 * their order.
 */
export type WhereTest = (cell: readonly WhereValue[]) => boolean;

/** Reads a value of a sweep. */
export function whereValue(text: string): WhereValue {
  // A rate may be `unlimited`, which is larger than every other rate.
  if (text === 'unlimited') return { text, kind: 'rate', amount: Number.POSITIVE_INFINITY };
  const quantity = readQuantity(text);
  if (quantity === undefined) return { text, kind: 'word', amount: 0 };
  return { text, kind: quantity.kind, amount: quantity.value };
}

/** Largest number of parameters that are compared to find a hint. */
const NAMED_MAX = 100;

/**
 * Compiles the condition (`where`) of a sweep into a test; for a wrong condition, returns its first
 * mistake.
 */
export function compileWhere(text: string, axes: readonly WhereAxis[]): WhereTest | WhereMistake {
  const condition = parseWhere(text);
  return 'code' in condition ? condition : compile(condition, axes);
}

function compile(condition: WhereCondition, axes: readonly WhereAxis[]): WhereTest | WhereMistake {
  switch (condition.kind) {
    case 'compare':
      return compileComparison(condition, axes);
    case 'not': {
      const part = compile(condition.part, axes);
      return 'code' in part ? part : (cell): boolean => !part(cell);
    }
    case 'and':
    case 'or': {
      const parts: WhereTest[] = [];
      for (const one of condition.parts) {
        const part = compile(one, axes);
        if ('code' in part) return part;
        parts.push(part);
      }
      return condition.kind === 'and'
        ? (cell): boolean => parts.every((part) => part(cell))
        : (cell): boolean => parts.some((part) => part(cell));
    }
  }
}

/** One side of a comparison. */
interface Side {
  readonly token: WhereToken;
  /** The values that this side can have: those of a parameter, or one constant. */
  readonly values: readonly WhereValue[];
  readonly of: (cell: readonly WhereValue[]) => WhereValue;
  readonly isParameter: boolean;
}

function compileComparison(
  { sign, left, right }: WhereComparison,
  axes: readonly WhereAxis[],
): WhereTest | WhereMistake {
  const a = sideOf(left, axes);
  if ('code' in a) return a;
  const b = sideOf(right, axes);
  if ('code' in b) return b;
  const mistake = mismatch(sign, a, b);
  if (mistake !== undefined) return { at: left.at, end: right.end, ...mistake };
  const holds = SIGNS[sign] ?? ((): boolean => false);
  return (cell) => holds(a.of(cell), b.of(cell));
}

function sideOf(token: WhereToken, axes: readonly WhereAxis[]): Side | WhereMistake {
  const { kind, text } = token;
  const constant = (value: WhereValue): Side => ({
    token,
    values: [value],
    of: () => value,
    isParameter: false,
  });
  if (kind === 'quoted') return constant({ text, kind: 'word', amount: 0 });
  const found = axes.filter(({ path }) => path === text);
  const ending = axes.filter(({ path }) => path.endsWith(`.${text}`));
  const named = found.length > 0 ? found : ending;
  if (named.length > 1) return ambiguous(token, named, axes);
  const [axis] = named;
  if (axis !== undefined) {
    const index = axes.indexOf(axis);
    const none = whereValue('');
    return { token, values: axis.values, of: (cell) => cell[index] ?? none, isParameter: true };
  }
  const value = whereValue(text);
  const isConstant = value.kind !== 'word' || text === 'true' || text === 'false';
  return isConstant ? constant(value) : unknownName(token, axes);
}

function ambiguous(
  { text, at, end }: WhereToken,
  named: readonly WhereAxis[],
  axes: readonly WhereAxis[],
): WhereMistake {
  const all = axes.slice(0, NAMED_MAX).map(({ path }) => path);
  const short = named.slice(0, 3).map(({ path }) => shortestUniqueEnding(path, all));
  const message = `"${shorten(text)}" is the ending of ${named.length} parameters`;
  return { at, end, code: 'E101', message, hint: `write ${short.join(' or ')}` };
}

function unknownName({ text, at, end }: WhereToken, axes: readonly WhereAxis[]): WhereMistake {
  const message = `"${shorten(text)}" is not a parameter of this sweep`;
  const isValue = axes.some(({ values }) => values.some((value) => value.text === text));
  const all = axes.slice(0, NAMED_MAX).map(({ path }) => path);
  const names = all.map((path) => shortestUniqueEnding(path, all));
  const hint = isValue
    ? `write '${text}': values are quoted`
    : unknownNameHint(text, names, 'parameters');
  return { at, end, code: 'E101', message, hint };
}

type Words = Pick<WhereMistake, 'code' | 'message' | 'hint'>;

/** Why two sides cannot be compared; undefined if they can. */
function mismatch(sign: string, a: Side, b: Side): Words | undefined {
  if (!a.isParameter && !b.isParameter) {
    const message = `${a.token.text} ${sign} ${b.token.text} names no parameter`;
    return { code: 'E103', message, hint: 'compare a parameter of this sweep' };
  }
  const [left, right] = [kindsOf(a), kindsOf(b)];
  const isEquality = sign === '==' || sign === '!=';
  const pairs = left.flatMap((one) => right.map((other) => [one, other] as const));
  const fits = ([one, other]: readonly [WhereValue, WhereValue]): boolean =>
    agree(one.kind, other.kind) && (isEquality || one.kind !== 'word');
  const isAllowed = isEquality ? pairs.some(fits) : pairs.every(fits);
  if (isAllowed) return undefined;
  const [one, other] = pairs.find((pair) => !fits(pair)) ?? [];
  return one === undefined || other === undefined ? undefined : mismatchWords([a, one], [b, other]);
}

function mismatchWords(
  [a, one]: readonly [Side, WhereValue],
  [b, other]: readonly [Side, WhereValue],
): Words {
  const kinds = [one.kind, other.kind];
  const message = `${sideText(a, one)}, ${sideText(b, other)}`;
  if (one.kind === 'word' && other.kind === 'word') {
    return { code: 'E103', message, hint: 'compare words with == or !=' };
  }
  if (kinds.includes('word')) {
    const quoted = [a, b].find(({ token }) => token.kind === 'quoted')?.token.text;
    const isNumber = quoted !== undefined && readQuantity(quoted) !== undefined;
    const hint = isNumber ? { hint: `write ${quoted} without quotes` } : {};
    return { code: 'E103', message, ...hint };
  }
  if (!kinds.includes('number')) return { code: 'E103', message };
  const [bare, full] = one.kind === 'number' ? [one, other] : [other, one];
  const unit =
    full.kind === 'number' || full.kind === 'word' ? '' : UNIT_KIND_NAMES[full.kind].unit;
  return { code: 'E102', message, hint: `write ${bare.text}${unit}, with its unit` };
}

/** One value of each kind that a side may have. */
function kindsOf({ values }: Side): readonly WhereValue[] {
  return [...new Map(values.map((value) => [value.kind, value])).values()];
}

function sideText({ token, isParameter }: Side, { text, kind }: WhereValue): string {
  const shown = isParameter ? `${shorten(token.text)} (${shorten(text)})` : shorten(text);
  if (kind === 'word') return `${shown} is a word`;
  return `${shown} ${kind === 'number' ? 'has no unit' : `is ${UNIT_KIND_NAMES[kind].a}`}`;
}

/** True if values of these kinds can be compared. A share may be written as 5% or 0.05. */
function agree(a: WhereValue['kind'], b: WhereValue['kind']): boolean {
  if (a === b) return true;
  return (a === 'ratio' && b === 'number') || (a === 'number' && b === 'ratio');
}

function isEqual(a: WhereValue, b: WhereValue): boolean {
  if (a.kind === 'word' || b.kind === 'word') return a.text === b.text;
  return agree(a.kind, b.kind) && a.amount === b.amount;
}

const SIGNS: Readonly<Record<string, (a: WhereValue, b: WhereValue) => boolean>> = {
  '<': (a, b) => a.amount < b.amount,
  '<=': (a, b) => a.amount <= b.amount,
  '>': (a, b) => a.amount > b.amount,
  '>=': (a, b) => a.amount >= b.amount,
  '==': isEqual,
  '!=': (a, b) => !isEqual(a, b),
};
