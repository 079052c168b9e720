/**
 * Headers of IPv4 (RFC 791), IPv6 (RFC 8200), UDP (RFC 768) and TCP (RFC 9293): written around a payload, and read from a
 * packet of any sender.
 *
 * Writes neither options nor extension headers, and no fragments; a segment of TCP has number 0 and acknowledges 0.
 *
 * @module
 */

/** Address and port of the sender or the receiver of a packet. */
export interface IpEndpoint {
  /** 4 bytes of IPv4, or 16 of IPv6. */
  readonly address: ArrayLike<number>;
  readonly port: number;
}

/** What tells the flow of a packet from others: addresses, ports, protocol. */
export interface IpFlow {
  readonly from: IpEndpoint;
  readonly to: IpEndpoint;
  readonly protocol: 'udp' | 'tcp';
}

/** Largest total length of an IPv4 packet, bytes (RFC 791), and of the payload of an IPv6 packet (RFC 8200). */
export const IP_LENGTH_MAX = 65_535;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const IPV6_ADDRESS_BYTES = 16;
/** Protocol numbers (IANA), and lengths of headers without options, bytes. */
const NUMBERS = { udp: 17, tcp: 6 } as const;
const TRANSPORT_BYTES = { udp: 8, tcp: 20 } as const;
const CHECKSUM_AT = { udp: 6, tcp: 16 } as const;
/**
 * First byte of a header: for IPv4, version 4 and a header of five words; for IPv6, version 6 and
 * the upper half of traffic class 0.
 */
const FIRST_BYTE = { ipv4: 0x45, ipv6: 0x60 } as const;
/** Time to live (IPv4) or hop limit (IPv6): the usual initial value. */
const HOP_LIMIT = 64;
/** A TCP header of five words, of which the flag ACK is set. */
const TCP_OFFSET_AND_FLAGS = 0x5010;
const UINT16_MAX = 0xffff;

/** Bytes in front of the payload of a packet. */
export function ipHeadersBytes({ from, to, protocol }: IpFlow): number {
  return (areIpv6(from, to) ? IPV6_BYTES : IPV4_BYTES) + TRANSPORT_BYTES[protocol];
}

/** Writes all headers of a packet, at most {@link IP_LENGTH_MAX} bytes long, whose payload is in place behind them. */
export function writeIpHeaders(packet: Uint8Array, flow: IpFlow): void {
  const { from, to, protocol } = flow;
  const isIpv6 = areIpv6(from, to);
  const front = isIpv6 ? IPV6_BYTES : IPV4_BYTES;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  packet.fill(0, 0, ipHeadersBytes(flow));
  if (isIpv6) writeIpv6(packet, view, flow);
  else writeIpv4(packet, view, flow);
  const bytes = packet.length - front;
  view.setUint16(front, from.port);
  view.setUint16(front + 2, to.port);
  if (protocol === 'udp') view.setUint16(front + 4, bytes);
  else {
    view.setUint16(front + 12, TCP_OFFSET_AND_FLAGS);
    view.setUint16(front + 14, UINT16_MAX);
  }
  // Pseudo header: addresses, length and protocol. That of RFC 8200, section 8.1 has the same sum as that of RFC 768.
  const pseudo = sumOf(packet, isIpv6 ? 8 : 12, front) + NUMBERS[protocol] + bytes;
  const checksum = checksumOf(pseudo + sumOf(packet, front, packet.length));
  // RFC 768: a checksum of zero is sent as all ones, because zero says that there is none; in TCP both mean the same.
  view.setUint16(front + CHECKSUM_AT[protocol], checksum === 0 ? UINT16_MAX : checksum);
}

/**
 * Offset of the payload in a packet with headers of {@link writeIpHeaders}, bytes; 0 if the bytes
 * are anything else. Only lengths, version and protocol are checked.
 */
// hot: once per packet.
export function ipPayloadAt(packet: Uint8Array): number {
  const [first] = packet;
  if (first !== FIRST_BYTE.ipv4 && first !== FIRST_BYTE.ipv6) return 0;
  const isIpv4 = first === FIRST_BYTE.ipv4;
  const front = isIpv4 ? IPV4_BYTES : IPV6_BYTES;
  const length = readIpLength(packet, 0);
  const protocol = protocolOf(packet[isIpv4 ? 9 : 6]);
  if (length !== packet.length || protocol === undefined) return 0;
  const at = front + TRANSPORT_BYTES[protocol];
  return at > length ? 0 : at;
}

/**
 * Reads the length that the header of the packet at `at` states, header included.
 * @returns bytes, 20..65,575; undefined if there is no whole header of either version.
 */
// hot: once per packet.
export function readIpLength(bytes: Uint8Array, at: number): number | undefined {
  const left = bytes.length - at;
  const version = (bytes[at] ?? 0) >> 4;
  if (version === 6 && left >= IPV6_BYTES) return IPV6_BYTES + uint16(bytes, at + 4);
  if (version !== 4 || left < IPV4_BYTES) return undefined;
  const length = uint16(bytes, at + 2);
  return length < IPV4_BYTES ? undefined : length;
}

/** The flow of a packet, and its whole length by its IP header, bytes. */
export interface IpPacketFacts {
  readonly flow: IpFlow;
  readonly length: number;
}

/**
 * Reads the headers of a packet, which may have options, and may be cut after its port numbers.
 * @returns undefined for fragments, other protocols, extension headers, and anything that is not an IP packet.
 */
export function readIpPacket(packet: Uint8Array): IpPacketFacts | undefined {
  const length = readIpLength(packet, 0);
  const isIpv4 = (packet[0] ?? 0) >> 4 === 4;
  const front = isIpv4 ? ((packet[0] as number) & 0xf) * 4 : IPV6_BYTES;
  if (length === undefined || front < IPV4_BYTES || packet.length < front + 4) return undefined;
  // A fragment has the flag "more fragments" set, or an offset above 0 (RFC 791, section 3.1).
  const isFragment = isIpv4 && (uint16(packet, 6) & 0x3fff) !== 0;
  const protocol = protocolOf(packet[isIpv4 ? 9 : 6]);
  if (isFragment || protocol === undefined || length < front + 4) return undefined;
  const [fromAt, toAt, end] = isIpv4 ? [12, 16, IPV4_BYTES] : [8, 24, IPV6_BYTES];
  // An address is a list of plain numbers, because the flows of a live run are sent to its
  // processes as JSON.
  const address = (at: number, before: number): readonly number[] => [
    ...packet.subarray(at, before),
  ];
  const from = { address: address(fromAt, toAt), port: uint16(packet, front) };
  const to = { address: address(toAt, end), port: uint16(packet, front + 2) };
  return { flow: { from, to, protocol }, length };
}

function areIpv6(from: IpEndpoint, to: IpEndpoint): boolean {
  return [from, to].every(({ address }) => address.length === IPV6_ADDRESS_BYTES);
}

function protocolOf(number: number | undefined): 'udp' | 'tcp' | undefined {
  if (number === NUMBERS.udp) return 'udp';
  return number === NUMBERS.tcp ? 'tcp' : undefined;
}

/** Writes an IPv4 header (RFC 791, section 3.1). */
function writeIpv4(packet: Uint8Array, view: DataView, { from, to, protocol }: IpFlow): void {
  packet[0] = FIRST_BYTE.ipv4;
  view.setUint16(2, packet.length);
  packet[8] = HOP_LIMIT;
  packet[9] = NUMBERS[protocol];
  for (let at = 0; at < 4; at += 1) {
    packet[12 + at] = from.address[at] ?? 0;
    packet[16 + at] = to.address[at] ?? 0;
  }
  view.setUint16(10, checksumOf(sumOf(packet, 0, IPV4_BYTES)));
}

/** Writes an IPv6 header (RFC 8200, section 3). */
function writeIpv6(packet: Uint8Array, view: DataView, { from, to, protocol }: IpFlow): void {
  packet[0] = FIRST_BYTE.ipv6;
  view.setUint16(4, packet.length - IPV6_BYTES);
  packet[6] = NUMBERS[protocol];
  packet[7] = HOP_LIMIT;
  packet.set(from.address, 8);
  packet.set(to.address, 24);
}

/** Adds the 16-bit words of a range; an odd last byte is the upper half of a word (RFC 1071). */
function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  let at = from;
  for (; at + 1 < to; at += 2) sum += uint16(bytes, at);
  return at < to ? sum + ((bytes[at] as number) << 8) : sum;
}

function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > UINT16_MAX) folded = (folded & UINT16_MAX) + Math.floor(folded / 0x1_0000);
  return ~folded & UINT16_MAX;
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
