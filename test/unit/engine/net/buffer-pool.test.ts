import { describe, expect, it } from 'vitest';
import { BUFFER_SIZES_BYTES, BufferPool, POISON_BYTE } from '../../../../engine/net/buffer-pool.ts';
import { PacketHeap } from '../../../../engine/net/packet-heap.ts';
import { NIL_PACKET, PacketTable } from '../../../../engine/net/packet-table.ts';

describe('BufferPool', () => {
  it('hands out the smallest class that fits', () => {
    const pool = new BufferPool();
    expect(
      [0, 256, 257, 2_048, 2_049, 9_216, 9_217, 65_536].map((n) => pool.alloc(n).length),
    ).toEqual([256, 256, 2_048, 2_048, 9_216, 9_216, 65_536, 65_536]);
    expect(() => pool.alloc(65_537)).toThrow('larger than');
  });

  it('hands out what came back before it allocates', () => {
    const pool = new BufferPool();
    for (const size of BUFFER_SIZES_BYTES) {
      const buffer = pool.alloc(size);
      pool.release(pool.alloc(size));
      const { allocatedBytes } = pool;
      for (let i = 0; i < 100; i += 1) pool.release(pool.alloc(size));
      pool.release(buffer);
      expect(pool.alloc(size)).toBe(buffer);
      expect(pool.allocatedBytes).toBe(allocatedBytes);
    }
  });

  it('buffers of one slab do not overlap', () => {
    const pool = new BufferPool();
    const buffers = Array.from({ length: 70 }, () => pool.alloc(2_000));
    for (const [i, buffer] of buffers.entries()) buffer.fill(i);
    for (const [i, buffer] of buffers.entries())
      expect(buffer.every((byte) => byte === i)).toBe(true);
  });

  it('poison mode overwrites what comes back and finds double releases and strangers', () => {
    const pool = new BufferPool('poison');
    const buffer = pool.alloc(10);
    pool.release(buffer);
    expect(buffer[0]).toBe(POISON_BYTE);
    expect(() => pool.release(buffer)).toThrow('handed back');
    expect(() => pool.release(new Uint8Array(256))).toThrow('not from alloc');
  });

  it('leaves foreign buffers to the garbage collector outside poison mode', () => {
    const pool = new BufferPool();
    pool.release(new Uint8Array(77));
    expect(pool.freeCount).toBe(0);
  });
});

describe('PacketTable', () => {
  it('grows and keeps its rows', () => {
    const table = new PacketTable(new BufferPool(), 2);
    const packets = Array.from({ length: 9 }, (_, i) =>
      table.acquire(table.pool.alloc(10), i, i + 1, i + 2, i + 3),
    );
    expect(new Set(packets).size).toBe(9);
    for (const [i, packet] of packets.entries()) {
      const row = [table.offset, table.length, table.from, table.to].map((field) => field[packet]);
      expect(row).toEqual([i, i + 1, i + 2, i + 3]);
    }
    expect(table.liveCount).toBe(9);
    for (const packet of packets) table.free(packet);
    expect(table.liveCount).toBe(0);
  });

  it('duplicates the bytes, not the buffer', () => {
    const table = new PacketTable(new BufferPool());
    const buffer = table.pool.alloc(8);
    buffer.set([1, 2, 3, 4]);
    const packet = table.acquire(buffer, 1, 2, 5, 6);
    const copy = table.duplicate(packet);
    table.view(packet).fill(0);
    expect([...table.view(copy)]).toEqual([2, 3]);
    expect([table.from[copy], table.to[copy]]).toEqual([5, 6]);
  });
});

describe('PacketHeap', () => {
  it('orders by arrival, ties first in first out', () => {
    const table = new PacketTable(new BufferPool());
    const heap = new PacketHeap(table);
    expect([heap.head, heap.shift()]).toEqual([NIL_PACKET, NIL_PACKET]);
    const expected: [number, number][] = [];
    for (let i = 0; i < 300; i += 1) {
      const packet = table.acquire(table.pool.alloc(1), 0, 1, i, 0);
      table.arriveAt[packet] = (i * 7_919) % 37;
      expected.push([table.arriveAt[packet]!, i]);
      heap.push(packet);
    }
    expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const found = expected.map(() => {
      const packet = heap.shift();
      return [table.arriveAt[packet], table.from[packet]];
    });
    expect(found).toEqual(expected);
  });
});
