/**
 * SCMP at hosts: limits. They are this project's choice unless the reference is named.
 *
 * @module
 */

/**
 * Largest rate (requests per second) and burst of requests that a host answers. No answer is longer
 * than its request, so this limits the traffic that other hosts can cause.
 */
export const ANSWERED_REQUEST_RATE_MAX = { perSecond: 1_000, burst: 200 } as const;
/** Largest number of conversations that a host has at once; each is one ping or traceroute. */
export const CONVERSATIONS_MAX = 16;
/** Largest number of echo requests of one ping. */
export const PING_COUNT_MAX = 1_000;
/** Largest number of data bytes in an echo request: no path carries more. */
export const ECHO_BYTES_MAX = 8_000;
/**
 * Number of requests to each interface of a path, as in the reference
 * (scion/cmd/scion/traceroute.go, ProbesPerHop).
 */
export const TRACEROUTE_TRIES = 3;
/** Shortest time between two requests, ns, as in the reference (scion/ping/ping.go, Run). */
export const PROBE_NS_MIN = 1_000_000;
/** Longest time between two requests, ns. */
export const PROBE_NS_MAX = 60_000_000_000;
