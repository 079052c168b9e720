/**
 * SCMP at hosts: limits, ours unless the reference is named. Values only.
 *
 * @module
 */

/** Most requests of other hosts that a host answers: no answer is longer than its request, so this bounds what they can cause. */
export const ANSWERED_REQUESTS = { perSecond: 1_000, burst: 200 } as const;
/** Most conversations, each one ping or traceroute, that a host has open. */
export const CONVERSATIONS_MAX = 16;
/** Most echo requests of one ping. */
export const PING_COUNT_MAX = 1_000;
/** Most bytes of data in an echo request: no path carries more. */
export const ECHO_BYTES_MAX = 8_000;
/** Requests to each interface of a path, as in the reference (scion/cmd/scion/traceroute.go, ProbesPerHop). */
export const TRACEROUTE_TRIES = 3;
/** Shortest time between two requests, as in the reference (scion/ping/ping.go, Run), and longest, ns. */
export const PROBE_NS_MIN = 1_000_000;
export const PROBE_NS_MAX = 60_000_000_000;
