/**
 * A first-in-first-out list of packets, linked through the packet table.
 *
 * Limits belong to the queue discipline.
 *
 * @module
 */
import { NIL_PACKET as NO_PACKET, type PacketTable } from '../packet-table.ts';

// A private name: V8 folds it into hot code, while an imported one is loaded and checked each time.
const NIL = NO_PACKET;

/** A linked list of packets: head, tail and totals; the link to the next packet is in the table. */
export class PacketList {
  head = NIL;
  packets = 0;
  bytes = 0;
  private tail = NIL;
  private readonly table: PacketTable;

  constructor(table: PacketTable) {
    this.table = table;
  }

  /** Appends a packet. */
  push(packet: number): void {
    const next = this.table.next;
    next[packet] = NIL;
    if (this.tail === NIL) this.head = packet;
    else next[this.tail] = packet;
    this.tail = packet;
    this.packets += 1;
    this.bytes += this.table.length[packet] as number;
  }

  /** Removes and returns the oldest packet, {@link NIL_PACKET} when empty. */
  shift(): number {
    const packet = this.head;
    if (packet === NIL) return NIL;
    this.head = this.table.next[packet] as number;
    if (this.head === NIL) this.tail = NIL;
    this.packets -= 1;
    this.bytes -= this.table.length[packet] as number;
    return packet;
  }

  /** Keeps the oldest `keep` packets and passes all others to `drop`, oldest first. */
  truncate(keep: number, drop: (packet: number) => void): void {
    if (keep >= this.packets) return;
    const kept = new PacketList(this.table);
    while (kept.packets < keep) kept.push(this.shift());
    for (let packet = this.shift(); packet !== NIL; packet = this.shift()) drop(packet);
    this.head = kept.head;
    this.tail = kept.tail;
    this.packets = kept.packets;
    this.bytes = kept.bytes;
  }
}
