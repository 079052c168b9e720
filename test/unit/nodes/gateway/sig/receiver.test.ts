/** How packets come out of SIG frames that are lost, repeated, late or wrong. */
import { describe, expect, it } from 'vitest';
import {
  SIG_LIST_FRAMES_MAX,
  SIG_REORDER_FRAMES_MAX,
  SIG_REORDER_NS,
  SIG_STREAM_IDLE_NS_MAX,
  SIG_STREAMS_MAX,
} from '../../../../../nodes/gateway/sig/geometry.ts';
import { framesOf, ipv4Packet, ipv6Packet, makeReceiver, receiveFrames } from './frames.ts';

/** Frames of 40 bytes of payload; three of them have a packet of 100 bytes. */
const three = framesOf([ipv4Packet(100)], 56);

/** The frame with another index. */
function withIndex(frame: Uint8Array, index: number): Uint8Array {
  const copy = frame.slice();
  copy.set([index >> 8, index], 2);
  return copy;
}

describe('the frames of a SIG stream', () => {
  it('give a packet that is divided among them', () => {
    const { packets, drops, receiver } = receiveFrames(three);
    expect(packets).toEqual([ipv4Packet(100)]);
    expect(drops).toEqual([]);
    expect(receiver.unfinished).toBe(0);
  });

  it('give whole packets around one that lost a frame', () => {
    const sent = [ipv4Packet(60, 1), ipv4Packet(150, 2), ipv6Packet(60, 3)];
    // The second packet is in frames 0 to 2, and 40 bytes of the third start behind its end.
    const frames = framesOf(sent, 116);
    expect(frames).toHaveLength(3);
    const received = receiveFrames([frames[0]!, frames[2]!]);
    expect(received.packets).toEqual([ipv4Packet(60, 1), ipv6Packet(60, 3)]);
    expect(received.drops).toEqual(['sig-evicted']);
  });

  it('are told when no start of a packet came', () => {
    expect(receiveFrames([three[1]!, three[2]!]).drops).toEqual(['sig-no-start', 'sig-no-start']);
  });

  it('are older or doubled only as long as a packet is unfinished, as in the reference', () => {
    const older = framesOf([ipv4Packet(40), ipv4Packet(100)], 56);
    const open = receiveFrames([older[1]!, older[0]!, older[1]!]);
    expect(open.drops).toEqual(['sig-too-old', 'sig-duplicate']);
    // No protection against replay: nothing is unfinished, so the frame is read again.
    const closed = receiveFrames([older[0]!, older[0]!]);
    expect(closed.packets).toEqual([ipv4Packet(40), ipv4Packet(40)]);
  });

  it.each([0, SIG_REORDER_NS])(
    'were all too old after a forged one of a far number, held for %i ns or not',
    (reorderNs) => {
      const frames = framesOf(
        Array.from({ length: 300 }, () => ipv4Packet(100)),
        156,
      );
      const forged = framesOf([ipv4Packet(60_000)], 156)[0]!;
      // Sequence number 2^53 - 1.
      forged.set([0, 31, 255, 255, 255, 255, 255, 255], 8);
      const { packets } = receiveFrames([forged, ...frames], reorderNs);
      expect(packets.length).toBeGreaterThan(290);
    },
  );

  it('were in no order any more after a forged one of a far number', () => {
    const frames = framesOf(
      Array.from({ length: 100 }, (_, index) => ipv4Packet(100, index)),
      116,
    );
    const forged = framesOf([ipv4Packet(20)], 156)[0]!;
    forged.set([0, 31, 255, 255, 255, 255, 255, 255], 8);
    const swapped = [...frames.slice(0, 50), frames[51]!, frames[50]!, ...frames.slice(52)];
    const { packets } = receiveFrames([forged, ...swapped], SIG_REORDER_NS);
    const order = packets.slice(1).map((packet) => packet[99]);
    expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('lose a packet that one of them contradicts', () => {
    // 60 of 100 bytes are missing behind the first frame, and 20 behind the second.
    const tooShort = withIndex(three[1]!, 20);
    expect(receiveFrames([three[0]!, tooShort]).drops).toEqual(['sig-invalid', 'sig-packet-start']);
    const none = withIndex(three[1]!, 0);
    expect(receiveFrames([three[0]!, none]).drops).toEqual(['sig-invalid', 'sig-packet-start']);
    const tooLong = Uint8Array.of(...three[2]!, 9);
    const received = receiveFrames([three[0]!, three[1]!, tooLong]);
    expect(received.drops).toEqual(['sig-invalid', 'sig-no-start']);
    expect(received.packets).toEqual([]);
  });

  it('are read no further where no header of a packet is', () => {
    const frame = framesOf([ipv4Packet(20), ipv4Packet(20)], 1400)[0]!;
    for (const length of [37, 55]) {
      const received = receiveFrames([frame.subarray(0, length)]);
      expect(received.drops).toEqual(['sig-packet-start']);
      expect(received.packets).toEqual([ipv4Packet(20)]);
    }
    const other = frame.slice();
    other[36] = 0x55;
    expect(receiveFrames([other]).drops).toEqual(['sig-packet-start']);
  });

  it('are dropped with a reason if they are no frames', () => {
    expect(receiveFrames([new Uint8Array(3)]).drops).toEqual(['sig-truncated']);
  });
});

describe('what a SIG receiver keeps', () => {
  it('is a packet of at most 100 frames', () => {
    const bytes = SIG_LIST_FRAMES_MAX * 40;
    expect(receiveFrames(framesOf([ipv4Packet(bytes)], 56)).packets).toHaveLength(1);
    const { packets, drops } = receiveFrames(framesOf([ipv4Packet(bytes + 1)], 56));
    expect(packets).toEqual([]);
    expect(drops).toEqual(['sig-evicted', 'sig-no-start']);
  });

  it('is forgotten after a second without a frame of the stream', () => {
    const { receiver, drops } = receiveFrames([three[0]!]);
    expect(receiver.deadlineNs).toBe(SIG_STREAM_IDLE_NS_MAX);
    receiver.expire(SIG_STREAM_IDLE_NS_MAX - 1);
    expect(receiver.unfinished).toBe(1);
    receiver.expire(SIG_STREAM_IDLE_NS_MAX);
    expect(drops).toEqual(['sig-timeout']);
    expect(receiver.deadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it('is a bounded number of streams, and the one that is silent for longest makes room', () => {
    const { receiver, packets, drops } = makeReceiver();
    const streams = Array.from({ length: SIG_STREAMS_MAX + 1 }, (_, stream) =>
      framesOf([ipv4Packet(60)], 56, stream),
    );
    for (const [first] of streams.slice(0, -1)) receiver.receive(0, first!);
    // Stream 0 is used again, with a frame that is already there.
    receiver.receive(1, streams[0]![0]!);
    receiver.receive(2, streams.at(-1)![0]!);
    expect(receiver.unfinished).toBe(SIG_STREAMS_MAX);
    expect(drops).toEqual(['sig-duplicate', 'sig-evicted']);
    for (const [, second] of streams) receiver.receive(3, second!);
    expect(packets).toHaveLength(SIG_STREAMS_MAX);
    expect(drops.at(-1)).toBe('sig-no-start');
  });

  it('is dropped by name when the peer is removed', () => {
    const { receiver, drops, packets } = makeReceiver(SIG_REORDER_NS);
    const other = framesOf([ipv4Packet(40)], 56, 3);
    receiver.receive(0, three[0]!);
    receiver.receive(0, three[2]!);
    receiver.receive(0, other[0]!);
    receiver.discard();
    expect(drops).toEqual(['sig-evicted', 'sig-no-start']);
    expect(packets).toEqual([ipv4Packet(40)]);
    expect(receiver.deadlineNs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('SIG frames that overtake each other', () => {
  it('lose their packets where none are held, as in the reference', () => {
    const { drops, packets } = receiveFrames([three[0]!, three[2]!, three[1]!]);
    expect(packets).toEqual([]);
    expect(drops).toEqual(['sig-evicted', 'sig-no-start', 'sig-no-start']);
  });

  it('are put in order where they are held for a moment', () => {
    const { packets, drops } = receiveFrames([three[0]!, three[2]!, three[1]!], SIG_REORDER_NS);
    expect(packets).toEqual([ipv4Packet(100)]);
    expect(drops).toEqual([]);
  });

  it('are read when they have waited long enough for a lost one', () => {
    const frames = framesOf(
      [1, 2, 3, 4].map((fill) => ipv4Packet(40, fill)),
      56,
    );
    const { receiver, packets } = makeReceiver(SIG_REORDER_NS);
    receiver.receive(0, frames[0]!);
    receiver.receive(10, frames[3]!);
    receiver.receive(20, frames[2]!);
    expect(receiver.deadlineNs).toBe(10 + SIG_REORDER_NS);
    receiver.expire(9 + SIG_REORDER_NS);
    expect(packets).toHaveLength(1);
    receiver.expire(10 + SIG_REORDER_NS);
    expect(packets.map((packet) => packet[39])).toEqual([1, 3, 4]);
    // The lost one comes after all; it has a whole packet.
    receiver.receive(30 + SIG_REORDER_NS, frames[1]!);
    expect(packets.map((packet) => packet[39])).toEqual([1, 3, 4, 2]);
  });

  it('are held in a bounded number, and once each', () => {
    const count = SIG_REORDER_FRAMES_MAX + 3;
    const frames = framesOf(
      Array.from({ length: count }, (_, fill) => ipv4Packet(40, fill)),
      56,
    );
    const { receiver, packets, drops } = makeReceiver(SIG_REORDER_NS);
    receiver.receive(0, frames[0]!);
    for (const frame of frames.slice(2, -1)) receiver.receive(0, frame);
    receiver.receive(0, frames[5]!);
    expect(drops).toEqual(['sig-duplicate']);
    expect(packets).toHaveLength(1);
    receiver.receive(0, frames.at(-1)!);
    expect(packets).toHaveLength(count - 1);
  });

  it('are held in a bounded number of bytes', () => {
    const frames = framesOf(
      Array.from({ length: 10 }, (_, fill) => ipv4Packet(9000, fill)),
      9016,
    );
    const { receiver, packets } = makeReceiver(SIG_REORDER_NS);
    receiver.receive(0, frames[0]!);
    for (const frame of frames.slice(2, 9)) receiver.receive(0, frame);
    expect(packets).toHaveLength(1);
    receiver.receive(0, frames[9]!);
    expect(packets).toHaveLength(9);
  });
});
