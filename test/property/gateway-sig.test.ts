/** Any packets, in SIG frames of any size: what comes out was sent, and without loss all of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../nodes/_kit/bytes.ts';
import { SIG_REORDER_NS } from '../../nodes/gateway/sig/geometry.ts';
import {
  framesOf,
  ipv4Packet,
  ipv6Packet,
  receiveFrames,
} from '../unit/nodes/gateway/sig/frames.ts';

const fill = fc.integer({ min: 0, max: 255 });
const packet = fc.oneof(
  fc.tuple(fc.integer({ min: 20, max: 400 }), fill).map(([bytes, of]) => ipv4Packet(bytes, of)),
  fc.tuple(fc.integer({ min: 40, max: 400 }), fill).map(([bytes, of]) => ipv6Packet(bytes, of)),
  fc.tuple(fc.integer({ min: 400, max: 3500 }), fill).map(([bytes, of]) => ipv4Packet(bytes, of)),
);
const packets = fc.array(packet, { minLength: 1, maxLength: 40 });
const frameBytesMax = fc.oneof(
  fc.integer({ min: 56, max: 200 }),
  fc.integer({ min: 56, max: 1500 }),
);
const reorderNs = fc.constantFrom(0, SIG_REORDER_NS);

describe('packets in SIG frames', () => {
  it('all arrive in order when no frame is lost', () => {
    fc.assert(
      fc.property(packets, frameBytesMax, reorderNs, (sent, size, wait) => {
        const frames = framesOf(sent, size);
        for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(size);
        const received = receiveFrames(frames, wait);
        expect(received.packets.map(toHex)).toEqual(sent.map(toHex));
        expect(received.drops).toEqual([]);
      }),
    );
  });

  it('need no byte besides headers and packets', () => {
    fc.assert(
      fc.property(packets, frameBytesMax, (sent, size) => {
        const payload = framesOf(sent, size).map((frame) => toHex(frame.subarray(16)));
        expect(payload.join('')).toBe(sent.map(toHex).join(''));
      }),
    );
  });

  it('never become a packet that was not sent, whatever is lost, doubled or overtaken', () => {
    const fate = fc.record({ copies: fc.integer({ min: 0, max: 3 }), moved: fc.nat(12) });
    const fates = fc.array(fate, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(packets, frameBytesMax, reorderNs, fates, (sent, size, wait, plan) => {
        const arriving = framesOf(sent, size).flatMap((frame, at) => {
          const { copies, moved } = plan[at % plan.length]!;
          return Array.from({ length: copies }, (_, copy) => ({ frame, key: at + moved * copy }));
        });
        arriving.sort((left, right) => left.key - right.key);
        const { packets: received } = receiveFrames(
          arriving.map(({ frame }) => frame),
          wait,
        );
        const known = new Set(sent.map(toHex));
        expect(received.map(toHex).filter((one) => !known.has(one))).toEqual([]);
      }),
    );
  });

  it('arrive however frames overtake each other by a few places, where they are held', () => {
    fc.assert(
      fc.property(
        packets,
        frameBytesMax,
        fc.array(fc.nat(8), { minLength: 1 }),
        (sent, size, by) => {
          const [first, ...others] = framesOf(sent, size);
          const late = others.map((frame, at) => ({ frame, key: at + by[at % by.length]! }));
          late.sort((left, right) => left.key - right.key);
          const frames = [first!, ...late.map(({ frame }) => frame)];
          const { packets: received } = receiveFrames(frames, SIG_REORDER_NS);
          expect(received.map(toHex)).toEqual(sent.map(toHex));
        },
      ),
    );
  });
});
