/**
 * Frames of the SCION-IP gateway, compared with the reference's encoder and reassembly (vectors/scion/sig-frames.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { SigEncoder } from '../../nodes/gateway/sig/encoder.ts';
import { receiveFrames } from '../unit/nodes/gateway/sig/frames.ts';
import { vectorSets } from '../vectors-root.ts';

interface SigFile {
  readonly encode: readonly {
    readonly name: string;
    readonly session: number;
    readonly stream: number;
    /** Largest frame, bytes; the frame's header counts. */
    readonly mtu: number;
    readonly packets: readonly string[];
    readonly frames: readonly string[];
  }[];
  readonly decode: readonly {
    readonly name: string;
    readonly frames: readonly string[];
    readonly packets: readonly string[];
    readonly drops?: readonly string[];
  }[];
}

/** An IPv4 header that says how long the packet is, and nothing else. */
function ipv4(length: string): string {
  return `4000${length}${'00'.repeat(16)}`;
}

/** Names of the reference's counters (rlist.go, `newReassemblyList`). */
const NAMES: Readonly<Record<string, string>> = {
  too_old: 'sig-too-old',
  duplicate: 'sig-duplicate',
  evicted: 'sig-evicted',
  invalid: 'sig-invalid',
};

const twenty = '0102030405060708090a0b0c0d0e0f1011121314';

/** From `gateway/dataplane/encoder_test.go` and `worker_test.go` of scionproto/scion. */
const FIGURES: SigFile = {
  encode: [
    {
      name: 'simple IPv4 packet',
      session: 1,
      stream: 2,
      mtu: 1500,
      packets: [`${ipv4('0017')}010203`],
      frames: [`0001000000000002${'00'.repeat(8)}${ipv4('0017')}010203`],
    },
    {
      name: 'single packet split into two frames',
      session: 1,
      stream: 2,
      mtu: 56,
      packets: [`${ipv4('002a')}${twenty}1516`],
      frames: [
        `0001000000000002${'00'.repeat(8)}${ipv4('002a')}${twenty}`,
        '0001ffff0000000200000000000000011516',
      ],
    },
  ],
  decode: [
    {
      name: 'duplicate frame',
      frames: [
        `00010000000000010000000000000005${ipv4('001c')}01020304`,
        `00010000000000010000000000000005${ipv4('001c')}01020304`,
        '0001ffff00000001000000000000000605060708',
      ],
      packets: [`${ipv4('001c')}0102030405060708`],
      drops: ['duplicate'],
    },
  ],
};

describe.each(vectorSets('scion/sig-frames.json', FIGURES))('SIG frames, $set', ({ file }) => {
  it.each(file.encode)('encoder: $name', ({ session, stream, mtu, packets, frames }) => {
    const encoder = new SigEncoder({ session, stream, frameBytesMax: mtu });
    for (const packet of packets) encoder.add(fromHex(packet));
    const made = frames.map(() => toHex(encoder.next() ?? new Uint8Array()));
    expect(made).toEqual(frames);
    expect(encoder.next()).toBeUndefined();
  });

  it.each(file.decode)('reassembly: $name', ({ frames, packets, drops = [] }) => {
    const received = receiveFrames(frames.map(fromHex));
    expect(received.packets.map(toHex)).toEqual(packets);
    expect(received.drops).toEqual(drops.map((name) => NAMES[name]));
  });
});
