import { describe, expect, it } from 'vitest';
import { PendingPackets } from '../../../../../nodes/gateway/pending-packets.ts';

const MS = 1_000_000;
const packet = (value: number): Uint8Array => Uint8Array.of(value);

describe('packets that wait for a path', () => {
  it('keeps packets for 100 ms, and copies them because their buffers are reused', () => {
    const pending = new PendingPackets();
    const body = packet(7);
    pending.add(body, 0);
    body[0] = 0;
    expect(pending.expire(100 * MS)).toEqual([]);
    expect(pending.takeAll().map(({ body }) => body)).toEqual([packet(7)]);
    expect(pending.takeAll()).toEqual([]);
  });

  it('expires packets that have waited longer, oldest first', () => {
    const pending = new PendingPackets();
    pending.add(packet(1), 0);
    pending.add(packet(2), 60 * MS);
    expect(pending.deadlineNs).toBe(100 * MS + 1);
    expect(pending.expire(pending.deadlineNs)).toHaveLength(1);
    expect(pending.takeAll().map(({ body }) => body)).toEqual([packet(2)]);
    expect(pending.deadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it('is full at 1,000 packets', () => {
    const pending = new PendingPackets();
    for (let i = 0; i < 1_000; i += 1) expect(pending.add(packet(1), 0)).toBe(true);
    expect(pending.add(packet(1), 0)).toBe(false);
  });

  it('drops a packet when its lifetime is over, and keeps one that may wait', () => {
    const pending = new PendingPackets();
    pending.add(packet(1), 0, { wishes: { lifetime: 30 * MS } });
    pending.add(packet(2), 0, { wishes: { lifetime: 500 * MS } });
    pending.add(packet(3), 0, { wishes: { tolerant: true, lifetime: 500 * MS } });
    pending.add(packet(4), 0, { wishes: { tolerant: true } });
    const dueAt = (now: number): readonly string[] =>
      pending.expire(now).map(({ body, reason }) => `${body[0]} ${reason}`);
    expect(dueAt(30 * MS - 1)).toEqual([]);
    expect(pending.deadlineNs).toBe(30 * MS);
    expect(dueAt(30 * MS)).toEqual(['1 lifetime-over']);
    expect(dueAt(100 * MS + 1)).toEqual(['2 no-path']);
    expect(dueAt(500 * MS - 1)).toEqual([]);
    expect(dueAt(500 * MS)).toEqual(['3 lifetime-over']);
    expect(pending.deadlineNs).toBe(Number.POSITIVE_INFINITY);
    expect(dueAt(1e15)).toEqual([]);
    expect(pending.size).toBe(1);
  });

  it('hands out urgent packets first, and those of one priority in order', () => {
    const pending = new PendingPackets();
    const priorities = [1, 0, 2, 1, 2, 0] as const;
    for (const [index, priority] of priorities.entries()) {
      pending.add(packet(index), 0, { wishes: { priority } });
    }
    expect(pending.takeAll().map(({ body }) => body[0])).toEqual([2, 4, 0, 3, 1, 5]);
  });

  it('gives up the youngest of the lowest priority for a higher one, and for no other', () => {
    const pending = new PendingPackets();
    for (const [index, priority] of ([0, 1, 0] as const).entries()) {
      pending.add(packet(index), 0, { wishes: { priority } });
    }
    expect(pending.displace(0)).toBeUndefined();
    expect(pending.displace()?.body).toEqual(packet(2));
    expect(pending.displace(2)?.body).toEqual(packet(0));
    expect(pending.displace(1)).toBeUndefined();
    expect(pending.displace(2)?.body).toEqual(packet(1));
    expect(pending.displace(2)).toBeUndefined();
  });

  it('leaves packets that may wait where no path is known to answer', () => {
    const pending = new PendingPackets();
    pending.add(packet(1), 0, { wishes: { tolerant: true } });
    pending.add(packet(2), 0);
    expect(pending.takeImpatient().map(({ body }) => body)).toEqual([packet(2)]);
    expect(pending.takeAll().map(({ body }) => body)).toEqual([packet(1)]);
  });
});
