/**
 * Drop-tail: first in, first out, limited in packets or bytes
 * (docs/spec/link-model.md#queues-and-rate-limits). The packet being serialised is not in the queue
 * and does not count, so M/M/1/K has limit K - 1.
 *
 * @module
 */
import type { PacketTable } from '../packet-table.ts';
import { PacketList } from './packet-list.ts';
import type { QueueDiscipline } from './queue-discipline.ts';

/** A FIFO with limits; Infinity means no limit. */
export class DropTail implements QueueDiscipline {
  private readonly list: PacketList;
  private readonly table: PacketTable;
  private limitPackets: number;
  private readonly limitBytes: number;

  constructor(table: PacketTable, limitPackets: number, limitBytes: number) {
    this.table = table;
    this.list = new PacketList(table);
    this.limitPackets = limitPackets;
    this.limitBytes = limitBytes;
  }

  get packets(): number {
    return this.list.packets;
  }

  get bytes(): number {
    return this.list.bytes;
  }

  push(packet: number): boolean {
    const list = this.list;
    if (list.packets >= this.limitPackets) return false;
    if (list.bytes + (this.table.length[packet] as number) > this.limitBytes) return false;
    list.push(packet);
    return true;
  }

  peek(): number {
    return this.list.head;
  }

  pop(): number {
    return this.list.shift();
  }

  setLimit(limitPackets: number, drop: (packet: number) => void): void {
    this.limitPackets = limitPackets;
    this.list.truncate(limitPackets, drop);
  }

  flush(drop: (packet: number) => void): void {
    this.list.truncate(0, drop);
  }
}
