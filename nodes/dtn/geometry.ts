/**
 * Bundle Protocol version 7: numbers of the format (RFC 9171).
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
/** All requests for status reports. */
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
  /** Priority, ours: RFC 9171 has none, and leaves 192 to 255 to private use. */
  priority: 200,
} as const;
/** The payload block has this number (RFC 9171 section 4.3.2). */
export const PAYLOAD_BLOCK_NUMBER = 1;

/** CRC types (RFC 9171 section 4.2.1). */
export const CRC_TYPE = { none: 0, x25: 1, castagnoli: 2 } as const;
/** Bytes of the CRC by type. */
export const CRC_BYTES_BY_TYPE: readonly number[] = [0, 2, 4];

/** Elements of the primary block without fragment fields and CRC (RFC 9171 section 4.3.1). */
export const PRIMARY_BLOCK_ELEMENTS = 8;
/** Elements of a canonical block without CRC (RFC 9171 section 4.3.2). */
export const CANONICAL_BLOCK_ELEMENTS = 5;
/** Hop limits are 1 to 255 (RFC 9171 section 4.4.3). */
export const HOP_LIMIT_MAX = 255;

/** Deepest nesting of arrays in a bundle; in use are four: bundle, block, EID, its specific part. */
export const CBOR_DEPTH_MAX = 8;
/** Most blocks of a bundle; all known implementations write fewer than ten. */
export const BUNDLE_BLOCKS_MAX = 64;
/** Largest bundle, bytes. */
export const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;

/** Lifetime by default, ns: longer than most contacts are apart on Earth. */
export const DEFAULT_LIFETIME_NS = 3_600_000_000_000;
/** Most hops by default; more than the longest way through any shipped network. */
export const DEFAULT_HOP_LIMIT = 32;
/** Room for bundles by default, bytes and number. */
export const DEFAULT_STORE_BYTES = 100_000_000;
/** Number of bundles for which a store has room by default. */
export const DEFAULT_STORE_BUNDLES = 100_000;
/** Share of a store that bundles of one other node may take (ours). */
export const DEFAULT_STORE_SHARE_PER_SOURCE = 0.25;
/** Longest name of an endpoint, letters (ours): nodes remember names of sources and neighbours. */
export const EID_CHARACTERS_MAX = 255;
/** Bundles that a node remembers after it is done with them, against duplicates. */
export const REMEMBERED_BUNDLES_MAX = 100_000;
/** Longest application message, bytes: a bundle of 16 MiB less 1 KiB for its blocks. */
export const DTN_MESSAGE_BYTES_MAX: number = BUNDLE_BYTES_MAX - 1_024;
/** Unix time of DTN time 0, 2000-01-01T00:00:00Z, s (RFC 9171 section 4.2.6). */
export const DTN_EPOCH_S = 946_684_800;
/** Service number, and demux, of the application (ours; 0 and empty are the node itself). */
export const APPLICATION_SERVICE_NUMBER = 1;
/** Demux of the application in the scheme dtn (ours). */
export const APPLICATION_DEMUX = 'app';
/** Periods of repeating contacts that a plan contains (ours); half of them always lie ahead. */
export const PLANNED_PERIODS_MAX = 10_000;
/**
 * UDPCL transfers that a node reassembles at once from one port of a neighbour, and as many again
 * from all the neighbour's other ports (ours); and bytes of them in memory: two bundles of 16 MiB.
 */
export const UDPCL_TRANSFERS_MAX = 64;
/** Most bytes of unfinished UDPCL transfers in memory: two bundles of 16 MiB (ours). */
export const UDPCL_BUFFERED_BYTES_MAX: number = 2 * BUNDLE_BYTES_MAX;
/** How long a node waits for the missing pieces of a UDPCL transfer, ns (ours). */
export const UDPCL_TRANSFER_TIMEOUT_NS = 30_000_000_000;
/**
 * By how much the copy that leaves may exceed a held bundle, bytes: previous node (an identifier of
 * 255 bytes), hop count and age.
 */
export const FORWARDING_GROWTH_BYTES_MAX = 320;
/** Bundles that a node puts together from fragments at a time (ours). */
export const REASSEMBLIES_MAX = 64;
/** An unfinished bundle that got no fragment for so long makes room for another one, ns (ours). */
export const REASSEMBLY_EVICTABLE_AFTER_NS = 60_000_000_000;
/** An unfinished bundle that got no fragment for so long is given up, ns (ours): twice a conjunction of Mars. */
export const REASSEMBLY_TIMEOUT_NS = 2_592_000_000_000_000;
/** Datagrams of one bundle that are sent at once (ours): far fewer than the queue of a link holds. */
export const BURST_DATAGRAMS_MAX = 64;
/** Longest datagram if the link would carry more: UDP over IPv4 (RFC 768). */
export const DATAGRAM_BYTES_MAX = 65_507;
/** Bundles under way to a neighbour above a carrier (ours); more wait for acknowledgements. */
export const CARRIER_WINDOW_BUNDLES = 16;
/** Above a carrier, wait before a bundle is repeated by default, and the longest wait, ns (ours). */
export const CARRIER_RETRY_NS = 5_000_000_000;
/** Longest wait before a bundle is repeated above a carrier, ns (ours). */
export const CARRIER_RETRY_NS_MAX = 60_000_000_000;
/** Channel byte that marks messages of this protocol in a carrier (docs/spec/stacking.md#messages). */
export const DTN_CARRIER_CHANNEL = 1;

/** Repetitions of one segment of LTP before its session is given up (RFC 5326 section 6.7; as HDTN). */
export const LTP_RETRANSMISSIONS_MAX = 5;
/** Time that each end needs to answer, ns (RFC 5326 section 6.6; as ION). */
export const LTP_ANSWER_MARGIN_NS = 1_000_000_000;
/** Sessions to a neighbour at once, and from it (ours). */
export const LTP_SESSIONS_MAX = 64;
/** Most rounds of repair of a block: with every second segment lost, a block of 16 MiB takes 20. */
export const LTP_REPAIR_ROUNDS_MAX = 64;
/** Most reports about one block; further ones would only answer checkpoints that nobody needs. */
export const LTP_REPORTS_PER_BLOCK_MAX = 1_024;
/** Pieces of blocks from one neighbour at once: two blocks of 16 MiB in segments of 1,400 bytes. */
export const LTP_BUFFERED_PIECES_MAX = 32_768;
/** Reports, receipts and cancellations that wait to be sent to one neighbour. */
export const LTP_QUEUED_CONTROLS_MAX = 2_048;
/** Ended sessions that are remembered, so that late segments open none again. */
export const LTP_CLOSED_SESSIONS_MAX = 1_024;
/** Contact time, beyond two light times, without a segment until a block is given up, ns (ours). */
export const LTP_SILENCE_TIMEOUT_NS = 60_000_000_000;
/** First serial numbers are drawn below this (RFC 5326 section 3.2.1: at most 14 bits, as ION). */
export const LTP_FIRST_SERIAL_BOUND = 16_383;
/** Rows of a table in the record of an encounter (ours); there are hardly more hosts. */
export const ROUTER_TABLE_ROWS_MAX = 4_096;
/** Bundles that a node names in the record of an encounter (ours); of more, the newest. */
export const ENCOUNTER_RECORD_BUNDLES_MAX = 10_000;
/** Lifetime of the record of an encounter, ms: it is of use during the present encounter only. */
export const ENCOUNTER_RECORD_LIFETIME_MS = 600_000;
/** Service number, and demux, of routers, which exchange records (ours). */
export const ROUTER_SERVICE_NUMBER = 2;
/** Demux of routers in the scheme dtn (ours). */
export const ROUTER_DEMUX = 'router';
/** First and longest wait for a neighbour's record before this node repeats its own, ns (ours). */
export const ENCOUNTER_RECORD_RETRY_NS = 5_000_000_000;
/** Longest wait before a node repeats its own record, ns (ours). */
export const ENCOUNTER_RECORD_RETRY_NS_MAX = 60_000_000_000;
/** Most copies of a bundle that spray and wait may make, whatever a neighbour says (ours). */
export const SPRAY_COPIES_MAX = 1_024;
/** Copies of spray and wait by default (the ONE, default_settings.txt: 6). */
export const DEFAULT_SPRAY_COPIES = 6;
/** PRoPHET by default: half an hour between encounters, aging by seconds. */
export const DEFAULT_PROPHET_INTERVAL_NS = 1_800_000_000_000;
/** Unit of time for aging in PRoPHET by default, ns. */
export const DEFAULT_PROPHET_TIME_UNIT_NS = 1_000_000_000;

/** Longest segment of TCPCL, octets (ours): short enough for keep-alives to wait for its end. */
export const TCPCL_SEGMENT_BYTES_MAX = 65_536;
/** Bundles under way on a session of TCPCL (ours). */
export const TCPCL_WINDOW_BUNDLES = 8;
/** Time for contact header and session negotiation, and for the end of a session, ns (ours). */
export const TCPCL_HANDSHAKE_TIMEOUT_NS = 60_000_000_000;
/** How often a node whose store is full is offered the same bundle again, ns (ours). */
export const TCPCL_REOFFER_INTERVAL_NS = 1_000_000_000;
/** Interval of keep-alives by default, s (RFC 9174 section 5.1.1 recommends no less than 30). */
export const TCPCL_KEEP_ALIVE_S = 30;
/** Waits before a lost session is opened again: the first, and the longest, ns (ours). */
export const TCPCL_RECONNECT_NS = 1_000_000_000;
/** Longest wait before a lost session is opened again, ns (ours). */
export const TCPCL_RECONNECT_NS_MAX = 60_000_000_000;
/**
 * Sessions opened by one neighbour that may be up at once; a further one ends the oldest session
 * without TLS, or else the oldest of all (ours).
 */
export const TCPCL_SESSIONS_MAX = 2;
/**
 * Messages that a session may add to a full stream before it stops reading (ours). Eight bundles of
 * 16 MiB in segments of 128 KiB lead to as many: so two agents that send to each other, and whose
 * stores are full, do not wait for each other.
 */
export const TCPCL_QUEUED_MESSAGES_MAX = 1_024;
/** Longest round trip for TCPCL, ns: streams retransmit for 60 s (docs/spec/stream-model.md). */
export const TCPCL_ROUND_TRIP_NS_MAX = 60_000_000_000;

/** Frames that wait at one node of a mesh: a message of 1 MiB in frames of 80 bytes, with repairs. */
export const MESH_QUEUE_FRAMES_MAX = 20_000;
/** Energy of a radio for a bit sent or heard, nJ: 30 mW at 100 kbit/s (ours). */
export const MESH_NJ_PER_BIT = 300;
