/**
 * A tap on one direction of a link: sees every packet after the transmitter, may remove it, and may
 * inject bytes (docs/spec/link-model.md#taps).
 *
 * Ownership: the bytes of a packet belong to the tap during the call only; `copyPacket` makes a copy to keep. Bytes
 * that a tap injects are copied. What an attacker does is decided elsewhere.
 *
 * @module
 */
import type { Datagram, PacketTable } from './packet-table.ts';

/** What happens to the packet that a tap has inspected. */
export type TapVerdict = 'pass' | 'drop';

/** An observer or attacker on one direction of a link. */
export interface Tap {
  /** Called for each packet; may change its bytes in place (`table.view(packet)`). */
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
