/**
 * Sets of bytes and of numbers, against models that are too simple to be wrong.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRanges } from '../../../../nodes/fabric/byte-ranges.ts';
import { WINDOW_NUMBERS } from '../../../../nodes/fabric/geometry.ts';
import { NumberWindow } from '../../../../nodes/fabric/number-window.ts';

const BYTES = 60;
const RUNS = { numRuns: 500 };

const change = fc.record({
  isAdded: fc.boolean(),
  start: fc.nat(BYTES - 1),
  length: fc.integer({ min: 1, max: 12 }),
});

/** The ranges of a set, by looking at each byte. */
function rangesOf(set: ReadonlySet<number>): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const byte of [...set].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last?.[1] === byte) last[1] = byte + 1;
    else ranges.push([byte, byte + 1]);
  }
  return ranges;
}

function expectRanges(ranges: ByteRanges, expected: readonly (readonly [number, number])[]): void {
  const [first] = expected;
  expect([...ranges.ranges()]).toEqual(expected);
  expect(ranges.size).toBe(expected.reduce((sum, [start, end]) => sum + end - start, 0));
  expect(ranges.count).toBe(expected.length);
  expect(ranges.first).toBe(first?.[0]);
  expect(ranges.firstLength).toBe(first === undefined ? 0 : first[1] - first[0]);
}

describe('a set of bytes', () => {
  it('is the set that a table of bytes says', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const ranges = new ByteRanges();
        const model = new Set<number>();
        for (const { isAdded, start, length } of changes) {
          const before = model.size;
          const end = start + length;
          const apply = (byte: number): unknown => (isAdded ? model.add(byte) : model.delete(byte));
          for (let byte = start; byte < end; byte += 1) apply(byte);
          const moved = isAdded ? ranges.add(start, end) : ranges.remove(start, end);
          expect(moved).toBe(Math.abs(model.size - before));
          expectRanges(ranges, rangesOf(model));
          const hasAny = [...model].some((byte) => byte >= start - 2 && byte < start + 3);
          expect(ranges.hasAny(start - 2, start + 3)).toBe(hasAny);
        }
        ranges.clear();
        expect([ranges.size, ranges.count]).toEqual([0, 0]);
      }),
      RUNS,
    );
  });
});

/** Numbers around the edges of the window, as far above the contiguous ones as it goes and farther. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), above: fc.integer({ min: -3, max: 6 }) }),
  fc.record({
    kind: fc.constant('add' as const),
    above: fc.integer({ min: WINDOW_NUMBERS - 3, max: WINDOW_NUMBERS + 3 }),
  }),
  fc.record({
    kind: fc.constant('raise' as const),
    above: fc.constantFrom(-5, 0, 1, 2, 7, 1_022, 1_023, 1_024, 1_025, 1_026, 5_000),
  }),
);

/** All up to `base`, and some above. */
class NumberModel {
  base = 0;
  readonly above = new Set<number>();

  add(number: number): void {
    if (number > this.base) this.above.add(number);
    this.#settle();
  }

  raise(floor: number): void {
    this.base = Math.max(this.base, floor - 1);
    this.#settle();
  }

  #settle(): void {
    while (this.above.has(this.base + 1)) this.base += 1;
    for (const number of this.above) if (number <= this.base) this.above.delete(number);
  }
}

/** Compares everything that is near the contiguous numbers or a window above. */
function expectSame(window: NumberWindow, model: NumberModel): void {
  expect(window.contiguous).toBe(model.base);
  expect(window.highest).toBe(Math.max(model.base, ...model.above));
  for (const start of [model.base - 4, model.base + WINDOW_NUMBERS - 8]) {
    for (let number = Math.max(1, start); number < start + 20; number += 1) {
      const has = number <= model.base || model.above.has(number);
      expect([number, window.has(number)]).toEqual([number, has]);
      expect(window.fits(number)).toBe(number - model.base <= WINDOW_NUMBERS);
    }
  }
}

describe('a set of numbers', () => {
  it('is what a table of numbers says, at its edges and when floors jump', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom(0, 1_023, 2 ** 32, 2 ** 47),
        (steps, from) => {
          const window = new NumberWindow();
          const model = new NumberModel();
          window.raise(from + 1);
          model.raise(from + 1);
          for (const { kind, above } of steps) {
            const number = model.base + above;
            if (kind === 'raise') {
              window.raise(number);
              model.raise(number);
            } else if (window.fits(number)) {
              window.add(number);
              model.add(number);
            }
            expectSame(window, model);
          }
          const copy = new NumberWindow();
          copy.include(window.contiguous, window.above());
          expectSame(copy, model);
        },
      ),
      RUNS,
    );
  });

  it('says no more than 128 bytes of the numbers above', () => {
    const window = new NumberWindow();
    window.add(WINDOW_NUMBERS);
    expect(window.above()).toHaveLength(WINDOW_NUMBERS / 8);
    window.raise(2 ** 47);
    expect([window.contiguous, window.above().length]).toEqual([2 ** 47 - 1, 0]);
  });
});
