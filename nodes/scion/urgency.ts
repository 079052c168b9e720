/**
 * Which SCION packets keep the network together: the traffic class that the reference gives to BFD
 * (0xb8, expedited forwarding of RFC 3246), which gateways give to probes, reports and handshakes, too.
 *
 * The class is neither authenticated nor changed on the way, so anyone may claim it: hosts let few
 * such packets wait in front of others.
 *
 * @module
 */
import { BFD_TRAFFIC_CLASS } from './bfd/geometry.ts';

/** Traffic class of packets that pass in front of data where a processor is short. */
export const URGENT_TRAFFIC_CLASS = BFD_TRAFFIC_CLASS;

/** True for a packet of the urgent class; reads the first two bytes only. */
export function isUrgentPacket(buffer: Uint8Array, offset: number, length: number): boolean {
  if (length < 2) return false;
  const [first = 0, second = 0] = [buffer[offset], buffer[offset + 1]];
  return (((first & 0x0f) << 4) | (second >> 4)) === URGENT_TRAFFIC_CLASS;
}

/** Gives the urgent class to a packet whose class is 0. */
export function markUrgent(packet: Uint8Array): void {
  packet[0] = (packet[0] ?? 0) | (URGENT_TRAFFIC_CLASS >> 4);
  packet[1] = (packet[1] ?? 0) | ((URGENT_TRAFFIC_CLASS & 0x0f) << 4);
}
