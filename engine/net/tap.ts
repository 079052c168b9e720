/**
 * A tap on one direction of a link: sees every packet behind the transmitter, may take it out, and
 * may put bytes in (DESIGN 5, "link tap").
 *
 * Ownership: the bytes belong to the tap during the call only; what it wants to keep it copies with
 * `copyPacket`. What it injects is copied. Does not decide what an attacker does.
 *
 * @module
 */
import type { Datagram, PacketTable } from './packet-table.ts';

/** What becomes of the packet that a tap was shown. */
export type TapVerdict = 'pass' | 'drop';

/** Watches one direction. */
export interface Tap {
  /** May change the bytes in place (`table.view(packet)`). */
  onPacket(table: PacketTable, packet: number): TapVerdict;
}

/** A copy of the packet that outlives the call. */
export function copyPacket(table: PacketTable, packet: number): Datagram {
  return {
    buffer: table.view(packet).slice(),
    offset: 0,
    length: table.length[packet] as number,
    from: table.from[packet] as number,
    to: table.to[packet] as number,
  };
}
