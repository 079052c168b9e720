import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isWindowSize,
  type ReplayGuard,
  ReplayWindow,
} from '../../../../nodes/_kit/replay-window.ts';

/**
 * The definition in its simplest form (docs/spec/gateway-frame.md, "Replay window"): a set and the
 * highest number.
 */
class SetOracle implements ReplayGuard {
  readonly #seen = new Set<number>();
  readonly #size: number;
  #highest = -1;
  constructor(size: number) {
    this.#size = size;
  }
  check(sequence: number): 'fresh' | 'replay' | 'expired' {
    if (this.#highest >= 0 && sequence <= this.#highest - this.#size) return 'expired';
    return this.#seen.has(sequence) ? 'replay' : 'fresh';
  }
  accept(sequence: number): 'fresh' | 'replay' | 'expired' {
    const verdict = this.check(sequence);
    if (verdict !== 'fresh') return verdict;
    this.#seen.add(sequence);
    this.#highest = Math.max(this.#highest, sequence);
    return 'fresh';
  }
}

const sizes = fc.constantFrom(64, 128, 192, 320, 1024, 1088, 4096);

describe('the replay window', () => {
  it('R-013: takes multiples of 64 from 64 to 65,536 bits and nothing else', () => {
    for (const size of [64, 1024, 65_536]) expect(new ReplayWindow(size).size).toBe(size);
    for (const size of [0, 1, 32, 63, 65, 65_600, 131_072, Number.NaN]) {
      expect(isWindowSize(size)).toBe(false);
      expect(() => new ReplayWindow(size)).toThrow(RangeError);
    }
  });

  it('agrees with the plain set definition on walks that jump, linger and fall back', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -70, max: 70 }) },
      { weight: 3, arbitrary: fc.integer({ min: -5000, max: 5000 }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(-1024, 1024, 1025, 1056, 2048, 2049, 65_536, 200_000),
      },
    );
    fc.assert(
      fc.property(
        sizes,
        fc.maxSafeNat(),
        fc.array(step, { maxLength: 300 }),
        (size, first, steps) => {
          const window = new ReplayWindow(size);
          const oracle = new SetOracle(size);
          let at = Math.min(first, Number.MAX_SAFE_INTEGER - 70_000_000);
          for (const by of [0, ...steps]) {
            at = Math.max(0, at + by);
            const wanted = oracle.check(at);
            expect(window.check(at)).toBe(wanted);
            expect(window.accept(at)).toBe(oracle.accept(at));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps no stale bit after a jump of about one ring, in every size and phase', () => {
    for (const size of [64, 128, 1024]) {
      for (let jump = size - 40; jump < 4 * size + 100; jump++) {
        expect(staleAfterJump(size, jump), `${size} bits, jump ${jump}`).toEqual([]);
      }
    }
  });

  it('R-015: accepts any distance ahead, up to the last safe integer', () => {
    const window = new ReplayWindow(1024);
    for (const sequence of [0, 5000, 2 ** 31, 2 ** 32 + 7, 2 ** 52, Number.MAX_SAFE_INTEGER]) {
      expect(window.accept(sequence)).toBe('fresh');
      expect(window.accept(sequence)).toBe('replay');
    }
    expect(window.accept(Number.MAX_SAFE_INTEGER - 1023)).toBe('fresh');
    expect(window.accept(Number.MAX_SAFE_INTEGER - 1024)).toBe('expired');
  });

  it('accepts any first number, and what came just before it', () => {
    const window = new ReplayWindow(64);
    expect(window.accept(1_000_000)).toBe('fresh');
    expect(window.accept(1_000_000 - 63)).toBe('fresh');
    expect(window.accept(1_000_000 - 64)).toBe('expired');
  });

  it('judges 0 once, although 0 is what an empty state looks like', () => {
    const window = new ReplayWindow(64);
    expect(window.accept(0)).toBe('fresh');
    expect(window.accept(0)).toBe('replay');
  });

  it('does not change by being asked', () => {
    const window = new ReplayWindow(64);
    window.accept(10);
    expect([window.check(500), window.check(500), window.highest]).toEqual(['fresh', 'fresh', 10]);
  });

  it('counts all numbers up to the bound as seen after a resumption', () => {
    for (let highest = 0; highest < 200; highest++) {
      const window = new ReplayWindow(64);
      window.resumeAfter(highest);
      for (let back = 0; back < 64 && back <= highest; back++) {
        expect(window.check(highest - back)).toBe('replay');
      }
      for (let ahead = 1; ahead < 150; ahead++) {
        expect(window.accept(highest + ahead)).toBe('fresh');
        expect(window.accept(highest + ahead)).toBe('replay');
      }
    }
  });

  it('R-256: agrees with the set on every sequence of 8 numbers around one ring', () => {
    // One value for each boundary case: 0, inside, edges of the window, same word, next word, spare
    // word, a whole ring and beyond.
    expect(exhaust([0, 1, 31, 32, 63, 64, 65, 127, 128, 191], 5)).toBe(100_000);
    expect(exhaust([0, 1, 63, 64, 128], 8)).toBe(390_625);
    // Numbers of one word, a whole ring apart.
    expect(exhaust([1, 64, 129, 130], 8)).toBe(65_536);
  });
});

/**
 * Fills a window, jumps ahead, and returns the numbers before the jump that are then judged
 * wrongly.
 */
function staleAfterJump(size: number, jump: number): number[] {
  const window = new ReplayWindow(size);
  for (let sequence = 0; sequence < size; sequence++) window.accept(sequence);
  const top = size - 1 + jump;
  window.accept(top);
  const wrong: number[] = [];
  for (let sequence = top - size + 1; sequence < top; sequence++) {
    if (window.check(sequence) !== (sequence < size ? 'replay' : 'fresh')) wrong.push(sequence);
  }
  return wrong;
}

/**
 * Runs every sequence of `length` values and compares with the definition. @returns the number of
 * sequences.
 */
function exhaust(values: readonly number[], length: number): number {
  const total = values.length ** length;
  let ran = 0;
  for (let code = 0; code < total; code++, ran++) {
    const sequences: number[] = [];
    for (let rest = code; sequences.length < length; rest = Math.floor(rest / values.length)) {
      sequences.push(values[rest % values.length]!);
    }
    const wrong = firstDifference(sequences);
    if (wrong !== undefined) expect.fail(`${sequences.join(' ')}: ${wrong}`);
  }
  return ran;
}

function firstDifference(sequences: readonly number[]): string | undefined {
  const window = new ReplayWindow(64);
  const oracle = new SetOracle(64);
  for (const sequence of sequences) {
    const wanted = oracle.accept(sequence);
    const got = window.accept(sequence);
    if (got !== wanted) return `${sequence} is ${got}, not ${wanted}`;
  }
  return undefined;
}
