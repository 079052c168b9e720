/**
 * SCION: lengths, offsets, assigned numbers and defaults, each with its unit and the section of its
 * source.
 *
 * Sections are those of the SCION header specification (doc/protocols/scion-header.rst) unless
 * another document is named. The codecs in wire/ read and write the layouts.
 *
 * @module
 */

/** The only defined version ("Common Header"). */
export const SCION_VERSION = 0;
/** Bytes of the common header. */
export const COMMON_HEADER_LENGTH = 12;
/** Offset of NextHdr in the common header. */
export const NEXT_HEADER_OFFSET = 4;
/** Offset of HdrLen in the common header. */
export const HEADER_LENGTH_OFFSET = 5;
/** Offset of PayloadLen in the common header. */
export const PAYLOAD_LENGTH_OFFSET = 6;
/** Offset of PathType in the common header. */
export const PATH_TYPE_OFFSET = 8;
/** Offset of the types and lengths of both host addresses in the common header. */
export const HOST_TYPES_OFFSET = 9;
/** Unit of HdrLen, host address lengths and extension lengths, bytes. */
export const HEADER_UNIT_BYTES = 4;
/** Longest SCION header, bytes: HdrLen has 8 bits and counts units of 4 bytes. */
export const SCION_HEADER_BYTES_MAX = 255 * HEADER_UNIT_BYTES;
/** Largest PayloadLen, bytes: the field has 16 bits. */
export const PAYLOAD_LENGTH_MAX = 0xffff;
/** Largest FlowID: the field has 20 bits. */
export const FLOW_ID_MAX = 0xf_ffff;
/** Bytes of one ISD-AS number ("Address Header"). */
export const ISD_AS_LENGTH = 8;
/** Bytes of the destination and source ISD-AS numbers together. */
export const ISD_AS_PAIR_LENGTH = 2 * ISD_AS_LENGTH;
/** Offset of the destination ISD-AS, after the common header; also the SCMP pointer to it. */
export const DESTINATION_ISD_AS_OFFSET = 12;
/** Offset of the source ISD-AS from the packet's start; also the SCMP pointer to it. */
export const SOURCE_ISD_AS_OFFSET = COMMON_HEADER_LENGTH + ISD_AS_LENGTH;
/** Offset of the host addresses, the destination first. */
export const HOST_ADDRESSES_OFFSET = COMMON_HEADER_LENGTH + ISD_AS_PAIR_LENGTH;
/** Host address type and length nibble of IPv4. */
export const HOST_TYPE_IPV4 = 0x0;
/** Host address type and length nibble of IPv6. */
export const HOST_TYPE_IPV6 = 0x3;
/** Host address type and length nibble of a service. */
export const HOST_TYPE_SERVICE = 0x4;

/** PathType of an empty path ("Common Header", PathType). */
export const PATH_TYPE_EMPTY = 0;
/** PathType of a SCION path, which consists of segments. */
export const PATH_TYPE_SCION = 1;
/** PathType of a one-hop path. */
export const PATH_TYPE_ONE_HOP = 2;
/** PathType of an EPIC-HP path. */
export const PATH_TYPE_EPIC = 3;

/** Bytes of the path meta header ("Path Type: SCION"). */
export const PATH_META_LENGTH = 4;
/** Bytes of an info field. */
export const INFO_FIELD_LENGTH = 8;
/** Bytes of a hop field. */
export const HOP_FIELD_LENGTH = 12;
/** Bytes of a hop field's MAC; the CMAC is cut to this length. */
export const HOP_MAC_LENGTH = 6;
/** Offset of the MAC inside a hop field. */
export const HOP_MAC_OFFSET = 6;
/** Largest number of hop fields in a path: CurrHF, the index of the current one, has 6 bits. */
export const HOP_FIELDS_MAX = 64;
/** Bytes of a one-hop path ("Path Type: OneHopPath"): info field and two hop fields. */
export const ONE_HOP_PATH_LENGTH = INFO_FIELD_LENGTH + 2 * HOP_FIELD_LENGTH;
/**
 * Bytes before the SCION path inside an EPIC-HP path ("Path Type: EPIC-HP"): the packet identifier
 * and two hop validation fields.
 */
export const EPIC_META_LENGTH = 16;
/** Bytes of the packet identifier in an EPIC-HP path: time stamp and counter, 32 bits each. */
export const EPIC_PACKET_ID_LENGTH = 8;
/**
 * Bytes of each hop validation field; the field of the penultimate hop comes first, then the field
 * of the last hop.
 */
export const EPIC_FIELD_LENGTH = 4;
/**
 * Bytes of a full MAC of 16 bytes that a hop field leaves out; the full MAC is the key of a hop validation field.
 */
export const EPIC_REST_LENGTH = 10;
/** Unit of the time stamp of a packet (reference pkg/experimental/epic, TimestampResolution), ns. */
export const EPIC_TIME_UNIT_NS = 21_000;
/**
 * Time within which an EPIC-HP packet must arrive (reference pkg/experimental/epic,
 * MaxPacketLifetime), ns.
 */
export const EPIC_LIFETIME_NS = 2_000_000_000;
/**
 * Largest accepted difference of clocks for EPIC-HP (reference pkg/experimental/epic,
 * MaxClockSkew), ns.
 */
export const EPIC_CLOCK_SKEW_NS = 1_000_000_000;
/** Offset of the segment id (16 bits) in an info field. */
export const INFO_SEGMENT_ID_OFFSET = 2;
/** Offset of the timestamp (32 bits) in an info field. */
export const INFO_TIMESTAMP_OFFSET = 4;
/** Offset of ExpTime (8 bits) in a hop field. */
export const HOP_EXP_TIME_OFFSET = 1;
/** Offset of ConsIngress (16 bits) in a hop field. */
export const HOP_INGRESS_OFFSET = 2;
/** Offset of ConsEgress (16 bits) in a hop field. */
export const HOP_EGRESS_OFFSET = 4;
/** Info field flag: the segment begins or ends with a peering hop. */
export const INFO_PEERING_FLAG = 0x02;
/** Info field flag: the segment is used in construction direction. */
export const INFO_CONS_DIR_FLAG = 0x01;
/** Hop field flag: router alert for the ingress router in construction direction. */
export const HOP_INGRESS_ALERT_FLAG = 0x02;
/** Hop field flag: router alert for the egress router in construction direction. */
export const HOP_EGRESS_ALERT_FLAG = 0x01;

/** Unit of ExpTime in a hop field ("Hop Field", ExpTime), ns: 24 h / 256 = 337.5 s. */
export const EXP_TIME_UNIT_NS = 337_500_000_000;
/** Largest ExpTime: the field has 8 bits. */
export const EXP_TIME_MAX = 255;
/** ExpTime of hop fields made from a topology: (63 + 1) x 337.5 s = 6 h. */
export const EXP_TIME_DEFAULT = 63;

/** Next header number of TCP (doc/protocols/assigned-protocol-numbers.rst). */
export const PROTOCOL_TCP = 6;
/** Next header number of UDP/SCION. */
export const PROTOCOL_UDP = 17;
/** Next header number of the hop-by-hop extension header. */
export const PROTOCOL_HOP_BY_HOP = 200;
/** Next header number of the end-to-end extension header. */
export const PROTOCOL_END_TO_END = 201;
/** Next header number of SCMP. */
export const PROTOCOL_SCMP = 202;
/** Next header number of BFD. */
export const PROTOCOL_BFD = 203;

/** Bytes of the fixed part of an extension header (doc/protocols/extension-header.rst). */
export const EXTENSION_BASE_LENGTH = 2;
/** Option type Pad1: one byte of padding in an extension header. */
export const OPTION_PAD1 = 0;
/** Option type PadN: several bytes of padding in an extension header. */
export const OPTION_PADN = 1;

/** UDP/SCION header, bytes. */
export const UDP_HEADER_LENGTH = 8;
/** Offset of the target port (16 bits) in the UDP header. */
export const UDP_TARGET_PORT_OFFSET = 2;
/** Offset of the length (16 bits) in the UDP header. */
export const UDP_LENGTH_OFFSET = 4;
/** Offset of the checksum (16 bits) in the UDP header. */
export const UDP_CHECKSUM_OFFSET = 6;
/** Bytes of type, code and checksum of an SCMP message (doc/protocols/scmp.rst). */
export const SCMP_BASE_LENGTH = 4;
/** Offset of the checksum in an SCMP message. */
export const SCMP_CHECKSUM_OFFSET = 2;
/** Largest size of an SCMP error packet, bytes; the quote is cut to fit. */
export const SCMP_ERROR_PACKET_BYTES_MAX = 1232;

/** Bytes of the input of a hop field MAC: one AES block. */
export const HOP_MAC_INPUT_LENGTH = 16;
/** Bytes of an AS forwarding key (AES-128). */
export const FORWARDING_KEY_LENGTH = 16;
/** Salt of the forwarding key's PBKDF2-HMAC-SHA256 (reference pkg/scrypto/mac.go). */
export const FORWARDING_KEY_SALT = 'Derive OF Key';
/** Iterations of the forwarding key's PBKDF2-HMAC-SHA256. */
export const FORWARDING_KEY_ITERATIONS = 1000;

/**
 * Number of segment ids, from 0 on: an id has 16 bits, and is the first beta of a chain of MACs.
 */
export const SEGMENT_ID_VALUES = 0x1_0000;
