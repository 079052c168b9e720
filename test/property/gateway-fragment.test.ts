/**
 * any packet arrives unchanged when it is sent in fragments, in any order and with
 * duplicates.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../nodes/_kit/bytes.ts';
import { planFragments, REASSEMBLY_LIMITS, Reassembler } from '../../nodes/gateway/fragment.ts';
import { FRAME_OVERHEAD_BYTES_MAX, FRAME_TYPE } from '../../nodes/gateway/geometry.ts';
import { decodeFrame, FrameHeader } from '../../nodes/gateway/wire.ts';
import { at, CLOCK_US, Pair } from '../unit/nodes/gateway/session-pair.ts';

const pair = Pair.connected();

/** Seals a packet as frames, one per fragment. */
function framesOf(packet: Uint8Array, frameBytesMax: number): Uint8Array[] {
  const plan = planFragments(packet.length, frameBytesMax);
  if (typeof plan === 'string') throw new Error(plan);
  const header = new FrameHeader();
  header.type = FRAME_TYPE.data;
  header.timestamp = CLOCK_US;
  header.fragments = plan.count;
  const frames: Uint8Array[] = [];
  for (let fragment = 0; fragment < plan.count; fragment++) {
    header.fragment = fragment;
    const part = packet.subarray(fragment * plan.size, (fragment + 1) * plan.size);
    const target = new Uint8Array(frameBytesMax);
    const length = pair.a.session.seal(header, part, target, 0);
    if (typeof length === 'string') throw new Error(length);
    expect(length).toBeLessThanOrEqual(frameBytesMax);
    frames.push(target.subarray(0, length));
  }
  return frames;
}

/** Opens frames; returns the packets that result and the reasons of drops. */
function packetsOf(frames: readonly Uint8Array[], box: Reassembler): (Uint8Array | string)[] {
  const header = new FrameHeader();
  const target = new Uint8Array(70_000);
  const results: (Uint8Array | string)[] = [];
  for (const frame of frames) {
    expect(decodeFrame(frame, 0, frame.length, header)).toBeUndefined();
    const length = pair.b.session.open(header, frame, target, at(1));
    if (typeof length === 'string') {
      results.push(length);
      continue;
    }
    const part = target.subarray(0, length);
    const whole = header.fragments === 1 ? part.slice() : box.add(header, part, 1);
    if (whole !== undefined) results.push(whole);
  }
  return results;
}

function newBox(): Reassembler {
  return new Reassembler(REASSEMBLY_LIMITS, (reason) => expect.fail(reason));
}

const edge = [1, 2, 63, 64, 65, 1148, 1149, 1150, 2298, 65_535, 65_536];
const length = fc.oneof(fc.constantFrom(...edge), fc.integer({ min: 1, max: 65_536 }));
const fill = fc.oneof(
  fc.constant(() => 0xff),
  fc.constant(() => 0),
  fc.nat().map(
    (seed) =>
      (index: number): number =>
        Math.imul(index + seed, 0x9e3779b1) >>> 24,
  ),
);
const packets = fc
  .tuple(length, fill)
  .map(([bytes, make]) => Uint8Array.from({ length: bytes }, (_, index) => make(index)));
const mtu = fc.oneof(fc.constantFrom(1200, 1280, 8900), fc.integer({ min: 300, max: 9000 }));

describe('packets in fragments, sealed and opened', () => {
  it('R-029, R-030: come out equal, in any order', () => {
    fc.assert(
      fc.property(packets, mtu, fc.infiniteStream(fc.nat()), (packet, frameBytesMax, stream) => {
        const frames = framesOf(packet, frameBytesMax);
        const order = frames.map((frame) => ({ frame, key: stream.next().value }));
        order.sort((left, right) => left.key - right.key);
        const results = packetsOf(
          order.map(({ frame }) => frame),
          newBox(),
        );
        expect(results).toHaveLength(1);
        expect(equalBytes(results[0] as Uint8Array, packet)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('R-030: every length around the fragment size, all 0xFF, on the narrowest path', () => {
    const room = 64;
    for (let bytes = 1; bytes <= 4 * room + 2; bytes++) {
      const packet = new Uint8Array(bytes).fill(0xff);
      const [whole] = packetsOf(framesOf(packet, room + FRAME_OVERHEAD_BYTES_MAX), newBox());
      expect(equalBytes(whole as Uint8Array, packet), `${bytes} bytes`).toBe(true);
    }
  });

  it('duplicates of fragments are dropped as replays and harm nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 9000 }), (bytes) => {
        const packet = new Uint8Array(bytes).fill(7);
        const frames = framesOf(packet, 600);
        const results = packetsOf([...frames, ...frames], newBox());
        const whole = results.filter((result) => typeof result !== 'string');
        expect(whole).toHaveLength(1);
        expect(results.filter((result) => result === 'replay')).toHaveLength(frames.length);
      }),
      { numRuns: 20 },
    );
  });

  it('the loss of any one fragment drops the packet by name', () => {
    const packet = new Uint8Array(5000).fill(1);
    const count = framesOf(packet, 600).length;
    for (let lost = 0; lost < count; lost++) {
      const reasons: string[] = [];
      const box = new Reassembler(REASSEMBLY_LIMITS, (reason) => reasons.push(reason));
      const frames = framesOf(packet, 600).filter((_, index) => index !== lost);
      expect(packetsOf(frames, box)).toEqual([]);
      box.expire(box.deadlineNs);
      expect(reasons).toEqual(['fragment-timeout']);
    }
  });
});
