/**
 * A set of numbers, against a model that is too simple to be wrong.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECEIVE_WINDOW_NUMBERS } from '../../../../nodes/fabric/geometry.ts';
import { NumberWindow } from '../../../../nodes/fabric/number-window.ts';

const RUNS = { numRuns: 500 };

/** Numbers around the edges of the window, as far above the contiguous ones as it goes and farther. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), above: fc.integer({ min: -3, max: 6 }) }),
  fc.record({
    kind: fc.constant('add' as const),
    above: fc.integer({ min: RECEIVE_WINDOW_NUMBERS - 3, max: RECEIVE_WINDOW_NUMBERS + 3 }),
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
  for (const start of [model.base - 4, model.base + RECEIVE_WINDOW_NUMBERS - 8]) {
    for (let number = Math.max(1, start); number < start + 20; number += 1) {
      const has = number <= model.base || model.above.has(number);
      expect([number, window.has(number)]).toEqual([number, has]);
      expect(window.fits(number)).toBe(number - model.base <= RECEIVE_WINDOW_NUMBERS);
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
    window.add(RECEIVE_WINDOW_NUMBERS);
    expect(window.above()).toHaveLength(RECEIVE_WINDOW_NUMBERS / 8);
    window.raise(2 ** 47);
    expect([window.contiguous, window.above().length]).toEqual([2 ** 47 - 1, 0]);
  });
});
