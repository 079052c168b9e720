/**
 * Constants of pcapng (draft-ietf-opsawg-pcapng).
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
