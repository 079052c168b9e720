/**
 * SCION: lengths, offsets, numbers and defaults, each with its unit and the section it comes from.
 *
 * Sections are those of the SCION header specification (doc/protocols/scion-header.rst) unless
 * another document is named. Values only: no layout is read or written here.
 *
 * @module
 */

/** The only defined version ("Common Header"). */
export const SCION_VERSION = 0;
/** Bytes of the common header. */
export const COMMON_HEADER_LENGTH = 12;
/** Offsets in the common header. */
export const NEXT_HEADER_OFFSET = 4;
/** Offset of HdrLen in the common header. */
export const HEADER_LENGTH_OFFSET = 5;
/** Offset of PayloadLen in the common header. */
export const PAYLOAD_LENGTH_OFFSET = 6;
/** Offset of PathType in the common header. */
export const PATH_TYPE_OFFSET = 8;
/** Offset of the types and lengths of both host addresses in the common header. */
export const HOST_TYPES_OFFSET = 9;
/** HdrLen, host address lengths and extension lengths count in units of this many bytes. */
export const HEADER_UNIT_BYTES = 4;
/** HdrLen is 8 bits of 4-byte units, so a SCION header has at most 1,020 bytes. */
export const SCION_HEADER_BYTES_MAX = 255 * HEADER_UNIT_BYTES;
/** PayloadLen is 16 bits. */
export const PAYLOAD_LENGTH_MAX = 0xffff;
/** FlowID is 20 bits. */
export const FLOW_ID_MAX = 0xf_ffff;
/** Bytes of one ISD-AS number ("Address Header"). */
export const ISD_AS_LENGTH = 8;
/** Bytes of the destination and source ISD-AS pair. */
export const ISD_AS_PAIR_LENGTH = 2 * ISD_AS_LENGTH;
/** Offset of the destination ISD-AS, after the common header; also the SCMP pointer to it. */
export const DESTINATION_ISD_AS_OFFSET = 12;
/** Offset of the source ISD-AS from the packet's start; also the SCMP pointer to it. */
export const SOURCE_ISD_AS_OFFSET = COMMON_HEADER_LENGTH + ISD_AS_LENGTH;
/** Offset of both host addresses, destination first. */
export const HOST_ADDRESSES_OFFSET = COMMON_HEADER_LENGTH + ISD_AS_PAIR_LENGTH;
/** Host address type and length nibbles: IPv4, IPv6 and service. */
export const HOST_TYPE_IPV4 = 0x0;
/** Host address type and length nibble of IPv6. */
export const HOST_TYPE_IPV6 = 0x3;
/** Host address type and length nibble of a service. */
export const HOST_TYPE_SERVICE = 0x4;

/** Path types ("Common Header", PathType). */
export const PATH_TYPE_EMPTY = 0;
/** PathType of a SCION path of segments. */
export const PATH_TYPE_SCION = 1;
/** PathType of a one-hop path. */
export const PATH_TYPE_ONE_HOP = 2;
/** PathType of an EPIC-HP path. */
export const PATH_TYPE_EPIC = 3;

/** Path meta header, info field, hop field ("Path Type: SCION"), bytes. */
export const PATH_META_LENGTH = 4;
/** Bytes of an info field. */
export const INFO_FIELD_LENGTH = 8;
/** Bytes of a hop field. */
export const HOP_FIELD_LENGTH = 12;
/** Bytes of a hop field's MAC; the CMAC is cut to this length. */
export const HOP_MAC_LENGTH = 6;
/** Offset of the MAC inside a hop field. */
export const HOP_MAC_OFFSET = 6;
/** CurrHF is 6 bits, which limits the number of addressable hop fields. */
export const HOP_FIELDS_MAX = 64;
/** Bytes of a one-hop path ("Path Type: OneHopPath"): info field and two hop fields. */
export const ONE_HOP_PATH_LENGTH = INFO_FIELD_LENGTH + 2 * HOP_FIELD_LENGTH;
/** Bytes before the SCION path inside an EPIC-HP path ("Path Type: EPIC-HP"): identifier of the packet and two fields. */
export const EPIC_META_LENGTH = 16;
/** Bytes of the identifier of a packet: time stamp and counter, 32 bits each. */
export const EPIC_PACKET_ID_LENGTH = 8;
/** Bytes of each hop validation field; the penultimate hop's stands before the last hop's. */
export const EPIC_FIELD_LENGTH = 4;
/** Bytes of a full MAC that its hop field leaves out: with them it is the key of the fields. */
export const EPIC_REST_LENGTH = 10;
/** Unit of the time stamp of a packet (reference pkg/experimental/epic, TimestampResolution), ns. */
export const EPIC_TIME_UNIT_NS = 21_000;
/** Time in which a packet must arrive (reference pkg/experimental/epic, MaxPacketLifetime), ns. */
export const EPIC_LIFETIME_NS = 2_000_000_000;
/** How far clocks may differ (reference pkg/experimental/epic, MaxClockSkew), ns. */
export const EPIC_CLOCK_SKEW_NS = 1_000_000_000;
/** Offsets in an info field: segment id (16 bits), timestamp (32 bits). */
export const INFO_SEGMENT_ID_OFFSET = 2;
/** Offset of the timestamp (32 bits) in an info field. */
export const INFO_TIMESTAMP_OFFSET = 4;
/** Offsets in a hop field: ExpTime (8 bits), ConsIngress and ConsEgress (16 bits each). */
export const HOP_EXP_TIME_OFFSET = 1;
/** Offset of ConsIngress (16 bits) in a hop field. */
export const HOP_INGRESS_OFFSET = 2;
/** Offset of ConsEgress (16 bits) in a hop field. */
export const HOP_EGRESS_OFFSET = 4;
/** Info field flags. */
export const INFO_PEERING_FLAG = 0x02;
/** Info field flag: the segment is used in construction direction. */
export const INFO_CONS_DIR_FLAG = 0x01;
/** Hop field flags: router alert for the router at the ingress or egress in construction order. */
export const HOP_INGRESS_ALERT_FLAG = 0x02;
/** Hop field flag: router alert for the egress router in construction direction. */
export const HOP_EGRESS_ALERT_FLAG = 0x01;

/** Hop field expiry ("Hop Field", ExpTime): one unit is 24 h / 256 = 337.5 s. */
export const EXP_TIME_UNIT_NS = 337_500_000_000;
/** ExpTime is 8 bits. */
export const EXP_TIME_MAX = 255;
/** ExpTime of hop fields made from a topology: (63 + 1) x 337.5 s = 6 h. */
export const EXP_TIME_DEFAULT = 63;

/** Next header numbers (doc/protocols/assigned-protocol-numbers.rst). */
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_HOP_BY_HOP = 200;
export const PROTOCOL_END_TO_END = 201;
export const PROTOCOL_SCMP = 202;
export const PROTOCOL_BFD = 203;

/** Extension headers (doc/protocols/extension-header.rst): fixed part, options Pad1 and PadN. */
export const EXTENSION_BASE_LENGTH = 2;
/** Option type Pad1: one byte of padding in an extension header. */
export const OPTION_PAD1 = 0;
/** Option type PadN: several bytes of padding in an extension header. */
export const OPTION_PADN = 1;

/** UDP/SCION header, bytes. */
export const UDP_HEADER_LENGTH = 8;
/** Offsets in the UDP header: target port, length and checksum, 16 bits each. */
export const UDP_TARGET_PORT_OFFSET = 2;
export const UDP_LENGTH_OFFSET = 4;
export const UDP_CHECKSUM_OFFSET = 6;
/** SCMP (doc/protocols/scmp.rst): type, code and checksum, bytes. */
export const SCMP_BASE_LENGTH = 4;
/** Offset of the SCMP checksum. */
export const SCMP_CHECKSUM_OFFSET = 2;
/** Largest size of an SCMP error packet, bytes; the quote is cut to fit. */
export const SCMP_ERROR_PACKET_BYTES_MAX = 1232;

/** Hop field MAC input: one AES block. */
export const HOP_MAC_INPUT_LENGTH = 16;
/** Bytes of an AS forwarding key (AES-128). */
export const FORWARDING_KEY_LENGTH = 16;
/**
 * Salt and iterations of the forwarding key's PBKDF2-HMAC-SHA256 (reference pkg/scrypto/mac.go).
 */
export const FORWARDING_KEY_SALT = 'Derive OF Key';
/** Iterations of the forwarding key's PBKDF2-HMAC-SHA256. */
export const FORWARDING_KEY_ITERATIONS = 1000;

/** Segment ids, from 0: 16 bits, the first beta of a chain of MACs. */
export const SEGMENT_ID_VALUES = 0x1_0000;
