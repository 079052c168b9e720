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
});
