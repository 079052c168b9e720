/**
 * Packets that have left the transmitter and have not arrived (simulation.md 1.3 and 2.4): a FIFO
 * while order is kept, a small heap once packets may overtake each other. Capacity is unlimited.
 *
 * Arrival times are in the packet table. One event stands for the whole pipe; the direction posts
 * it. Ties of a heap are FIFO.
 *
 * @module
 */
import { PacketHeap } from './packet-heap.ts';
import { NIL, type PacketTable } from './packet-table.ts';
import { PacketList } from './queue/packet-list.ts';

/** The packets of one direction that are under way. */
export class Pipe {
  private readonly table: PacketTable;
  private readonly list: PacketList;
  private heap: PacketHeap | undefined;

  constructor(table: PacketTable) {
    this.table = table;
    this.list = new PacketList(table);
  }

  /** Packets under way. */
  get packets(): number {
    return this.list.packets + (this.heap?.size ?? 0);
  }

  /** The packet that arrives next, {@link NIL} when there is none. */
  get head(): number {
    return this.heap === undefined ? this.list.head : this.heap.head;
  }

  /** Adds a packet whose arrival time stands in the table. Returns true when it is the new head. */
  push(packet: number): boolean {
    if (this.heap === undefined) {
      this.list.push(packet);
      return this.list.head === packet;
    }
    this.heap.push(packet);
    return this.heap.head === packet;
  }

  /** Removes and returns the head. */
  shift(): number {
    return this.heap === undefined ? this.list.shift() : this.heap.shift();
  }

  /** From now on packets may overtake each other. */
  allowOvertaking(): void {
    if (this.heap !== undefined) return;
    this.heap = new PacketHeap(this.table);
    for (let packet = this.list.shift(); packet !== NIL; packet = this.list.shift()) {
      this.heap.push(packet);
    }
  }

  /** Hands every packet to `drop`, in the order of arrival. */
  flush(drop: (packet: number) => void): void {
    for (let packet = this.shift(); packet !== NIL; packet = this.shift()) drop(packet);
  }
}
