/** IP packets of flows of the kind `ip`: what their headers say, and that the truth in them is found. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import { ipPayloadAt } from '../../../engine/pure/ip-headers.ts';
import {
  claimedFlow,
  claimedSequence,
  type GroundTruth,
  readTruth,
  TruthWriter,
} from '../../../runner/traffic/ground-truth.ts';
import { ipFlowOf } from '../../../runner/traffic/ip-headers.ts';

const writer = new TruthWriter(openRandomStream(1, 'traffic/0', 'body'));
const truth: GroundTruth = { flow: 0x1_0203, kind: 'data', sequence: 77, sentNs: 5e9 };
const blank = (): GroundTruth => ({ flow: 0, kind: 'data', sequence: 0, sentNs: 0 });

function packetOf(version: 'ipv4' | 'ipv6', length: number): Uint8Array {
  const packet = new Uint8Array(length).fill(0xee);
  writer.writeIp(packet, ipFlowOf(version, truth.flow), truth);
  return packet;
}

/** The one's complement sum of RFC 1071 over bytes, which is 0xffff over what includes its checksum. */
function sum(...parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) {
    part.forEach((byte, at) => {
      total += at % 2 === 0 ? byte << 8 : byte;
    });
  }
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

describe.each(['ipv4', 'ipv6'] as const)('a packet of kind ip, %s', (version) => {
  it('has the truth behind its headers', () => {
    for (const length of [80, 81, 1_000, 65_535]) {
      const packet = packetOf(version, length);
      const before = packet.slice();
      const read = blank();
      expect(readTruth(packet, read)).toBe(true);
      expect(read).toEqual(truth);
      expect([claimedFlow(packet), claimedSequence(packet)]).toEqual([truth.flow, truth.sequence]);
      expect(Buffer.compare(packet, before)).toBe(0);
    }
  });

  it('was not delivered when any one bit of it is flipped', () => {
    const packet = packetOf(version, 100);
    for (let bit = 0; bit < 800; bit += 1) {
      const damaged = packet.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(readTruth(damaged, blank()), `bit ${bit}`).toBe(false);
    }
  });

  it('was not delivered when it is cut or lengthened', () => {
    const packet = packetOf(version, 120);
    for (let length = 0; length < 120; length += 1) {
      expect(readTruth(packet.subarray(0, length), blank())).toBe(false);
    }
    expect(readTruth(Uint8Array.of(...packet, 0), blank())).toBe(false);
  });

  it('has a checksum over addresses, ports and payload that a receiver finds right', () => {
    for (const length of [80, 81, 999]) {
      const packet = packetOf(version, length);
      const udpAt = version === 'ipv4' ? 20 : 40;
      const udp = packet.subarray(udpAt);
      const addresses = packet.subarray(version === 'ipv4' ? 12 : 8, udpAt);
      const pseudo = Uint8Array.of(0, 17, udp.length >> 8, udp.length & 0xff);
      expect(sum(addresses, pseudo, udp)).toBe(0xffff);
      expect([...udp.subarray(0, 6)]).toEqual([0xc0, 0, 0, 9, udp.length >> 8, udp.length & 0xff]);
    }
  });
});

describe('the headers of a packet of kind ip', () => {
  it('are those of RFC 791, with a checksum', () => {
    const packet = packetOf('ipv4', 80);
    expect(sum(packet.subarray(0, 20))).toBe(0xffff);
    const text = Buffer.from(packet.subarray(0, 10)).toString('hex');
    expect(text).toBe('45000050000000004011');
    expect([...packet.subarray(12, 20)]).toEqual([198, 18, 2, 3, 198, 19, 2, 3]);
  });

  it('are those of RFC 8200', () => {
    const packet = packetOf('ipv6', 80);
    const text = Buffer.from(packet.subarray(0, 40)).toString('hex');
    const address = (side: number): string => `20010002000${0}000${side}0000000000000203`;
    expect(text).toBe(`6000000000281140${address(1)}${address(2)}`);
  });

  it('are not seen in packets that have none', () => {
    const bare = new Uint8Array(100);
    writer.write(bare, truth);
    expect(ipPayloadAt(bare)).toBe(0);
    expect(ipPayloadAt(new Uint8Array())).toBe(0);
    expect(readTruth(bare, blank())).toBe(true);
  });
});
