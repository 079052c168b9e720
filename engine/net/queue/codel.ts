/**
 * CoDel as in RFC 8289 section 5: drops when packets have waited longer than TARGET for at least
 * INTERVAL, at an increasing rate while that lasts.
 *
 * Linux's variant (Newton's reciprocal root, strict comparison; include/net/codel_impl.h) drops at
 * instants that differ by up to one packet. No ECN: datagrams of the port have no ECN field.
 *
 * @module
 */
import type { Scheduler } from '../../core/scheduler.ts';
import { NIL_PACKET, type PacketTable } from '../packet-table.ts';
import { PacketList } from './packet-list.ts';
import type { QueueDiscipline } from './queue-discipline.ts';

/** Default of TARGET, the acceptable standing queue delay, ns (RFC 8289 section 4.3). */
export const CODEL_TARGET_NS = 5_000_000;
/** Default of INTERVAL, ns: of the order of a worst-case round trip (RFC 8289 section 4.3). */
export const CODEL_INTERVAL_NS = 100_000_000;

/** Parameters of {@link CoDel}. */
export interface CoDelOptions {
  readonly targetNs: number;
  readonly intervalNs: number;
  readonly maxPacketBytes: number;
  readonly limitPackets: number;
}

/** A FIFO that drops at the head by waiting time. */
export class CoDel implements QueueDiscipline {
  private readonly table: PacketTable;
  private readonly scheduler: Scheduler;
  private readonly options: CoDelOptions;
  private readonly list: PacketList;
  private readonly drop: (packet: number) => void;
  private limitPackets: number;
  /** The packet that `peek` chose; it still counts as queued. */
  private ready = NIL_PACKET;
  /**
   * first_above_time, ns: when packets will have waited too long for one INTERVAL; 0 if they do not
   * (RFC 8289 5.3).
   */
  private firstAbove = 0;
  private dropNext = 0;
  private count = 0;
  private lastCount = 0;
  private isDropping = false;
  /** Second result of {@link takeHead}: true if the packet may be dropped. */
  private okToDrop = false;

  /** @param drop Counts and frees a packet that CoDel drops. */
  constructor(
    table: PacketTable,
    scheduler: Scheduler,
    options: CoDelOptions,
    drop: (packet: number) => void,
  ) {
    this.table = table;
    this.scheduler = scheduler;
    this.options = options;
    this.list = new PacketList(table);
    this.limitPackets = options.limitPackets;
    this.drop = drop;
  }

  get packets(): number {
    return this.list.packets + (this.ready === NIL_PACKET ? 0 : 1);
  }

  get bytes(): number {
    const ready = this.ready === NIL_PACKET ? 0 : (this.table.length[this.ready] as number);
    return this.list.bytes + ready;
  }

  push(packet: number): boolean {
    if (this.packets >= this.limitPackets) return false;
    this.list.push(packet);
    return true;
  }

  peek(): number {
    if (this.ready === NIL_PACKET) this.ready = this.dequeue();
    return this.ready;
  }

  pop(): number {
    const packet = this.peek();
    this.ready = NIL_PACKET;
    return packet;
  }

  setLimit(limitPackets: number, drop: (packet: number) => void): void {
    this.limitPackets = limitPackets;
    this.list.truncate(Math.max(0, limitPackets - (this.ready === NIL_PACKET ? 0 : 1)), drop);
  }

  flush(drop: (packet: number) => void): void {
    const ready = this.ready;
    this.ready = NIL_PACKET;
    if (ready !== NIL_PACKET) drop(ready);
    this.list.truncate(0, drop);
  }

  /**
   * Removes the next packet to send, and drops packets before it as the drop state demands
   * (RFC 8289 5.5, dequeue).
   */
  private dequeue(): number {
    const now = this.scheduler.now;
    let packet = this.takeHead(now);
    if (this.isDropping) {
      if (!this.okToDrop) this.isDropping = false;
      while (this.isDropping && now >= this.dropNext) {
        this.drop(packet);
        this.count += 1;
        packet = this.takeHead(now);
        if (this.okToDrop) this.dropNext = this.controlLaw(this.dropNext);
        else this.isDropping = false;
      }
      return packet;
    }
    if (!this.okToDrop) return packet;
    this.drop(packet);
    packet = this.takeHead(now);
    this.startDropping(now);
    return packet;
  }

  private startDropping(now: number): void {
    this.isDropping = true;
    // RFC 8289 5.5: after a short pause, resume near the drop rate that controlled the queue
    // before.
    const delta = this.count - this.lastCount;
    const isRecent = now - this.dropNext < 16 * this.options.intervalNs;
    this.count = delta > 1 && isRecent ? delta : 1;
    this.dropNext = this.controlLaw(now);
    this.lastCount = this.count;
  }

  /** Takes the head and sets `okToDrop` to whether it may be dropped (RFC 8289 5.6, dodequeue). */
  private takeHead(now: number): number {
    this.okToDrop = false;
    const packet = this.list.shift();
    if (packet === NIL_PACKET) {
      this.firstAbove = 0;
      return NIL_PACKET;
    }
    const sojourn = now - (this.table.offeredAt[packet] as number);
    if (sojourn < this.options.targetNs || this.list.bytes <= this.options.maxPacketBytes) {
      this.firstAbove = 0;
    } else if (this.firstAbove === 0) {
      this.firstAbove = now + this.options.intervalNs;
    } else {
      this.okToDrop = now >= this.firstAbove;
    }
    return packet;
  }

  /**
   * When to drop next (RFC 8289 5.4). sqrt is correctly rounded everywhere we run
   * (docs/spec/random-streams.md).
   */
  private controlLaw(from: number): number {
    return from + Math.floor(this.options.intervalNs / Math.sqrt(this.count));
  }
}
