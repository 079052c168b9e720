/**
 * Reads those fields of an IP packet that routing and traffic classes need: addresses, DSCP,
 * protocol, ports.
 *
 * Chains of IPv6 extension headers are not followed, so a packet with such headers has no ports
 * here.
 *
 * @module
 */

import { readIpLength } from '../../../engine/pure/ip-headers.ts';
import { readUint16 } from '../../_kit/bytes.ts';
import { IPV4_HEADER_BYTES, IPV6_HEADER_BYTES } from '../sig/geometry.ts';
import { type IpAddress, readAddress } from './ip-prefix.ts';

/** The fields of a packet by which it is routed. */
export interface IpHeader {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Differentiated services codepoint, 0..63 (RFC 2474). */
  readonly dscp: number;
  /** Protocol of IPv4, or next header of IPv6. */
  readonly protocol: number;
  /** The port; -1 unless the packet is TCP or UDP, and not a later fragment. */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** Protocols whose ports are read (RFC 9293, section 3.1; RFC 768). */
export const IP_PROTOCOLS = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

const IPV4_TOS_AT = 1;
const IPV4_FRAGMENT_AT = 6;
const IPV4_FRAGMENT_MASK = 0x1fff;
const IPV4_PROTOCOL_AT = 9;
const IPV4_SOURCE_AT = 12;
const IPV4_WORDS_MASK = 0x0f;
const WORD_BYTES = 4;
const IPV6_NEXT_AT = 6;
const IPV6_SOURCE_AT = 8;
const IPV6_ADDRESS_BYTES = 16;
const DSCP_SHIFT = 2;
const IPV6_DSCP_SHIFT = 6;
const DSCP_MASK = 0x3f;
const PORTS_BYTES = 4;

/** Reads an IP packet; undefined if the bytes do not have the length that the packet states. */
export function readIpHeader(packet: Uint8Array): IpHeader | undefined {
  if (readIpLength(packet, 0) !== packet.length) return undefined;
  return (packet[0] as number) >> 4 === 4 ? readIpv4(packet) : readIpv6(packet);
}

/** RFC 791, section 3.1. */
function readIpv4(packet: Uint8Array): IpHeader | undefined {
  const headerBytes = ((packet[0] as number) & IPV4_WORDS_MASK) * WORD_BYTES;
  if (headerBytes < IPV4_HEADER_BYTES || headerBytes > packet.length) return undefined;
  const ipv4At = (at: number): IpAddress => ({
    family: 'ipv4',
    address: readAddress(packet, at, WORD_BYTES),
  });
  const isFirst = (readUint16(packet, IPV4_FRAGMENT_AT) & IPV4_FRAGMENT_MASK) === 0;
  const protocol = packet[IPV4_PROTOCOL_AT] as number;
  return {
    source: ipv4At(IPV4_SOURCE_AT),
    destination: ipv4At(IPV4_SOURCE_AT + WORD_BYTES),
    dscp: (packet[IPV4_TOS_AT] as number) >> DSCP_SHIFT,
    protocol,
    ...portsAt(packet, isFirst ? headerBytes : packet.length, protocol),
  };
}

/** RFC 8200, section 3. */
function readIpv6(packet: Uint8Array): IpHeader {
  const protocol = packet[IPV6_NEXT_AT] as number;
  const ipv6At = (at: number): IpAddress => ({
    family: 'ipv6',
    address: readAddress(packet, at, IPV6_ADDRESS_BYTES),
  });
  return {
    source: ipv6At(IPV6_SOURCE_AT),
    destination: ipv6At(IPV6_SOURCE_AT + IPV6_ADDRESS_BYTES),
    dscp: (readUint16(packet, 0) >> IPV6_DSCP_SHIFT) & DSCP_MASK,
    protocol,
    ...portsAt(packet, IPV6_HEADER_BYTES, protocol),
  };
}

function portsAt(
  packet: Uint8Array,
  at: number,
  protocol: number,
): Pick<IpHeader, 'sourcePort' | 'destinationPort'> {
  const hasPorts = protocol === IP_PROTOCOLS.tcp || protocol === IP_PROTOCOLS.udp;
  if (!hasPorts || packet.length < at + PORTS_BYTES) {
    return { sourcePort: -1, destinationPort: -1 };
  }
  return { sourcePort: readUint16(packet, at), destinationPort: readUint16(packet, at + 2) };
}
