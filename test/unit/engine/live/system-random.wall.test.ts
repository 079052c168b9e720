/**
 * Draws of live nodes (engine/live/system-random.ts).
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { SystemRandom } from '../../../../engine/live/system-random.ts';

/** More than one pool, so that a pool that is handed out twice shows. */
const WORDS = 5_000;

const wordsOf = (stream: SystemRandom): number[] =>
  Array.from({ length: WORDS }, () => stream.u32());

describe('SystemRandom', () => {
  test('two streams share no sequence, and a stream does not repeat its pool', () => {
    const all = [...wordsOf(new SystemRandom()), ...wordsOf(new SystemRandom())];
    // Birthdays: 10,000 words of 32 bits hold 0.012 equal pairs on average.
    expect(new Set(all).size).toBeGreaterThan(all.length - 5);
  });

  test('each of the 32 bits is set in half of the words', () => {
    const words = wordsOf(new SystemRandom());
    for (let bit = 0; bit < 32; bit += 1) {
      const share = words.filter((word) => ((word >>> bit) & 1) === 1).length / WORDS;
      // Seven standard deviations of 0.5 / sqrt(5,000).
      expect(Math.abs(share - 0.5), `bit ${bit}`).toBeLessThan(0.05);
    }
  });

  test('samples like the streams of virtual time', () => {
    const stream = new SystemRandom();
    const exponential = Array.from({ length: WORDS }, () => stream.exponential(10));
    const mean = exponential.reduce((sum, x) => sum + x, 0) / WORDS;
    expect(Math.abs(mean - 10)).toBeLessThan(1);
    const below = Array.from({ length: WORDS }, () => stream.below(3));
    for (const value of [0, 1, 2]) {
      const share = below.filter((drawn) => drawn === value).length / WORDS;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.05);
    }
    expect(Array.from({ length: 100 }, () => stream.uniform()).every((u) => u >= 0 && u < 1)).toBe(
      true,
    );
    expect([stream.chance(0), stream.chance(1)]).toEqual([false, true]);
    const items = Array.from({ length: 50 }, (_, index) => index);
    stream.shuffle(items);
    expect(items).not.toEqual([...items].sort((a, b) => a - b));
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});
