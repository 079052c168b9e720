/**
 * Prepends the IP and UDP headers that a datagram would have had on a real wire, with correct
 * checksums, so that dissectors for protocols over UDP work (docs/spec/run-files.md#the-folder).
 *
 * Does not fragment: a datagram that is too long for IP is cut, and the capture says so.
 *
 * @module
 */
import {
  HOP_LIMIT,
  IP_PROTOCOL_UDP,
  IP_TOTAL_LENGTH_MAX,
  IPV4_HEADER_BYTES,
  IPV6_HEADER_BYTES,
  UDP_HEADER_BYTES,
} from './geometry.ts';

/** Address and port of the sender or the receiver of a datagram. */
export interface CaptureEndpoint {
  /** IPv4 address of 4 bytes or IPv6 address of 16. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** Reads an address from text; 0.0.0.0 for anything that is not an address. */
export function parseIpAddress(text: string): Uint8Array {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text);
}

/** Makes the packet as it would be on a wire: IP header, UDP header, payload. */
export function synthesiseIpPacket(
  from: CaptureEndpoint,
  to: CaptureEndpoint,
  payload: Uint8Array,
): Uint8Array {
  const isIpv6 = from.address.length === 16 && to.address.length === 16;
  const front = isIpv6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES;
  const room = IP_TOTAL_LENGTH_MAX - UDP_HEADER_BYTES - (isIpv6 ? 0 : IPV4_HEADER_BYTES);
  const body = payload.subarray(0, room);
  const packet = new Uint8Array(front + UDP_HEADER_BYTES + body.length);
  const view = new DataView(packet.buffer);
  if (isIpv6) writeIpv6(packet, view, { from, to });
  else writeIpv4(packet, view, { from, to });
  const udpLength = UDP_HEADER_BYTES + body.length;
  view.setUint16(front, from.port);
  view.setUint16(front + 2, to.port);
  view.setUint16(front + 4, udpLength);
  packet.set(body, front + UDP_HEADER_BYTES);
  // RFC 768: the checksum includes a pseudo header of addresses, protocol and length. The pseudo
  // header of RFC 8200 section 8.1 has the same sum.
  const addresses = isIpv6 ? packet.subarray(8, 40) : packet.subarray(12, 20);
  const pseudo = sumOf(addresses, IP_PROTOCOL_UDP + udpLength);
  const checksum = fold(sumOf(packet.subarray(front), pseudo));
  // RFC 768: a computed zero is transmitted as all ones.
  view.setUint16(front + 6, checksum === 0 ? 0xffff : checksum);
  return packet;
}

interface Ends {
  readonly from: CaptureEndpoint;
  readonly to: CaptureEndpoint;
}

function writeIpv4(packet: Uint8Array, view: DataView, { from, to }: Ends): void {
  packet[0] = 0x45;
  view.setUint16(2, packet.length);
  packet[8] = HOP_LIMIT;
  packet[9] = IP_PROTOCOL_UDP;
  packet.set(from.address.subarray(0, 4), 12);
  packet.set(to.address.subarray(0, 4), 16);
  view.setUint16(10, fold(sumOf(packet.subarray(0, IPV4_HEADER_BYTES), 0)));
}

function writeIpv6(packet: Uint8Array, view: DataView, { from, to }: Ends): void {
  packet[0] = 0x60;
  view.setUint16(4, packet.length - IPV6_HEADER_BYTES);
  packet[6] = IP_PROTOCOL_UDP;
  packet[7] = HOP_LIMIT;
  packet.set(from.address, 8);
  packet.set(to.address, 24);
}

/** Adds 16-bit words to `start`; an odd last byte counts as the high byte of a word (RFC 1071). */
function sumOf(bytes: Uint8Array, start: number): number {
  let sum = start;
  const even = bytes.length & ~1;
  for (let at = 0; at < even; at += 2) {
    sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  }
  return even === bytes.length ? sum : sum + ((bytes[even] as number) << 8);
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}

function ipv4Bytes(text: string): Uint8Array {
  const parts = text.split('.').map(Number);
  const isAddress = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  return isAddress ? Uint8Array.from(parts) : new Uint8Array(4);
}

/**
 * Reads an IPv6 address from text (RFC 4291 2.2), without the form that ends in an IPv4 address.
 */
function ipv6Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const [left = '', right = ''] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16) & 0xffff);
  const head = groups(left).slice(0, 8);
  const tail = text.includes('::') ? groups(right).slice(0, 8 - head.length) : [];
  const view = new DataView(bytes.buffer);
  for (const [i, group] of head.entries()) view.setUint16(2 * i, group);
  for (const [i, group] of tail.entries()) view.setUint16(16 - 2 * (tail.length - i), group);
  return bytes;
}
