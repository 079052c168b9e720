import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { VECTORS_PER_RESERVATION } from '../../../../../nodes/dtn/security/geometry.ts';
import { CounterVectors } from '../../../../../nodes/dtn/security/vectors.ts';
import { MemoryStore } from '../../gateway/memory-store.ts';

const onSync = (): void => undefined;

describe('initialization vectors', () => {
  it('are 12 bytes: the number of the node, and a counter', () => {
    const store = new MemoryStore();
    const vectors = new CounterVectors({ store, node: 0x01020304, onSync });
    store.settle();
    expect(toHex(vectors.take()!)).toBe('010203040000000000000000');
    expect(toHex(vectors.take()!)).toBe('010203040000000000000001');
  });

  it('are not given out before the disk has confirmed their bound', () => {
    const store = new MemoryStore();
    const vectors = new CounterVectors({ store, node: 1, onSync });
    expect(vectors.take()).toBeUndefined();
    store.settle();
    expect(vectors.take()).toBeDefined();
  });

  it('never repeat, not even after a crash', () => {
    const seen = new Set<string>();
    let store = new MemoryStore();
    for (let life = 0; life < 5; life += 1) {
      const vectors = new CounterVectors({ store, node: 1, onSync });
      store.settle();
      for (let count = 0; count < 100; count += 1) {
        const vector = toHex(vectors.take()!);
        expect(seen.has(vector)).toBe(false);
        seen.add(vector);
      }
      store = store.crash(0);
    }
    expect(seen.size).toBe(500);
  });

  it('are reserved 65,536 at a time, half of them ahead', () => {
    expect(VECTORS_PER_RESERVATION).toBe(65_536);
    const store = new MemoryStore();
    const vectors = new CounterVectors({ store, node: 1, onSync });
    store.settle();
    // The second reservation does not finish, and the first one ends.
    let taken = 0;
    while (vectors.take() !== undefined) taken += 1;
    expect(taken).toBe(VECTORS_PER_RESERVATION);
    store.settle();
    expect(vectors.take()).toBeDefined();
  });
});
