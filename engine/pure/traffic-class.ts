/**
 * Traffic classes of datagrams: which of them a priority queue sends first.
 *
 * A class is a differentiated services codepoint of 6 bits (RFC 2474). It travels beside the datagram over simulated
 * links; headers of protocols may have a class of their own, which is another matter (ADR 0068).
 *
 * @module
 */
/** Number of codepoints (RFC 2474 §3: 6 bits). */
export const DSCP_VALUE_COUNT = 64;

/** The smallest share of a link that a class can have; shares are whole multiples of it. */
export const LINK_SHARE_MIN = 0.000_001;

/** CS6, network control (RFC 4594 §3.1): packets that keep a network together, such as probes and handshakes. */
export const DSCP_NETWORK_CONTROL = 48;

/** Codepoints of the priorities 0 to 2: lower effort (RFC 8622), default (RFC 2474), expedited (RFC 3246). */
const DSCP_OF_PRIORITY = [1, 0, 46] as const;
const NORMAL = 1;

/** The class of data whose sender wishes this priority: 0 bulk, 1 normal, 2 expedited. */
export function dscpOfPriority(priority: 0 | 1 | 2 = NORMAL): number {
  return DSCP_OF_PRIORITY[priority];
}
