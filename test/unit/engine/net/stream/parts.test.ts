/** The parts of the stream model, one rule at a time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRing } from '../../../../../engine/net/stream/byte-ring.ts';
import { SegmentCongestionWindow } from '../../../../../engine/net/stream/congestion.ts';
import { StreamReceiver } from '../../../../../engine/net/stream/receiver.ts';
import { RetransmissionTimeout } from '../../../../../engine/net/stream/retransmission-timeout.ts';
import { NO_SEGMENT, Scoreboard } from '../../../../../engine/net/stream/scoreboard.ts';
import { streamOptionsWith } from '../../../../../engine/net/stream/stream-options.ts';
import { bytesOf, MS, SECOND } from './stream-fixture.ts';

describe('the retransmission timeout', () => {
  it('is 1 s before the first sample, then SRTT + 4 RTTVAR (RFC 6298, 2.1 to 2.3)', () => {
    const timeout = new RetransmissionTimeout();
    expect(timeout.ns).toBe(SECOND);
    timeout.sample(400 * MS);
    expect(timeout.ns).toBe(400 * MS + 4 * 200 * MS);
    timeout.sample(600 * MS);
    // RTTVAR = 3/4 * 200 + 1/4 * 200 = 200 ms; SRTT = 7/8 * 400 + 1/8 * 600 = 425 ms.
    expect(timeout.ns).toBe(425 * MS + 4 * 200 * MS);
  });

  it('is at least 200 ms, doubles up to 60 s, and returns with a sample', () => {
    const timeout = new RetransmissionTimeout();
    timeout.sample(MS);
    expect(timeout.ns).toBe(200 * MS);
    timeout.backOff();
    expect(timeout.ns).toBe(400 * MS);
    for (let i = 0; i < 100; i += 1) timeout.backOff();
    expect(timeout.ns).toBe(60 * SECOND);
    timeout.sample(MS);
    expect(timeout.ns).toBe(200 * MS);
  });
});

describe('a handshake that was repeated', () => {
  it('leads to a first timeout of 3 s (RFC 6298, 5.7)', () => {
    const timeout = new RetransmissionTimeout();
    timeout.handshakeRepeated();
    expect(timeout.ns).toBe(3 * SECOND);
    timeout.sample(400 * MS);
    expect(timeout.ns).toBe(1_200 * MS);
  });
});

describe('the congestion window', () => {
  it('grows by one per segment in slow start and by 1/cwnd above the threshold', () => {
    const congestion = new SegmentCongestionWindow(10);
    for (let i = 0; i < 10; i += 1) congestion.acknowledged();
    expect(congestion.window).toBe(20);
    congestion.lost(5, 30);
    expect(congestion.window).toBe(10);
    congestion.acknowledged();
    expect(congestion.window).toBe(10.1);
  });

  it('reacts once per window, never falls below two, and starts at one after a timeout', () => {
    const congestion = new SegmentCongestionWindow(10);
    expect(congestion.lost(5, 30)).toBe(true);
    expect(congestion.lost(29, 40)).toBe(false);
    expect(congestion.window).toBe(5);
    expect(congestion.lost(30, 50)).toBe(true);
    expect(congestion.window).toBe(2.5);
    congestion.lost(50, 60);
    expect(congestion.window).toBe(2);
    congestion.timedOut(70);
    congestion.timedOut(71);
    expect([congestion.window, congestion.threshold]).toEqual([1, 2]);
  });
});

describe('the scoreboard', () => {
  /** A scoreboard with segments of 10 bytes that were sent at instants 1, 2, ... */
  function board(count: number): { board: Scoreboard; arrived: () => number; lost: number[] } {
    let arrived = 0;
    const lost: number[] = [];
    const made = new Scoreboard({
      onArrived: () => {
        arrived += 1;
      },
      onLost: (transmission) => lost.push(transmission),
    });
    for (let i = 1; i <= count; i += 1) made.add((i - 1) * 10, 10, i, i);
    return { board: made, arrived: () => arrived, lost };
  }

  it('takes a segment for lost when three sent later have arrived, not when two have', () => {
    const { board: made, lost } = board(5);
    made.answered(2);
    made.answered(3);
    made.detectLosses();
    expect(lost).toEqual([]);
    // The same answer twice is one arrival.
    made.answered(3);
    made.detectLosses();
    expect(lost).toEqual([]);
    made.answered(4);
    made.detectLosses();
    expect(lost).toEqual([1]);
    expect(made.nextLost).toBe(0);
    expect(made.inFlight).toBe(1);
  });

  it('finds the loss of a repeated segment, too, by what was sent after it', () => {
    const { board: made, lost } = board(4);
    for (const transmission of [2, 3, 4]) made.answered(transmission);
    made.detectLosses();
    made.repeat(made.nextLost, 5, 5);
    for (let i = 6; i <= 8; i += 1) made.add((i - 2) * 10, 10, i, i);
    for (const transmission of [6, 7]) made.answered(transmission);
    made.detectLosses();
    expect(lost).toEqual([1]);
    made.answered(8);
    made.detectLosses();
    expect(lost).toEqual([1, 5]);
  });

  it('gives the instant of a transmission for a sample, and none for an earlier one (Karn)', () => {
    const { board: made } = board(5);
    expect(made.answered(3)).toBe(3);
    for (const transmission of [2, 4, 5]) made.answered(transmission);
    made.detectLosses();
    made.repeat(made.nextLost, 6, 60);
    expect(made.answered(1)).toBe(-1);
    expect(made.answered(6)).toBe(60);
  });

  it('learns from an acknowledgement what lost ones would have said', () => {
    const { board: made, arrived } = board(8);
    made.arrivedBlock(20, 50);
    expect(arrived()).toBe(3);
    made.arrivedBefore(20);
    expect(arrived()).toBe(5);
    expect(made.firstSequence).toBe(20);
    made.arrivedBefore(80);
    expect([made.count, made.inFlight, arrived()]).toEqual([0, 0, 8]);
    expect(made.firstSequence).toBeUndefined();
  });

  it('loses everything that has not arrived at a timeout, first bytes first', () => {
    const { board: made } = board(40);
    made.answered(2);
    made.loseAll();
    expect(made.inFlight).toBe(0);
    const order: number[] = [];
    for (let i = 41; made.nextLost !== NO_SEGMENT; i += 1) {
      order.push(made.sequenceOf(made.nextLost));
      made.repeat(made.nextLost, i, i);
    }
    expect(order).toEqual(Array.from({ length: 40 }, (_, i) => i * 10).filter((at) => at !== 10));
  });
});

describe('the ring of bytes', () => {
  it('keeps what was put, at any position, while it grows and forgets', () => {
    const steps = fc.array(fc.tuple(fc.nat(9_000), fc.nat(9_000)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.nat(2 ** 33), steps, (begin, program) => {
        const ring = new ByteRing();
        ring.discard(begin);
        const all: number[] = [];
        let start = begin;
        for (const [put, forget] of program) {
          const bytes = bytesOf(put, all.length + 1);
          ring.put(begin + all.length, bytes, 0, put);
          for (const byte of bytes) all.push(byte);
          start = Math.min(begin + all.length, start + forget);
          ring.discard(start);
          const length = begin + all.length - start;
          const read = new Uint8Array(length);
          if (length > 0) ring.copy(start, length, read, 0);
          expect(Buffer.compare(read, Uint8Array.from(all.slice(start - begin)))).toBe(0);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** The integers from `start` up to, but not including, `end`. */
function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}

describe('the receiver', () => {
  it('puts segments in order, whatever their order, overlap and number', () => {
    const pieces = fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 60 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(pieces, (program) => {
        const bytes = bytesOf(400);
        const receiver = new StreamReceiver(10_000);
        const has = new Set<number>();
        for (const [start, length] of program) {
          receiver.accept(start, bytes, start, length);
          for (const at of range(start, start + length)) has.add(at);
          const next = range(0, 400).find((at) => !has.has(at)) ?? 400;
          expect(receiver.next).toBe(next);
          expect(receiver.window).toBe(10_000 - next);
          const block = range(receiver.blockStart, receiver.blockEnd);
          expect(block.every((at) => at < next || has.has(at))).toBe(true);
        }
        const read = new Uint8Array(receiver.next);
        if (receiver.next > 0) receiver.store.copy(0, receiver.next, read, 0);
        expect(Buffer.compare(read, bytes.subarray(0, receiver.next))).toBe(0);
      }),
    );
  });

  it('takes nothing beyond its buffer, and opens the window as bytes are consumed', () => {
    const receiver = new StreamReceiver(100);
    receiver.accept(0, bytesOf(150), 0, 150);
    expect([receiver.next, receiver.window, receiver.readyBytes]).toEqual([100, 0, 100]);
    receiver.consume(40);
    expect([receiver.window, receiver.readyBytes]).toEqual([40, 60]);
  });

  it('reaches FIN in order only, and acknowledges it with one position', () => {
    const receiver = new StreamReceiver(100);
    receiver.acceptFin(20);
    expect(receiver.isFinReached).toBe(false);
    receiver.accept(0, bytesOf(20), 0, 20);
    expect([receiver.isFinReached, receiver.next, receiver.readyBytes]).toEqual([true, 21, 20]);
  });
});

describe('options', () => {
  it('have the defaults of the specification and refuse what no stream can have', () => {
    expect(streamOptionsWith({})).toMatchObject({
      segmentBytes: 1_460,
      receiveBufferBytes: 1_048_576,
      initialWindow: 10,
      acknowledgeEvery: 1,
    });
    for (const bad of [
      { segmentBytes: 0 },
      { segmentBytes: 65_500 },
      { receiveBufferBytes: 2 ** 31 },
      { initialWindow: 0 },
      { sendLimitBytes: 0.5 },
    ]) {
      expect(() => streamOptionsWith(bad)).toThrow();
    }
  });
});
