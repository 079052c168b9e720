/** Mutated SIG frames: each loss has a name, nothing throws, and no more is held than the bounds say. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { SIG_DROP_REASONS } from '../../nodes/gateway/sig/drops.ts';
import { SIG_REORDER_NS, SIG_STREAMS_MAX } from '../../nodes/gateway/sig/geometry.ts';
import { SigReceiver } from '../../nodes/gateway/sig/receiver.ts';
import { memoryHeld } from '../memory.ts';
import { framesOf, ipv4Packet, ipv6Packet } from '../unit/nodes/gateway/sig/frames.ts';
import { mutate } from './mutate.ts';

const INPUTS = 100_000;
const SEED = 20_261_129;
/** Twice the bounds of packets and held frames, 16 times 128 KiB, for a collector that is late. */
const BYTES_MAX = 4 * 1024 * 1024;

describe.each([0, SIG_REORDER_NS])('a SIG receiver that holds frames for %i ns', (reorderNs) => {
  it(`takes ${INPUTS} mutated frames`, () => {
    const random = openRandomStream(SEED, 'gateway', `sig-fuzz-${reorderNs}`);
    const genuine = [60, 100, 1500].flatMap((size) =>
      framesOf([ipv4Packet(300), ipv6Packet(700), ipv4Packet(60)], size),
    );
    const drops = new Map<string, number>();
    let packets = 0;
    const output = {
      deliver: (packet: Uint8Array): void => {
        packets += 1;
        expect(packet.length).toBeGreaterThanOrEqual(20);
      },
      drop: (reason: string): void => void drops.set(reason, (drops.get(reason) ?? 0) + 1),
    };
    const receiver = new SigReceiver({ output, reorderNs });
    const before = memoryHeld();
    for (let input = 0; input < INPUTS; input += 1) {
      const frame = genuine[random.below(genuine.length)]!;
      receiver.receive(input * 10_000, mutate(frame, random, { header: 36 }));
      expect(receiver.unfinished).toBeLessThanOrEqual(SIG_STREAMS_MAX);
    }
    const { heapUsed, arrayBuffers } = memoryHeld();
    expect(heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(BYTES_MAX);
    receiver.discard();
    expect(packets).toBeGreaterThan(1000);
    for (const reason of drops.keys()) expect(SIG_DROP_REASONS).toHaveProperty(reason);
    expect([...drops.keys()].sort()).toEqual(
      expect.arrayContaining(['sig-evicted', 'sig-index', 'sig-packet-start', 'sig-too-old']),
    );
    expect(receiver.deadlineNs).toBe(Number.POSITIVE_INFINITY);
  });
});
