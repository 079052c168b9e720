/**
 * Which packets have arrived, which are lost, and when the peer is asked.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { LossRecovery } from '../../../../../nodes/_kit/loss-recovery/loss-recovery.ts';
import { ReceivedPackets } from '../../../../../nodes/_kit/loss-recovery/received-packets.ts';

const MS = 1_000_000;
const recovery = (isFixedWindow = false): LossRecovery<number> =>
  new LossRecovery({
    packetBytes: 1200,
    waitNsMax: 10_000 * MS,
    random: openRandomStream(1, 'a', 'probes'),
    isFixedWindow,
  });

describe('what has arrived', () => {
  it('tells ranges and knows duplicates', () => {
    const received = new ReceivedPackets();
    expect(received.take(0)).toBeUndefined();
    expect([0, 1, 3, 1, 2, 6].map((n) => received.note(n, n, true))).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
    expect(received.take(10)).toEqual({
      largest: 6,
      delayNs: 4,
      ranges: [
        [6, 6],
        [0, 3],
      ],
    });
    expect(received.isOwed).toBe(false);
  });

  it('waits 25 ms for one packet, 1 ms for two, and not for ten or for one out of order', () => {
    const received = new ReceivedPackets();
    received.note(5, 0, true);
    expect(received.nextAt()).toBe(5 + 25 * MS);
    received.note(6, 1, true);
    expect(received.nextAt()).toBe(5 + MS);
    for (let number = 2; number < 9; number += 1) received.note(6, number, true);
    expect(received.nextAt()).toBe(5 + MS);
    received.note(6, 9, true);
    expect(received.nextAt()).toBeLessThanOrEqual(6);
    received.take(7);
    expect(received.nextAt()).toBe(Number.POSITIVE_INFINITY);
    received.note(8, 11, true);
    expect(received.nextAt()).toBeLessThanOrEqual(8);
  });

  it('remembers 32 ranges and takes what is older for told', () => {
    const received = new ReceivedPackets();
    for (let n = 0; n < 80; n += 2) received.note(n, n, true);
    expect(received.take(80)?.ranges.length).toBe(32);
    expect(received.note(81, 1, true)).toBe(false);
    expect(received.note(81, 77, true)).toBe(true);
  });
});

describe('loss and probes', () => {
  it('declares lost what three later packets overtook, and not two', () => {
    const machine = recovery();
    for (let n = 0; n < 4; n += 1) machine.sent(0, 1200, n);
    const two = machine.acknowledged(MS, { largest: 2, delayNs: 0, ranges: [[1, 2]] });
    expect(two).toEqual({ acked: [1, 2], lost: [] });
    const three = machine.acknowledged(MS, { largest: 3, delayNs: 0, ranges: [[1, 3]] });
    expect(three).toEqual({ acked: [3], lost: [0] });
    expect(machine.inFlight).toBe(0);
  });

  it('declares lost by time after 9/8 of the round trip', () => {
    const machine = recovery();
    machine.sent(0, 1200, 0);
    machine.sent(0, 1200, 1);
    machine.acknowledged(80 * MS, { largest: 1, delayNs: 0, ranges: [[1, 1]] });
    expect(machine.nextAt()).toBe(90 * MS);
    expect(machine.due(90 * MS - 1).lost).toEqual([]);
    expect(machine.due(90 * MS)).toEqual({ lost: [0] });
  });

  it('probes after 250 ms and doubles up to 10 s, each spread by 20 %', () => {
    const machine = recovery();
    machine.sent(0, 1200, 7);
    let now = 0;
    for (const ms of [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
      const wait = machine.nextAt() - now;
      expect(wait).toBeGreaterThanOrEqual(0.8 * ms * MS);
      expect(wait).toBeLessThanOrEqual(1.2 * ms * MS);
      now = machine.nextAt();
      expect(machine.due(now)).toEqual({ lost: [], probe: 7 });
    }
    expect(machine.timeouts).toBe(8);
    machine.opened(now + 5);
    expect(machine.nextAt()).toBe(now + 5);
    expect(machine.abandon()).toEqual([7]);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses what was never sent', () => {
    const machine = recovery();
    expect(machine.acknowledged(1, { largest: 0, delayNs: 0, ranges: [[0, 0]] })).toBeUndefined();
  });
});
