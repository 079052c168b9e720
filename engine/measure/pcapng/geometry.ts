/**
 * Constants of pcapng (draft-ietf-opsawg-pcapng) and of the headers that a capture synthesises:
 * IPv4 (RFC 791), IPv6 (RFC 8200), UDP (RFC 768).
 *
 * @module
 */

/** Numbers of the types of pcapng blocks. */
export const BLOCK_TYPES = {
  sectionHeader: 0x0a0d_0d0a,
  interfaceDescription: 1,
  interfaceStatistics: 5,
  enhancedPacket: 6,
} as const;

/** Codes of options; the same code means different options in different blocks. */
export const OPTION_CODES = {
  end: 0,
  comment: 1,
  application: 4,
  interfaceName: 2,
  timeResolution: 9,
  packetFlags: 2,
  received: 4,
  dropped: 5,
} as const;

/** Number by whose bytes a reader recognises the byte order of the section. */
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
/** Link type of an interface whose packets begin with an IP header, version 4 or 6. */
export const LINK_TYPE_RAW = 101;
/** Value of the option `timeResolution`: time stamps in units of 10^-9 s. */
export const NANOSECOND_RESOLUTION = 9;
/** Value of bits 0 and 1 of a packet's flags, if it was received. */
export const INBOUND_FLAG = 1;
/** Value of bits 0 and 1 of a packet's flags, if it was sent. */
export const OUTBOUND_FLAG = 2;
/** Bytes around the content of a block: type, total length, and the total length again. */
export const BLOCK_OVERHEAD_BYTES = 12;

/** Length of an IPv4 header without options, bytes (RFC 791). */
export const IPV4_HEADER_BYTES = 20;
/** Length of an IPv6 header without extension headers, bytes (RFC 8200). */
export const IPV6_HEADER_BYTES = 40;
/** Length of a UDP header, bytes (RFC 768). */
export const UDP_HEADER_BYTES = 8;
/** Protocol number of UDP in IP headers (RFC 768). */
export const IP_PROTOCOL_UDP = 17;
/** Hop limit of the synthesised IP headers: the usual initial value, because no IP router forwards these packets. */
export const HOP_LIMIT = 64;
/** Largest total length of an IPv4 packet, bytes (RFC 791). */
export const IP_TOTAL_LENGTH_MAX = 65_535;
