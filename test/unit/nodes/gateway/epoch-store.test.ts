import { describe, expect, it } from 'vitest';
import { EpochStore } from '../../../../nodes/gateway/epoch-store.ts';
import { EPOCH_MAX, EPOCHS_RESERVED_PER_WRITE } from '../../../../nodes/gateway/geometry.ts';
import { MemoryStore } from './memory-store.ts';

describe('the epoch store', () => {
  it('starts at 1 and counts per peer', () => {
    const store = new MemoryStore();
    const a = new EpochStore({ store, peer: 'a' });
    const b = new EpochStore({ store, peer: 'b' });
    store.settle();
    expect([a.take(0), a.take(0), b.take(0)]).toEqual([1, 2, 1]);
  });

  it('gives a higher epoch after a crash, whatever the disk kept of what was not synced', () => {
    const store = new MemoryStore();
    const epochs = new EpochStore({ store, peer: 'a' });
    store.settle();
    let highest = 0;
    for (let count = 0; count < 40; count++) {
      highest = epochs.take(0) ?? highest;
      if (count % 3 === 0) store.settleOnce();
      for (let bytes = store.durable; bytes <= store.written; bytes++) {
        const after = store.crash(bytes);
        const again = new EpochStore({ store: after, peer: 'a' });
        after.settle();
        const next = again.take(0)!;
        expect(next).toBeGreaterThan(highest);
        expect(next).toBeLessThanOrEqual(highest + 2 * EPOCHS_RESERVED_PER_WRITE);
      }
    }
  });

  it('has an end: 2^32 epochs', () => {
    const store = new MemoryStore();
    const epochs = new EpochStore({ store, peer: 'a' });
    epochs.skip(EPOCH_MAX - 1);
    store.settle();
    expect([epochs.take(0), epochs.take(0)]).toEqual([EPOCH_MAX, undefined]);
  });
});
