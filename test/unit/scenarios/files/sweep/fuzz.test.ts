import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleRange } from '../../../../../scenarios/files/sweep/latin.ts';
import { looksLikeRange, readRange } from '../../../../../scenarios/files/sweep/range.ts';
import { rangeValues } from '../../../../../scenarios/files/sweep/range-values.ts';
import {
  compileWhere,
  type WhereValue,
  whereValue,
} from '../../../../../scenarios/files/sweep/where.ts';
import { readQuantity } from '../../../../../topologies/files/units.ts';

/** Three parameters of small whole numbers. */
const NAMES = ['a', 'b', 'c.d'] as const;
const NUMBERS = [0, 1, 2];
const AXES = NAMES.map((path) => ({
  path,
  values: NUMBERS.map((value) => whereValue(String(value))),
}));

/** A condition as text, and its truth by other means than the parser's. */
interface Known {
  readonly text: string;
  readonly holds: (cell: readonly number[]) => boolean;
}

const term = fc.oneof(
  fc.integer({ min: 0, max: 2 }).map((index) => ({
    text: NAMES[index] ?? '',
    of: (cell: readonly number[]): number => cell[index] ?? 0,
    isName: true,
  })),
  fc.integer({ min: 0, max: 2 }).map((value) => ({
    text: String(value),
    of: (): number => value,
    isName: false,
  })),
);
const comparison: fc.Arbitrary<Known> = fc
  .tuple(term, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), term)
  .filter(([left, , right]) => left.isName || right.isName)
  .map(([left, sign, right]) => ({
    text: `${left.text} ${sign} ${right.text}`,
    holds: (cell) => {
      const difference = left.of(cell) - right.of(cell);
      if (difference === 0) return sign === '<=' || sign === '>=' || sign === '==';
      return sign === '!=' || sign.startsWith(difference < 0 ? '<' : '>');
    },
  }));

/** Every level writes brackets only where the precedence of the grammar needs them. */
const { any } = fc.letrec<{ any: Known; and: Known; not: Known }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    tie('and'),
    fc.tuple(tie('and'), tie('any')).map(([one, other]) => ({
      text: `${one.text} or ${other.text}`,
      holds: (cell: readonly number[]) => one.holds(cell) || other.holds(cell),
    })),
  ),
  and: fc.oneof(
    { maxDepth: 4 },
    tie('not'),
    fc.tuple(tie('not'), tie('and')).map(([one, other]) => ({
      text: `${one.text} and ${other.text}`,
      holds: (cell: readonly number[]) => one.holds(cell) && other.holds(cell),
    })),
  ),
  not: fc.oneof(
    { maxDepth: 4 },
    comparison,
    tie('not').map(({ text, holds }) => ({
      text: `not ${text}`,
      holds: (cell: readonly number[]) => !holds(cell),
    })),
    tie('any').map(({ text, holds }) => ({ text: `(${text})`, holds })),
  ),
}));

const word = fc.constantFrom('and', 'or', 'not', '(', ')', '<', '==', 'a', 'b', '5', '5ms', "'x'");

describe('a condition of a sweep', () => {
  it('holds exactly where its meaning says', () => {
    fc.assert(
      fc.property(
        any,
        fc.array(fc.constantFrom(...NUMBERS), { minLength: 3, maxLength: 3 }),
        (known, cell) => {
          fc.pre(known.text.length <= 1_000);
          const test = compileWhere(known.text, AXES);
          expect(typeof test).toBe('function');
          if (typeof test !== 'function') return;
          expect(test(cell.map((value): WhereValue => whereValue(String(value))))).toBe(
            known.holds(cell),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throws, and names a place within its text', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const result = compileWhere(text, AXES);
        if (typeof result === 'function') return;
        expect(result.at).toBeGreaterThanOrEqual(0);
        expect(result.end).toBeGreaterThanOrEqual(result.at);
        expect(result.end).toBeLessThanOrEqual(text.length);
        expect(result.message).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a range of a sweep', () => {
  const unit = fc.constantFrom(
    '',
    'ns',
    'ms',
    's',
    'min',
    'h',
    'd',
    '%',
    'B',
    'kB',
    'KiB',
    'Mbit/s',
    '/s',
    '/min',
    'ppm',
    'packets',
  );
  const number = fc.constantFrom('0', '1', '7', '0.3', '12.75', '100', '1e3', '2_000', '-4', '.5');
  const amount = fc.tuple(number, unit).map((parts) => parts.join(''));
  const step = fc.oneof(
    fc.constant(''),
    amount.map((text) => ` step ${text}`),
    number.map((text) => ` step x${text}`),
  );

  it('has values that a file takes, between its ends and ascending, or says why not', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'log '), amount, amount, step, (log, from, to, steps) => {
        const text = `${log}${from}..${to}${steps}`;
        expect(looksLikeRange(text)).toBe(true);
        const range = readRange(text);
        const values = 'mistake' in range ? range : rangeValues(range.value);
        if ('mistake' in values) {
          expect(values.mistake.message).not.toMatch(/undefined|NaN|\[object/);
          return;
        }
        const [begin, end] = [readQuantity(from), readQuantity(to)];
        const read = values.value.map((value) => readQuantity(value));
        for (const one of read) expect(one?.kind).toBe(begin?.kind);
        const amounts = read.map((one) => one?.value ?? Number.NaN);
        const room = 1e-12 * Math.max(Math.abs(end?.value ?? 0), 1);
        expect(Math.abs((amounts[0] ?? 0) - (begin?.value ?? 0))).toBeLessThanOrEqual(room);
        expect(amounts.at(-1)).toBeLessThanOrEqual((end?.value ?? 0) + room);
        expect(amounts).toEqual([...new Set(amounts)].sort((a, b) => a - b));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is sampled by values that a file takes, between its ends', () => {
    const sizes = fc.record({ runs: fc.integer({ min: 1, max: 50 }), seed: fc.nat() });
    fc.assert(
      fc.property(fc.constantFrom('', 'log '), amount, amount, sizes, (...drawn) => {
        const [log, from, to, size] = drawn;
        const range = readRange(`${log}${from}..${to}`);
        if ('mistake' in range || range.value.kind !== 'open') return;
        const ends = [from, to].map((text) => readQuantity(text));
        const [begin = 0, end = 0] = ends.map((one) => one?.value);
        const room = 1e-12 * Math.max(Math.abs(begin), Math.abs(end), 1);
        fc.pre(begin !== end);
        for (const text of sampleRange('p', range.value, size)) {
          const value = readQuantity(text);
          expect(value?.kind).toBe(ends[0]?.kind);
          expect(value?.value).toBeGreaterThanOrEqual(begin - room);
          expect(value?.value).toBeLessThanOrEqual(end + room);
          const { kind = '', value: amounts = Number.NaN } = value ?? {};
          if (['time', 'size', 'packets'].includes(kind)) expect(amounts % 1 === 0).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('never throws', () => {
    const texts = fc
      .tuple(amount, fc.string(), fc.string())
      .map(([from, middle, end]) => `${from}..${middle} step ${end}`);
    fc.assert(
      fc.property(texts, (text) => {
        const range = readRange(text);
        if ('value' in range) rangeValues(range.value);
      }),
    );
  });
});
