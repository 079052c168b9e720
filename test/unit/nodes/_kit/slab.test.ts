import { describe, expect, it } from 'vitest';
import { SlabAllocator } from '../../../../nodes/_kit/slab.ts';

describe('Slab', () => {
  it('hands out zeros that no other array shares, of any length and over many slabs', () => {
    const slab = new SlabAllocator();
    const lengths = [1, 100, 65_536, 65_537, 40_000, 40_000, 0, 7];
    const taken = lengths.map((length) => slab.take(length));
    expect(taken.map(({ length }) => length)).toEqual(lengths);
    for (const [index, bytes] of taken.entries()) {
      expect(bytes.every((byte) => byte === 0)).toBe(true);
      bytes.fill(index + 1);
    }
    for (const [index, bytes] of taken.entries()) {
      expect(bytes.every((byte) => byte === index + 1)).toBe(true);
    }
  });

  it('copies a range, which changes no more with its origin', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const copy = new SlabAllocator().copyOf(bytes, 1, 3);
    bytes.fill(9);
    expect([...copy]).toEqual([2, 3]);
  });
});
