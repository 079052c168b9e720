/**
 * Border router: ports and limits, each with its source.
 *
 * Ports are those of doc/protocols/underlay.rst and of docs/spec/topology-files.md (Address plan).
 *
 * @module
 */

/** UDP port of a router's socket inside its AS. */
export const ROUTER_INTERNAL_PORT = 30042;
/**
 * End-host port: for SCMP requests, and for packets to ports outside the dispatched range
 * (underlay.rst).
 */
export const END_HOST_PORT = 30041;
/**
 * Range of ports of applications to which packets are delivered directly (underlay.rst, default
 * range).
 */
export const DISPATCHED_PORTS = { first: 31_000, last: 32_767 } as const;
/**
 * Length of a TCP header without options, bytes; a packet with a shorter TCP header is not
 * delivered.
 */
export const TCP_HEADER_BYTES_MIN = 20;
/** Largest payload of a UDP datagram over IPv4, bytes. */
export const UDP_PAYLOAD_BYTES_MAX = 65_507;
/**
 * UDP port of control services, in the underlay and in UDP/SCION. The port of the reference, 30252,
 * is outside the dispatched range, so that packets to it would be delivered to port 30041.
 */
export const CONTROL_PORT = 31_252;
