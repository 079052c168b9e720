/**
 * Border router: ports and limits, each with the section it comes from. Values only.
 *
 * Ports are those of doc/protocols/underlay.rst and of the address plan of this project.
 *
 * @module
 */

/** UDP port of a router's socket inside its AS. */
export const ROUTER_INTERNAL_PORT = 30042;
/** End hosts take SCMP requests and everything outside the dispatched range here (underlay.rst). */
export const END_HOST_PORT = 30041;
/** Ports of applications that packets are delivered to directly (underlay.rst, default range). */
export const DISPATCHED_PORTS = { first: 31_000, last: 32_767 } as const;
/** Bytes of a TCP header without options; less is refused at delivery. */
export const TCP_LENGTH = 20;
/** Largest payload of a UDP datagram over IPv4, bytes. */
export const DATAGRAM_MAX = 65_507;
