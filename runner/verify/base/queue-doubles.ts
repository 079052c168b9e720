/**
 * Queues with one deliberate mistake each, for the defective engines of doubles.ts.
 *
 * @module
 */
import { NIL_PACKET, type PacketTable } from '../../../engine/net/packet-table.ts';
import { PacketList } from '../../../engine/net/queue/packet-list.ts';
import type { QueueDiscipline } from '../../../engine/net/queue/queue-discipline.ts';

/** A defective queue that serves the last packet first. */
export class LifoQueue implements QueueDiscipline {
  private readonly table: PacketTable;
  private readonly stack: number[] = [];

  constructor(table: PacketTable) {
    this.table = table;
  }

  get packets(): number {
    return this.stack.length;
  }

  get bytes(): number {
    return this.stack.reduce((sum, packet) => sum + (this.table.length[packet] as number), 0);
  }

  push(packet: number): boolean {
    this.stack.push(packet);
    return true;
  }

  peek(): number {
    return this.stack.at(-1) ?? NIL_PACKET;
  }

  pop(): number {
    return this.stack.pop() ?? NIL_PACKET;
  }

  setLimit(): void {
    // Nothing to do: no check that uses this double limits its queue.
  }

  flush(drop: (packet: number) => void): void {
    for (const packet of this.stack.splice(0)) drop(packet);
  }
}

/** DSCP from which a packet is urgent (RFC 2474, network control). */
const URGENT_DSCP = 48;

/** A defective queue of two classes, with the interrupted packet between them. */
export class PreemptiveQueue implements QueueDiscipline {
  /** The interrupted packet, which continues after the urgent ones; NIL if there is none. */
  interrupted = NIL_PACKET;
  private readonly table: PacketTable;
  private readonly urgent: PacketList;
  private readonly rest: PacketList;

  constructor(table: PacketTable) {
    this.table = table;
    this.urgent = new PacketList(table);
    this.rest = new PacketList(table);
  }

  /** True if an urgent packet is waiting. */
  get hasUrgent(): boolean {
    return this.urgent.packets > 0;
  }

  /** True for packets that interrupt the service of others. */
  isUrgent(packet: number): boolean {
    return (this.table.dscp[packet] as number) >= URGENT_DSCP;
  }

  get packets(): number {
    return this.urgent.packets + this.rest.packets + (this.interrupted === NIL_PACKET ? 0 : 1);
  }

  get bytes(): number {
    return this.urgent.bytes + this.rest.bytes;
  }

  push(packet: number): boolean {
    (this.isUrgent(packet) ? this.urgent : this.rest).push(packet);
    return true;
  }

  peek(): number {
    if (this.urgent.packets > 0) return this.urgent.head;
    return this.interrupted === NIL_PACKET ? this.rest.head : this.interrupted;
  }

  pop(): number {
    if (this.urgent.packets > 0) return this.urgent.shift();
    if (this.interrupted === NIL_PACKET) return this.rest.shift();
    const packet = this.interrupted;
    this.interrupted = NIL_PACKET;
    return packet;
  }

  setLimit(): void {
    // Nothing to do: no check that uses this double limits its queue.
  }

  flush(drop: (packet: number) => void): void {
    for (let packet = this.pop(); packet !== NIL_PACKET; packet = this.pop()) drop(packet);
  }
}
