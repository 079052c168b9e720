/**
 * IP and UDP headers in front of the truth, for flows of the kind `ip`: what a host puts on the wire towards a gateway
 * that carries IP packets only.
 *
 * Addresses are those for benchmarks (RFC 2544, appendix C.2.2; RFC 5180, section 8), and their last 16 bits are those of the
 * flow's number. No options, no extension headers.
 *
 * @module
 */

/** The version of IP of a flow. */
export type IpVersion = 'ipv4' | 'ipv6';

/** Bytes before the payload of UDP, by version. */
const HEADERS_BYTES = { ipv4: 28, ipv6: 48 } as const;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
/** Version 4 and a header of five words; version 6 and the upper half of traffic class 0. */
const FIRST_BYTE = { ipv4: 0x45, ipv6: 0x60 } as const;
const HOP_LIMIT = 64;
const PROTOCOL_UDP = 17;
/** First dynamic port (RFC 6335, section 6), and the port of the service discard. */
const SOURCE_PORT = 49_152;
const TARGET_PORT = 9;
const UINT16_MASK = 0xffff;

/**
 * The version of a packet with these headers; undefined of any other bytes. Packets without them begin with the number of
 * their flow, and no run has the 2^30 flows whose numbers begin like a header.
 */
// hot: once per packet.
export function ipVersionOf(packet: Uint8Array): IpVersion | undefined {
  const [first] = packet;
  if (first === FIRST_BYTE.ipv4) return uint16(packet, 2) === packet.length ? 'ipv4' : undefined;
  if (first !== FIRST_BYTE.ipv6) return undefined;
  return uint16(packet, 4) + IPV6_HEADER_BYTES === packet.length ? 'ipv6' : undefined;
}

/** What follows the headers of an IP packet, and the whole of another one. */
// hot: once per packet.
export function withoutIpHeaders(packet: Uint8Array): Uint8Array {
  const version = ipVersionOf(packet);
  return version === undefined ? packet : packet.subarray(HEADERS_BYTES[version]);
}

/** The part of a packet behind the headers that {@link writeIpHeaders} will write. */
export function roomBehindIpHeaders(packet: Uint8Array, version: IpVersion): Uint8Array {
  return packet.subarray(HEADERS_BYTES[version]);
}

/** Writes the headers of a packet whose payload is in place. */
export function writeIpHeaders(packet: Uint8Array, version: IpVersion, flow: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const udpAt = HEADERS_BYTES[version] - 8;
  new Uint8Array(packet.buffer, packet.byteOffset, udpAt + 8).fill(0);
  packet[0] = FIRST_BYTE[version];
  if (version === 'ipv4') writeIpv4(view, flow);
  else writeIpv6(view, flow);
  const udpBytes = packet.length - udpAt;
  view.setUint16(udpAt, SOURCE_PORT);
  view.setUint16(udpAt + 2, TARGET_PORT);
  view.setUint16(udpAt + 4, udpBytes);
  // Pseudo header: both addresses, the length and the protocol (RFC 768; RFC 8200, section 8.1).
  const addresses = sumOf(view, udpAt - (version === 'ipv4' ? 8 : 32), udpAt);
  const sum = checksumOf(addresses + PROTOCOL_UDP + udpBytes + sumOf(view, udpAt, packet.length));
  // RFC 768: a checksum of zero is sent as all ones, because zero says that there is none.
  view.setUint16(udpAt + 6, sum === 0 ? UINT16_MASK : sum);
}

/** True if the packet has exactly the headers that {@link writeIpHeaders} writes; none but its own bytes are read. */
export function hasIpHeaders(packet: Uint8Array, flow: number): boolean {
  const version = ipVersionOf(packet);
  if (version === undefined) return true;
  const found = packet.slice(0, HEADERS_BYTES[version]);
  writeIpHeaders(packet, version, flow);
  const isSame = found.every((byte, at) => byte === packet[at]);
  packet.set(found);
  return isSame;
}

/** RFC 791, section 3.1. */
function writeIpv4(view: DataView, flow: number): void {
  view.setUint16(2, view.byteLength);
  view.setUint8(8, HOP_LIMIT);
  view.setUint8(9, PROTOCOL_UDP);
  view.setUint32(12, 0xc612_0000 | (flow & UINT16_MASK));
  view.setUint32(16, 0xc613_0000 | (flow & UINT16_MASK));
  view.setUint16(10, checksumOf(sumOf(view, 0, IPV4_HEADER_BYTES)));
}

/** RFC 8200, section 3. */
function writeIpv6(view: DataView, flow: number): void {
  view.setUint16(4, view.byteLength - IPV6_HEADER_BYTES);
  view.setUint8(6, PROTOCOL_UDP);
  view.setUint8(7, HOP_LIMIT);
  for (const [at, side] of [
    [8, 1],
    [24, 2],
  ] as const) {
    view.setUint32(at, 0x2001_0002);
    view.setUint16(at + 6, side);
    view.setUint16(at + 14, flow & UINT16_MASK);
  }
}

/** Adds the 16-bit words of a range; an odd last byte is the upper half of a word (RFC 1071). */
function sumOf(view: DataView, from: number, to: number): number {
  let sum = 0;
  let at = from;
  for (; at + 1 < to; at += 2) sum += view.getUint16(at);
  return at < to ? sum + (view.getUint8(at) << 8) : sum;
}

function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > UINT16_MASK) folded = (folded & UINT16_MASK) + Math.floor(folded / 0x1_0000);
  return ~folded & UINT16_MASK;
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
