import { describe, expect, it } from 'vitest';
import { WaitingRoom } from '../../../../../nodes/gateway/waiting-room.ts';

const MS = 1_000_000;
const packet = (value: number): Uint8Array => Uint8Array.of(value);

describe('the waiting room', () => {
  it('keeps packets for 100 ms and copies them, for their buffers belong to others', () => {
    const room = new WaitingRoom();
    const body = packet(7);
    room.add(body, 0);
    body[0] = 0;
    expect(room.expire(100 * MS)).toEqual([]);
    expect(room.takeAll().map(({ body }) => body)).toEqual([packet(7)]);
    expect(room.takeAll()).toEqual([]);
  });

  it('lets go those who waited longer, oldest first', () => {
    const room = new WaitingRoom();
    room.add(packet(1), 0);
    room.add(packet(2), 60 * MS);
    expect(room.deadlineNs).toBe(100 * MS + 1);
    expect(room.expire(room.deadlineNs)).toHaveLength(1);
    expect(room.takeAll().map(({ body }) => body)).toEqual([packet(2)]);
    expect(room.deadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it('is full at 1,000 packets', () => {
    const room = new WaitingRoom();
    for (let i = 0; i < 1_000; i += 1) expect(room.add(packet(1), 0)).toBe(true);
    expect(room.add(packet(1), 0)).toBe(false);
  });
});
