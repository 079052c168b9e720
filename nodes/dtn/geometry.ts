/**
 * Bundle Protocol version 7: constants of the format (RFC 9171), and the limits and defaults of this node.
 *
 * @module
 */

/** The version number in the primary block (RFC 9171 section 9.3). */
export const BUNDLE_VERSION = 7;
/** A bundle is a CBOR array of indefinite length (RFC 9171 section 4.1). */
export const BUNDLE_FIRST_BYTE = 0x9f;
/** Bundle processing control flags (RFC 9171 section 4.2.3). */
export const BUNDLE_FLAG = {
  isFragment: 0x1,
  isAdministrative: 0x2,
  mustNotFragment: 0x4,
  wantsAcknowledgement: 0x20,
  wantsStatusTime: 0x40,
  reportReception: 0x4000,
  reportForwarding: 0x1_0000,
  reportDelivery: 0x2_0000,
  reportDeletion: 0x4_0000,
} as const;
/** All bundle flags that ask for status reports. */
export const ALL_REPORT_FLAGS: number =
  BUNDLE_FLAG.reportReception |
  BUNDLE_FLAG.reportForwarding |
  BUNDLE_FLAG.reportDelivery |
  BUNDLE_FLAG.reportDeletion;

/** Block processing control flags (RFC 9171 section 4.2.4). */
export const BLOCK_FLAG = {
  replicate: 0x1,
  reportIfUnprocessed: 0x2,
  deleteBundleIfUnprocessed: 0x4,
  discardIfUnprocessed: 0x10,
} as const;

/** Block types (RFC 9171 section 9.1, RFC 9172 section 11.1). */
export const BLOCK_TYPE = {
  payload: 1,
  previousNode: 6,
  bundleAge: 7,
  hopCount: 10,
  integrity: 11,
  confidentiality: 12,
  /** Private: how many copies the receiver may make (dtn7-go, pkg/routing/spray.go). */
  copies: 192,
  /** Priority (our choice): RFC 9171 has no such block, and leaves types 192 to 255 to private use. */
  priority: 200,
} as const;
/** Block number of the payload block (RFC 9171 section 4.3.2). */
export const PAYLOAD_BLOCK_NUMBER = 1;

/** CRC types (RFC 9171 section 4.2.1). */
export const CRC_TYPE = { none: 0, x25: 1, castagnoli: 2 } as const;
/** Length of the CRC, bytes, by CRC type. */
export const CRC_BYTES_BY_TYPE: readonly number[] = [0, 2, 4];

/** Number of elements of the primary block without fragment fields and CRC (RFC 9171 section 4.3.1). */
export const PRIMARY_BLOCK_ELEMENTS = 8;
/** Number of elements of a canonical block without CRC (RFC 9171 section 4.3.2). */
export const CANONICAL_BLOCK_ELEMENTS = 5;
/** Largest hop limit; the least is 1 (RFC 9171 section 4.4.3). */
export const HOP_LIMIT_MAX = 255;

/**
 * Deepest nesting of CBOR arrays that is read; bundles need four levels: bundle, block, endpoint identifier,
 * scheme-specific part.
 */
export const CBOR_DEPTH_MAX = 8;
/** Largest number of blocks of a bundle; all known implementations write fewer than ten. */
export const BUNDLE_BLOCKS_MAX = 64;
/** Largest bundle, bytes. */
export const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;

/** Default lifetime of bundles, ns: longer than the usual time between two contacts on Earth. */
export const DEFAULT_LIFETIME_NS = 3_600_000_000_000;
/** Default hop limit: more than the longest route through any shipped network. */
export const DEFAULT_HOP_LIMIT = 32;
/** Default size of a store, bytes. */
export const DEFAULT_STORE_BYTES = 100_000_000;
/** Default limit of the number of bundles in a store. */
export const DEFAULT_STORE_BUNDLES = 100_000;
/** Share of a store, 0 to 1, that bundles of one other node may take (our choice; no RFC sets it). */
export const DEFAULT_STORE_SHARE_PER_SOURCE = 0.25;
/**
 * Longest text of an endpoint identifier, characters (our choice): nodes store the texts of sources and neighbours.
 */
export const EID_CHARACTERS_MAX = 255;
/** Number of bundles no longer held whose identities a node remembers, against duplicates. */
export const REMEMBERED_BUNDLES_MAX = 100_000;
/** Longest application message, bytes: a bundle of 16 MiB less 1 KiB for its blocks. */
export const DTN_MESSAGE_BYTES_MAX: number = BUNDLE_BYTES_MAX - 1_024;
/** Unix time of DTN time 0, 2000-01-01T00:00:00Z, s (RFC 9171 section 4.2.6). */
export const DTN_EPOCH_S = 946_684_800;
/** Service number of a host's application in `ipn` identifiers (our choice; 0 is the node itself). */
export const APPLICATION_SERVICE_NUMBER = 1;
/** Demux of a host's application in `dtn` identifiers (our choice; an empty demux is the node itself). */
export const APPLICATION_DEMUX = 'app';
/**
 * Number of periods of repeating contacts that a plan contains (our choice); a new plan is made when half of them are
 * over.
 */
export const PLANNED_PERIODS_MAX = 10_000;
/**
 * Largest number of incomplete UDPCL transfers from the usual port of a neighbour; the same limit applies to all its
 * other ports together (our choice; no RFC sets it).
 */
export const UDPCL_TRANSFERS_MAX = 64;
/** Largest number of bytes of unfinished UDPCL transfers in memory: two bundles of 16 MiB (our choice). */
export const UDPCL_BUFFERED_BYTES_MAX: number = 2 * BUNDLE_BYTES_MAX;
/** How long a node waits for the missing pieces of a UDPCL transfer, ns (our choice; no RFC sets it). */
export const UDPCL_TRANSFER_TIMEOUT_NS = 30_000_000_000;
/**
 * By how much a bundle can grow when it is forwarded, bytes: through the blocks previous node (identifier of 255
 * bytes), hop count and age.
 */
export const FORWARDING_GROWTH_BYTES_MAX = 320;
/** Default limit of the number of unfinished bundles of which fragments have come (our choice; no RFC sets it). */
export const REASSEMBLIES_MAX = 64;
/**
 * An unfinished bundle that got no fragment for this time, ns, may be dropped to make room for another one (our
 * choice).
 */
export const REASSEMBLY_EVICTABLE_AFTER_NS = 60_000_000_000;
/** An unfinished bundle that got no fragment for this time, ns (30 days), is given up (our choice; no RFC sets it). */
export const REASSEMBLY_TIMEOUT_NS = 2_592_000_000_000_000;
/** Number of datagrams of one bundle sent in one burst (our choice): far fewer than the queue of a link holds. */
export const BURST_DATAGRAMS_MAX = 64;
/** Longest datagram, bytes, even if the link would carry longer ones: UDP over IPv4 (RFC 768). */
export const DATAGRAM_BYTES_MAX = 65_507;
/** Largest number of unacknowledged bundles to one neighbour over a carrier (our choice). */
export const CARRIER_WINDOW_BUNDLES = 16;
/** Default of the first wait before a bundle is repeated over a carrier, ns (our choice; no RFC sets it). */
export const CARRIER_RETRY_NS = 5_000_000_000;
/** Longest wait before a bundle is repeated over a carrier, ns (our choice; no RFC sets it). */
export const CARRIER_RETRY_NS_MAX = 60_000_000_000;
/** Channel byte that marks messages of this protocol in a carrier (docs/spec/stacking.md#messages). */
export const DTN_CARRIER_CHANNEL = 1;

/** Number of repetitions of one segment of LTP before its session is given up (RFC 5326 section 6.7; as HDTN). */
export const LTP_RETRANSMISSIONS_MAX = 5;
/** Default time that each end of LTP needs to answer, ns (RFC 5326 section 6.6; the value of ION). */
export const LTP_ANSWER_MARGIN_NS = 1_000_000_000;
/**
 * Default limit of simultaneous LTP sessions to a neighbour; the same limit applies to those from it (our choice; no
 * RFC sets it).
 */
export const LTP_SESSIONS_MAX = 64;
/** Largest number of repair rounds of an LTP block: 16 MiB with every second segment lost take 20. */
export const LTP_REPAIR_ROUNDS_MAX = 64;
/** Largest number of LTP reports about one block: more than a correct sender's checkpoints need. */
export const LTP_REPORTS_PER_BLOCK_MAX = 1_024;
/**
 * Largest number of pieces of incomplete LTP blocks from one neighbour: more than two blocks of 16 MiB in 1,400-byte
 * segments.
 */
export const LTP_BUFFERED_PIECES_MAX = 32_768;
/** Largest number of LTP reports, receipts and cancellations that wait to be sent to one neighbour. */
export const LTP_QUEUED_CONTROLS_MAX = 2_048;
/** Number of ended LTP sessions that are remembered, so that late segments do not open a session again. */
export const LTP_CLOSED_SESSIONS_MAX = 1_024;
/**
 * An incoming LTP block is given up when no segment of it came for two light times and this time, ns; only time within
 * contacts counts (our choice).
 */
export const LTP_SILENCE_TIMEOUT_NS = 60_000_000_000;
/** Bound below which first serial numbers are drawn (RFC 5326 section 3.2.1: at most 14 bits, as ION). */
export const LTP_FIRST_SERIAL_BOUND = 16_383;
/** Largest number of rows of a router's table in an encounter record (our choice); few runs have more hosts. */
export const ROUTER_TABLE_ROWS_MAX = 4_096;
/** Largest number of bundles named in an encounter record (our choice); the newest are named. */
export const ENCOUNTER_RECORD_BUNDLES_MAX = 10_000;
/** Lifetime of the record of an encounter, ms: it is of use during the present encounter only. */
export const ENCOUNTER_RECORD_LIFETIME_MS = 600_000;
/** Service number in the scheme ipn of routers, which exchange records (our choice; no RFC sets it). */
export const ROUTER_SERVICE_NUMBER = 2;
/** Demux of routers in the scheme dtn (our choice; no RFC sets it). */
export const ROUTER_DEMUX = 'router';
/** First wait for a neighbour's record before this node repeats its own, ns (our choice; no RFC sets it). */
export const ENCOUNTER_RECORD_RETRY_NS = 5_000_000_000;
/** Longest wait for a neighbour's record before this node repeats its own, ns (our choice; no RFC sets it). */
export const ENCOUNTER_RECORD_RETRY_NS_MAX = 60_000_000_000;
/** Largest number of copies that spray and wait makes of a bundle, whatever a neighbour says (our choice). */
export const SPRAY_COPIES_MAX = 1_024;
/** Number of copies of spray and wait by default (the ONE, default_settings.txt: 6). */
export const DEFAULT_SPRAY_COPIES = 6;
/** Default of PRoPHET's usual time between two encounters of the same nodes, ns: half an hour. */
export const DEFAULT_PROPHET_INTERVAL_NS = 1_800_000_000_000;
/** Default of PRoPHET's unit of time for aging, ns: a second. */
export const DEFAULT_PROPHET_TIME_UNIT_NS = 1_000_000_000;

/**
 * Longest data of a TCPCL segment, octets (our choice): short, since a keep-alive has to wait for the end of a segment.
 */
export const TCPCL_SEGMENT_BYTES_MAX = 65_536;
/** Largest number of bundles under way on a session of TCPCL (our choice; no RFC sets it). */
export const TCPCL_WINDOW_BUNDLES = 8;
/**
 * Longest wait for contact header and session negotiation together; also the longest wait for the end of a session, ns
 * (our choice).
 */
export const TCPCL_HANDSHAKE_TIMEOUT_NS = 60_000_000_000;
/** Interval at which a node whose store is full is offered the same bundle again, ns (our choice). */
export const TCPCL_REOFFER_INTERVAL_NS = 1_000_000_000;
/** Interval of keep-alives by default, s (RFC 9174 section 5.1.1 recommends no less than 30). */
export const TCPCL_KEEP_ALIVE_S = 30;
/** First wait before a lost session is opened again, ns (our choice; no RFC sets it). */
export const TCPCL_RECONNECT_NS = 1_000_000_000;
/** Longest wait before a lost session is opened again, ns (our choice; no RFC sets it). */
export const TCPCL_RECONNECT_NS_MAX = 60_000_000_000;
/**
 * Number of sessions opened by one neighbour that may be up at once; a further one ends the oldest session without TLS,
 * or else the oldest of all (our choice; no RFC sets it).
 */
export const TCPCL_SESSIONS_MAX = 2;
/**
 * Number of messages that a session may add to a full stream before it stops reading (our choice). Eight bundles of 16
 * MiB in segments of 128 KiB lead to this number of messages: so two agents that send to each other, and whose stores
 * are full, do not wait for each other.
 */
export const TCPCL_QUEUED_MESSAGES_MAX = 1_024;
/** Longest round-trip time at which TCPCL works, ns: streams retransmit for 60 s (docs/spec/stream-model.md). */
export const TCPCL_ROUND_TRIP_NS_MAX = 60_000_000_000;

/**
 * Largest number of frames that wait at a mesh node: about those of a 1 MiB message in frames of 80 bytes, with
 * repairs.
 */
export const MESH_QUEUE_FRAMES_MAX = 20_000;
/**
 * Energy that a radio uses for each bit that it sends or receives, nJ: 30 mW at 100 kbit/s (our choice; no RFC sets it).
 */
export const MESH_NJ_PER_BIT = 300;
