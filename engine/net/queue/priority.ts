/**
 * Priority without preemption, with a limit per class (docs/spec/link-model.md#queues-and-rate-limits). The class comes
 * from the packet's DSCP (RFC 2474: 6 bits) or from a function of the packet.
 *
 * Anybody can send in any class, so a class takes at most a share of the bytes while lower classes wait. Each class but
 * the last has a debt to the classes below it. Bytes that it sends while they wait add to the debt, and bytes that they
 * send reduce it. As long as the debt is above 0, the lower classes send first.
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import { DSCP_VALUE_COUNT, LINK_SHARE_MIN } from '../../pure/traffic-class.ts';
import { NIL_PACKET, type PacketTable } from '../packet-table.ts';
import { DropTail } from './drop-tail.ts';
import type { QueueDiscipline } from './queue-discipline.ts';

/** Number of units in a whole: shares are whole millionths, so that debts are exact integers. */
const WHOLE = 1 / LINK_SHARE_MIN;

/** Limits of one class. */
export interface ClassLimits {
  readonly limitPackets?: number;
  readonly limitBytes?: number;
}

/** Settings of a {@link PriorityQueue}. */
export interface PriorityOptions {
  /** Class of each DSCP; {@link defaultClasses} if absent. */
  readonly classOfDscp?: readonly number[] | undefined;
  /** Largest share of the bytes that a class takes while lower ones wait, > 0; 1, the default, is strict. */
  readonly shareMax?: number | undefined;
}

/** A queue of several classes; class 0 is served first. */
export class PriorityQueue implements QueueDiscipline {
  private readonly table: PacketTable;
  private readonly classes: readonly DropTail[];
  private classify: (packet: number) => number;
  private readonly share: number;
  /** Debt of each class to the classes below it, in millionths of a byte; below 0 if these have sent more than due. */
  private readonly debts: Float64Array;
  /** True for classes in which a packet arrived. */
  private readonly seen: boolean[];

  constructor(
    table: PacketTable,
    classes: readonly ClassLimits[],
    { classOfDscp = defaultClasses(classes.length), shareMax = 1 }: PriorityOptions = {},
  ) {
    assert(classes.length >= 1, 'a priority queue needs at least one class');
    assert(classOfDscp.length === DSCP_VALUE_COUNT, 'classOfDscp needs 64 entries');
    this.share = Math.round(shareMax * WHOLE);
    assert(this.share > 0, 'shareMax must be above 0');
    assert(this.share <= WHOLE, 'shareMax must not be above 1');
    const infinite = Number.POSITIVE_INFINITY;
    this.table = table;
    this.classes = classes.map(
      (limits) =>
        new DropTail(table, limits.limitPackets ?? infinite, limits.limitBytes ?? infinite),
    );
    this.debts = new Float64Array(classes.length);
    this.seen = classes.map(() => false);
    this.classify = (packet): number => classOfDscp[table.dscp[packet] as number] as number;
  }

  /** Replaces the classification by DSCP; `classify` returns 0..classes - 1. */
  setClassifier(classify: (packet: number) => number): void {
    this.classify = classify;
  }

  /** The classes in which packets arrived. */
  get classesSeen(): readonly number[] {
    return this.seen.flatMap((isSeen, index) => (isSeen ? [index] : []));
  }

  get packets(): number {
    return this.classes.reduce((sum, queue) => sum + queue.packets, 0);
  }

  get bytes(): number {
    return this.classes.reduce((sum, queue) => sum + queue.bytes, 0);
  }

  push(packet: number): boolean {
    const index = this.classify(packet);
    const queue = this.classes[index];
    assert(queue !== undefined, 'the classifier named a class that does not exist');
    this.seen[index] = true;
    // Clears the debt of a class below which nothing waited. A debt below 0 stays: otherwise a class could evade its
    // share by sending single packets.
    for (let k = index - 1; k >= 0 && !this.hasBelow(k); k -= 1) {
      this.debts[k] = Math.min(0, this.debts[k] as number);
    }
    return queue.push(packet);
  }

  peek(): number {
    return this.classes[this.next()]?.peek() ?? NIL_PACKET;
  }

  pop(): number {
    const index = this.next();
    const packet = this.classes[index]?.pop() ?? NIL_PACKET;
    if (packet !== NIL_PACKET) this.settle(index, this.table.length[packet] as number);
    return packet;
  }

  setLimit(limitPackets: number, drop: (packet: number) => void): void {
    for (const queue of this.classes) queue.setLimit(limitPackets, drop);
  }

  flush(drop: (packet: number) => void): void {
    for (const queue of this.classes) queue.flush(drop);
  }

  /** The class to serve now: the first with packets and without debt to waiting lower classes; NIL if none waits. */
  private next(): number {
    for (let k = 0; k < this.classes.length; k += 1) {
      if (!this.waits(k)) continue;
      if ((this.debts[k] as number) <= 0 || !this.hasBelow(k)) return k;
    }
    return NIL_PACKET;
  }

  /**
   * Accounts for a sent packet. With the share s, the debt of the packet's class grows by 1 - s of
   * the bytes, and the debt of each class above it shrinks by s of the bytes.
   */
  private settle(index: number, bytes: number): void {
    const { debts, share } = this;
    if (this.hasBelow(index)) {
      debts[index] = (debts[index] as number) + bytes * (WHOLE - share);
    }
    for (let k = 0; k < index; k += 1) {
      const rest = (debts[k] as number) - bytes * share;
      // If no packet of the class waits, its debt does not fall below 0.
      if (this.waits(k)) debts[k] = rest;
      else if ((debts[k] as number) > 0) debts[k] = Math.max(0, rest);
    }
  }

  private waits(index: number): boolean {
    return (this.classes[index] as DropTail).packets > 0;
  }

  private hasBelow(index: number): boolean {
    for (let k = index + 1; k < this.classes.length; k += 1) if (this.waits(k)) return true;
    return false;
  }
}

/** DSCP values of lower effort: LE (RFC 8622), and CS1, which was used for it before. */
const LOWER_EFFORT = [1, 8];

/**
 * The default classes: DSCP 48..63 (network control) is class 0, 32..47 (expedited forwarding among them) class 1,
 * lower effort class 3, the rest class 2. If there are fewer classes, the last one is used for all beyond it.
 */
function defaultClasses(classes: number): number[] {
  return Array.from({ length: DSCP_VALUE_COUNT }, (_, dscp) => Math.min(classes - 1, rankOf(dscp)));
}

function rankOf(dscp: number): number {
  if (dscp >= 48) return 0;
  if (dscp >= 32) return 1;
  return LOWER_EFFORT.includes(dscp) ? 3 : 2;
}
