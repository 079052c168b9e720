/**
 * BFD: lengths, offsets, defaults and limits, each with its unit and the section it comes from.
 *
 * Section numbers refer to RFC 5880; defaults are taken from the SCION reference router
 * (router/config, router/bfd). Values only.
 *
 * @module
 */

/** The only version ("Generic BFD Control Packet Format", 4.1). */
export const BFD_VERSION = 1;
/** Bytes of a control packet without authentication (4.1). */
export const BFD_CONTROL_PACKET_BYTES = 24;
/** Consecutive lost packets after which a link counts as down (reference router/config). */
export const BFD_DETECT_MULTIPLIER = 3;
/** Desired interval between sent packets, ns: 200 ms (reference router/config). */
export const BFD_DESIRED_MIN_TX_NS = 200_000_000;
/** Shortest supported interval between received packets, ns: 200 ms (reference router/config). */
export const BFD_REQUIRED_MIN_RX_NS = 200_000_000;
/** Shortest interval between sent packets while the session is down, ns: one second (6.8.3). */
export const BFD_SLOW_TX_INTERVAL_NS_MIN = 1_000_000_000;
/** Unit of intervals in packets, ns: they are transmitted in microseconds (4.1). */
export const BFD_INTERVAL_UNIT_NS = 1000;
/** Jitter shortens an interval by up to this many per cent, exclusive (6.8.7). */
export const BFD_JITTER_PERCENT_MAX = 25;
/**
 * With a detect multiplier of 1, jitter shortens an interval by at least this many per cent
 * (6.8.7).
 */
export const BFD_JITTER_PERCENT_MIN_SINGLE = 10;
/** Traffic class of BFD packets between routers (reference router/dataplane.go). */
export const BFD_TRAFFIC_CLASS = 0xb8;
/** Flow id of BFD packets between routers (reference router/dataplane.go). */
export const BFD_FLOW_ID = 0xdead;
/**
 * The time stamp of a BFD packet's one-hop path is this many seconds in the past, since the
 * receiver's clock may be behind.
 */
export const BFD_PATH_BACKDATING_SECONDS = 10;
