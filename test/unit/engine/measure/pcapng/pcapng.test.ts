/**
 * Captures: the bytes follow the draft of pcapng, and two independent readers can read them.
 * @module
 */
import fc from 'fast-check';
import PcapNgParser from 'pcap-ng-parser';
import { describe, expect, it } from 'vitest';
import {
  encodeInterfaceDescription,
  encodeInterfaceStatistics,
  encodePacketBlock,
  encodeSectionHeader,
} from '../../../../../engine/measure/pcapng/encode.ts';
import {
  parseIpAddress,
  synthesiseIpPacket,
} from '../../../../../engine/measure/pcapng/synthesise.ts';
import { readPcapng } from './second-reader.ts';

/** Copied from the specification, docs/spec/run-files.md; scapy can read it. */
const EXAMPLE = [
  '0a0d0d0a2c0000004d3c2b1a01000000ffffffffffffffff040006006f72726572790000000000002c000000',
  '0100000028000000650000000000000002000400612d3e6209000100090000000000000028000000',
  '06000000600000000000000000000000e0df99002000000020000000450000200000000040117cca7f000001',
  '7f00000200350035000c0000deadbeef0100100064726f703a2071756575652d66756c6c020004000200000000',
  '00000060000000',
].join('');

const PAYLOAD = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);
const FROM = { address: parseIpAddress('127.0.0.1'), port: 53 };
const TO = { address: parseIpAddress('127.0.0.2'), port: 53 };

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** RFC 1071: the words of a correct packet add up to all ones. */
function onesSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += (bytes[at] as number) * 256 + (bytes[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

describe('the file of the specification', () => {
  const packet = Buffer.from(
    '450000200000000040117cca7f0000017f00000200350035000c0000deadbeef',
    'hex',
  );

  it('is written byte for byte', () => {
    const file = join(
      encodeSectionHeader('orrery'),
      encodeInterfaceDescription('a->b'),
      encodePacketBlock({
        interfaceId: 0,
        timeNs: 10_084_320,
        bytes: new Uint8Array(packet),
        direction: 'outbound',
        comment: 'drop: queue-full',
      }),
    );
    expect(file).toHaveLength(180);
    expect(Buffer.from(file).toString('hex')).toBe(EXAMPLE);
  });

  it('has the IPv4 header that we synthesise, and an absent UDP checksum where ours is right', () => {
    const ours = synthesiseIpPacket(FROM, TO, PAYLOAD);
    const checksum = ours.subarray(26, 28);
    expect(checksum).not.toEqual(Uint8Array.of(0, 0));
    const without = ours.slice();
    without.fill(0, 26, 28);
    expect(without).toEqual(new Uint8Array(packet));
  });
});

describe('synthesised headers', () => {
  it('have right checksums for every payload and pair of ends', () => {
    const ends = fc.record({
      address: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      port: fc.nat(65_535),
    });
    const v6 = fc.record({
      address: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      port: fc.nat(65_535),
    });
    const pair = fc.oneof(fc.tuple(ends, ends), fc.tuple(v6, v6));
    fc.assert(
      fc.property(pair, fc.uint8Array({ maxLength: 2_000 }), ([from, to], payload) => {
        const bytes = synthesiseIpPacket(from, to, payload);
        const isIpv4 = from.address.length === 4;
        const front = isIpv4 ? 20 : 40;
        const udp = bytes.subarray(front);
        if (isIpv4) expect(onesSum(bytes.subarray(0, 20))).toBe(0xffff);
        const length = udp.length;
        const pseudo = Uint8Array.of(0, 17, length >>> 8, length);
        const addresses = isIpv4 ? bytes.subarray(12, 20) : bytes.subarray(8, 40);
        expect(onesSum(join(addresses, pseudo, udp))).toBe(0xffff);
        expect(udp.subarray(6, 8)).not.toEqual(Uint8Array.of(0, 0));
        expect(udp.subarray(8)).toEqual(payload);
      }),
    );
  });

  it('send a UDP checksum of zero as all ones', () => {
    const checksum = synthesiseIpPacket(FROM, TO, Uint8Array.of(0, 0)).slice(26, 28);
    expect(synthesiseIpPacket(FROM, TO, checksum).slice(26, 28)).toEqual(Uint8Array.of(255, 255));
  });

  it('cut what IP cannot carry', () => {
    const bytes = synthesiseIpPacket(FROM, TO, new Uint8Array(70_000));
    expect(bytes).toHaveLength(65_535);
    expect(onesSum(bytes.subarray(0, 20))).toBe(0xffff);
  });

  it('read addresses of both versions', () => {
    const hex = (text: string): string => Buffer.from(parseIpAddress(text)).toString('hex');
    expect(hex('127.1.2.255')).toBe('7f0102ff');
    expect(hex('fd00:f00d:cafe::7f00:9')).toBe('fd00f00dcafe0000000000007f000009');
    expect(hex('::1')).toBe('00000000000000000000000000000001');
    expect(hex('2001:db8::')).toBe('20010db8000000000000000000000000');
    expect(hex('nonsense')).toBe('00000000');
  });
});

describe('a capture', () => {
  const name = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
  const captured = fc.record({
    interfaceId: fc.nat(2),
    timeNs: fc.oneof(fc.nat(), fc.maxSafeNat()),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    comment: fc.option(fc.string({ maxLength: 50, unit: 'grapheme' }), { nil: undefined }),
  });
  const packets = fc.array(captured, { maxLength: 20 });

  it('is read back whole by a second reader', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 3, maxLength: 3 }), packets, (names, all) => {
        const file = join(
          encodeSectionHeader('orrery'),
          ...names.map(encodeInterfaceDescription),
          ...all.map(({ comment, ...rest }) =>
            encodePacketBlock(comment === undefined ? rest : { ...rest, comment }),
          ),
          encodeInterfaceStatistics({
            interfaceId: 1,
            timeNs: 2 ** 40,
            received: 2 ** 33 + 1,
            dropped: 7,
          }),
        );
        const read = readPcapng(file);
        expect(read.application).toBe('orrery');
        expect(read.interfaces.map((one) => one.name)).toEqual(names);
        for (const one of read.interfaces) {
          expect(one).toMatchObject({ linkType: 101, snapLength: 0, resolution: 9 });
        }
        expect(read.interfaces[1]?.statistics).toEqual({
          received: 8_589_934_593n,
          dropped: 7n,
          time: 1_099_511_627_776n,
        });
        expect(read.packets).toEqual(
          all.map(({ interfaceId, timeNs, bytes, direction, comment }) => ({
            interfaceId,
            time: BigInt(timeNs),
            data: bytes,
            originalLength: bytes.length,
            comment,
            flags: direction === 'inbound' ? 1 : 2,
          })),
        );
      }),
    );
  });

  it('gives the npm reader the same packets', () => {
    fc.assert(
      fc.property(fc.array(captured, { minLength: 1, maxLength: 20 }), (all) => {
        const file = join(
          encodeSectionHeader('orrery'),
          ...['a->b', 'b->a', 'gateway-111->br-111-1'].map(encodeInterfaceDescription),
          ...all.map(({ comment: _, ...packet }) => encodePacketBlock(packet)),
        );
        const parser = new PcapNgParser();
        const found: unknown[] = [];
        const names: string[] = [];
        parser.on('data', ({ interfaceId, timestampHigh, timestampLow, data }) => {
          const timeNs = timestampHigh * 2 ** 32 + timestampLow;
          found.push({ interfaceId, timeNs, bytes: new Uint8Array(data) });
        });
        // This reader takes the length of an option as a number of 8-byte units, so names end with
        // the bytes that follow.
        parser.on('interface', ({ linkType, name: text = '' }) =>
          names.push(`${linkType} ${text}`),
        );
        parser.write(Buffer.from(file));
        expect(found).toEqual(
          all.map(({ interfaceId, timeNs, bytes }) => ({ interfaceId, timeNs, bytes })),
        );
        const starts = ['101 a->b', '101 b->a', '101 gateway-111->br-111-1'];
        expect(names.map((text, i) => text.startsWith(starts[i] ?? '-'))).toEqual([
          true,
          true,
          true,
        ]);
      }),
      { numRuns: 30 },
    );
  });
});
