/**
 * Packets ordered by arrival time, ties first in first out, for a pipe in which packets may
 * overtake each other (docs/spec/link-model.md#impairments). A binary heap of packet numbers; the
 * times are in the packet table.
 *
 * @module
 */
import { NIL_PACKET, type PacketTable } from './packet-table.ts';

const FIRST_CAPACITY = 64;

/** A min-heap on (arrival time, order of insertion). */
export class PacketHeap {
  size = 0;
  private readonly table: PacketTable;
  private packets = new Int32Array(FIRST_CAPACITY);
  /** Position in the order of insertion, per entry; exact to 2^53. */
  private orders = new Float64Array(FIRST_CAPACITY);
  private inserted = 0;

  constructor(table: PacketTable) {
    this.table = table;
  }

  /** The packet that arrives first, {@link NIL_PACKET} when empty. */
  get head(): number {
    return this.size === 0 ? NIL_PACKET : (this.packets[0] as number);
  }

  /** Adds a packet; its arrival time is in the table and must not change. */
  push(packet: number): void {
    if (this.size === this.packets.length) this.grow();
    const arrivals = this.table.arriveAt;
    const arrival = arrivals[packet] as number;
    let hole = this.size;
    this.size += 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      // A parent with the same time was inserted earlier, so it stays above.
      if ((arrivals[this.packets[parent] as number] as number) <= arrival) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.packets[hole] = packet;
    this.orders[hole] = this.inserted;
    this.inserted += 1;
  }

  /** Removes and returns the first packet. */
  shift(): number {
    const head = this.head;
    if (head === NIL_PACKET) return NIL_PACKET;
    this.size -= 1;
    const last = this.size;
    let hole = 0;
    for (let child = 1; child < last; child = 2 * hole + 1) {
      const least = child + 1 < last && this.isBefore(child + 1, child) ? child + 1 : child;
      if (!this.isBefore(least, last)) break;
      this.move(least, hole);
      hole = least;
    }
    this.move(last, hole);
    return head;
  }

  private isBefore(a: number, b: number): boolean {
    const arrivals = this.table.arriveAt;
    const timeA = arrivals[this.packets[a] as number] as number;
    const timeB = arrivals[this.packets[b] as number] as number;
    if (timeA !== timeB) return timeA < timeB;
    return (this.orders[a] as number) < (this.orders[b] as number);
  }

  private move(source: number, target: number): void {
    this.packets[target] = this.packets[source] as number;
    this.orders[target] = this.orders[source] as number;
  }

  private grow(): void {
    const packets = new Int32Array(this.packets.length * 2);
    packets.set(this.packets);
    this.packets = packets;
    const orders = new Float64Array(packets.length);
    orders.set(this.orders);
    this.orders = orders;
  }
}
