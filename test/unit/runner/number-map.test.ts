import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberMap } from '../../../runner/traffic/number-map.ts';

describe('a map of numbers', () => {
  it('holds what a map of the language holds, through growth and removal', () => {
    // Keys from a small range collide often; keys from a large range use all bits.
    const key = fc.oneof(fc.nat(60), fc.maxSafeNat());
    const step = fc.tuple(fc.constantFrom('set', 'delete'), key, fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const map = new NumberMap();
        const model = new Map<number, number>();
        for (const [word, one, value] of steps) {
          if (word === 'set') {
            expect(map.set(one, value)).toBe(model.get(one) ?? -1);
            model.set(one, value);
          } else {
            map.delete(one);
            model.delete(one);
          }
        }
        expect(map.size).toBe(model.size);
        for (const [, one] of steps) expect(map.get(one)).toBe(model.get(one) ?? -1);
      }),
    );
  });

  it('keeps a hundred thousand keys apart, and half of them after the others are removed', () => {
    const map = new NumberMap();
    const keyOf = (i: number): number => (i * 2_654_435_761 * 65_537) % 2 ** 48;
    for (let i = 0; i < 100_000; i += 1) map.set(keyOf(i), i);
    for (let i = 0; i < 100_000; i += 2) map.delete(keyOf(i));
    expect(map.size).toBe(50_000);
    for (let i = 0; i < 100_000; i += 1) {
      const found = map.get(keyOf(i));
      if (found !== (i % 2 === 0 ? -1 : i)) expect(found).toBe(i);
    }
  });

  it('refuses keys that are no safe integers from 0', () => {
    expect(() => new NumberMap().set(2 ** 53, 0)).toThrow('no safe integer');
    expect(() => new NumberMap().set(-1, 0)).toThrow('no safe integer');
  });
});
