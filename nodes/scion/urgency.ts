/**
 * Recognises and marks the SCION packets that are essential for the network: those with the traffic
 * class that the reference uses for BFD (0xb8, expedited forwarding of RFC 3246). Gateways also use
 * this class for probes, reports and handshakes.
 *
 * The class is neither authenticated nor changed on the way, so any sender may use it; hosts
 * therefore queue only a few such packets ahead of others.
 *
 * @module
 */
import { BFD_TRAFFIC_CLASS } from './bfd/geometry.ts';

/** Traffic class of packets that are processed before data when a processor is overloaded. */
export const URGENT_TRAFFIC_CLASS = BFD_TRAFFIC_CLASS;

/** True if a packet has the urgent class; reads its first two bytes only. */
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
