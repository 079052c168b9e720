/**
 * Writes capture files for tests in all forms that are read, byte by byte as the drafts of pcap and pcapng say.
 *
 * @module
 */
import { writeIpHeaders } from '../../../../../engine/pure/ip-headers.ts';

/** A packet and its time. */
export interface Packet {
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
}

/** The form of a capture: its byte order, and how many ns a tick of its stamps has. */
export interface Form {
  readonly isLittle: boolean;
  readonly tickNs: bigint;
}

const SECOND = 1_000_000_000n;

function numbers(
  isLittle: boolean,
  ...fields: readonly (readonly [bits: 16 | 32, number])[]
): Buffer {
  return Buffer.concat(
    fields.map(([bits, value]) => {
      const bytes = Buffer.alloc(bits / 8);
      if (bits === 16) bytes[isLittle ? 'writeUInt16LE' : 'writeUInt16BE'](value);
      else bytes[isLittle ? 'writeUInt32LE' : 'writeUInt32BE'](value);
      return bytes;
    }),
  );
}

/** A file of pcap; `cutAt` is the longest part of a packet that is kept. */
export function pcapOf(
  packets: readonly Packet[],
  { isLittle, tickNs }: Form,
  linkType: number,
  cutAt = 65_535,
): Buffer {
  const magic = tickNs === 1n ? 0xa1b2_3c4d : 0xa1b2_c3d4;
  const head = numbers(
    isLittle,
    [32, magic],
    [16, 2],
    [16, 4],
    [32, 0],
    [32, 0],
    [32, cutAt],
    [32, linkType],
  );
  const records = packets.map(({ timeNs, bytes }) => {
    const kept = bytes.subarray(0, cutAt);
    const stamp = [Number(timeNs / SECOND), Number((timeNs % SECOND) / tickNs)] as const;
    const front = numbers(
      isLittle,
      [32, stamp[0]],
      [32, stamp[1]],
      [32, kept.length],
      [32, bytes.length],
    );
    return Buffer.concat([front, kept]);
  });
  return Buffer.concat([head, ...records]);
}

/** A block of pcapng. */
export function blockOf(isLittle: boolean, type: number, body: Uint8Array): Buffer {
  const padding = Buffer.alloc((4 - (body.length % 4)) % 4);
  const length = 12 + body.length + padding.length;
  return Buffer.concat([
    ...[numbers(isLittle, [32, type], [32, length]), body, padding],
    numbers(isLittle, [32, length]),
  ]);
}

/** A file of pcapng with one interface, whose stamps count in 10^-`power` s, or 2^-`power` s above 127. */
export function pcapngOf(
  packets: readonly Packet[],
  isLittle: boolean,
  power: number,
  linkType: number,
): Buffer {
  const section = numbers(
    isLittle,
    [32, 0x1a2b_3c4d],
    [16, 1],
    [16, 0],
    [32, 0xffff_ffff],
    [32, 0xffff_ffff],
  );
  const options = Buffer.concat([
    ...[numbers(isLittle, [16, 9], [16, 1]), Buffer.of(power, 0, 0, 0)],
    numbers(isLittle, [16, 0], [16, 0]),
  ]);
  const described = Buffer.concat([numbers(isLittle, [16, linkType], [16, 0], [32, 0]), options]);
  const ticks = power < 128 ? 10n ** BigInt(power) : 2n ** BigInt(power - 128);
  return Buffer.concat([
    blockOf(isLittle, 0x0a0d_0d0a, section),
    blockOf(isLittle, 1, described),
    ...packets.map(({ timeNs, bytes }) => {
      const stamp = (timeNs * ticks) / SECOND;
      const [high, low] = [Number(stamp >> 32n), Number(stamp & 0xffff_ffffn)] as const;
      const { length } = bytes;
      const front = numbers(isLittle, [32, 0], [32, high], [32, low], [32, length], [32, length]);
      return blockOf(isLittle, 6, Buffer.concat([front, bytes]));
    }),
  ]);
}

/** An IP packet of a flow; `last` is the last byte of its sender's address. */
export function ipPacket(
  version: 'ipv4' | 'ipv6',
  protocol: 'udp' | 'tcp',
  bytes: number,
  last = 1,
): Uint8Array {
  const address = (net: number): readonly number[] =>
    version === 'ipv4' ? [10, net, 0, last] : [0xfd, net, ...Array<number>(13).fill(0), last];
  const packet = new Uint8Array(bytes);
  const from = { address: address(1), port: 4_000 + last };
  writeIpHeaders(packet, { from, to: { address: address(2), port: 443 }, protocol });
  return packet;
}
