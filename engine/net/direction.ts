/**
 * One direction of a link as the rest of the engine sees it: its specification, the faults that act
 * on it, and the counts of its packets. The rules for changes while packets are under way are in
 * docs/spec/link-model.md#changes-while-packets-are-under-way.
 *
 * Moving packets is the job of transmission.ts.
 *
 * @module
 */

import type { DirectionContext } from './direction-context.ts';
import {
  BUSY,
  CARRIED,
  END,
  LAST_ARRIVAL,
  RATE,
  RELEASED,
  REMAINDER,
  TRANSMITTED,
} from './direction-context.ts';
import {
  ENTRY_DOWN,
  ENTRY_INSPECT,
  ENTRY_PARTITION,
  ENTRY_SENDER,
  EXIT_HELD,
  EXIT_PARTITION,
  EXIT_RECEIVER,
  HEAP,
  IMPAIRED,
  OVERTAKING,
  QUEUED,
} from './direction-masks.ts';
import { directionParts } from './direction-parts.ts';
import { LINK_DOWN_IN_FLIGHT, LINK_DOWN_QUEUE, NODE_DOWN, QUEUE_SHRUNK } from './drop-reasons.ts';
import { Impairments } from './impairment/impairments.ts';
import type { DirectionSpec, StepsSpec } from './link-spec.ts';
import { PacketHeap } from './packet-heap.ts';
import { NIL } from './packet-table.ts';
import { PacketList } from './queue/packet-list.ts';
import type { QueueDiscipline } from './queue/queue-discipline.ts';
import { Steps } from './steps.ts';
import type { Tap } from './tap.ts';
import { type DirectionIdentity, Transmission } from './transmission.ts';

/**
 * Number of packets at each stage of one direction; `balance` is 0 if none was lost or counted
 * twice.
 */
export interface Conservation {
  readonly offered: number;
  readonly duplicated: number;
  readonly injected: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly queued: number;
  readonly inSerialisation: number;
  readonly inPipe: number;
  readonly balance: number;
}

/** When the current packet is finished if the transmitter stands still: never, ns. */
const STANDS_STILL = Number.POSITIVE_INFINITY;
const NOTHING_FINISHES = { endNs: -1, rateBps: 0 };

/** Queue, transmitter and pipe of one direction. */
export class Direction extends Transmission {
  private downs = 0;
  private partitions = 0;
  private holds = 0;
  /** Rate and delay that follow traces; made once, so that they go on while a fault sets others. */
  private readonly rateSteps: Steps | undefined;
  private readonly delaySteps: Steps | undefined;
  /** A packet that finishes at another rate than the present one, known by its end. */
  private finishing = NOTHING_FINISHES;
  /** What is left of the packet in a transmitter that stands still, billionths of a bit. */
  private left = 0;

  constructor(context: DirectionContext, identity: DirectionIdentity, spec: DirectionSpec) {
    super(context, identity, spec);
    const follow = (steps: StepsSpec | undefined): Steps | undefined =>
      steps && new Steps(steps, context, () => this.stepped());
    this.rateSteps = follow(spec.rateSteps);
    this.delaySteps = follow(spec.delaySteps);
    this.configure(undefined, spec);
    this.setRate(this.wantedRate);
    this.markQueued();
  }

  /** Number of packets lost for one reason. */
  dropCount(reason: number): number {
    return this.drops?.[reason] ?? 0;
  }

  /** Number of packets in the queue. */
  get queuedPackets(): number {
    return this.lazyQueue?.packets ?? 0;
  }

  /** Number of bytes in the queue. */
  get queuedBytes(): number {
    return this.lazyQueue?.bytes ?? 0;
  }

  /** Number of packets whose bits were flipped. */
  get corrupted(): number {
    return this.impairments?.corrupted ?? 0;
  }

  /** Total serialisation time so far, ns; divided by the elapsed time it is the utilisation. */
  get busyNs(): number {
    return this.context.state[this.base + BUSY] as number;
  }

  /**
   * Bytes of all packets whose serialisation has begun, with the overhead of the link; also of those
   * that were cut off or lost later, but not of copies that appear behind the transmitter.
   */
  get carriedBytes(): number {
    return this.context.state[this.base + CARRIED] as number;
  }

  /** True when nothing holds the direction down. */
  get isUp(): boolean {
    return !this.has(ENTRY_DOWN);
  }

  /**
   * Counts all packets by stage (docs/spec/link-model.md#conservation); balanced between any two
   * events.
   */
  conservation(): Conservation {
    const dropped = this.drops?.reduce((sum, count) => sum + count, 0) ?? 0;
    const queued = this.queuedPackets;
    const inSerialisation = this.current === NIL ? 0 : 1;
    const waiting = (this.held?.packets ?? 0) + (this.released?.packets ?? 0);
    const inPipe = this.pipePackets + waiting;
    const { offered, duplicated, injected, delivered } = this;
    const balance =
      offered + duplicated + injected - delivered - dropped - queued - inSerialisation - inPipe;
    return {
      offered,
      duplicated,
      injected,
      delivered,
      dropped,
      queued,
      inSerialisation,
      inPipe,
      balance,
    };
  }

  /**
   * Switches to a changed specification; packets under way keep the rules they left with.
   * @param inSerialisation What a new rate means for the packet in the transmitter.
   */
  apply(spec: DirectionSpec, inSerialisation: 'finish' | 'rescale' = 'finish'): void {
    if (spec === this.spec) return;
    this.configure(this.spec, spec);
    if (inSerialisation === 'finish' && !this.isStill) this.finishAtRate(this.wantedRate);
    else this.rescaleRate(this.wantedRate);
    this.markQueued();
    if (this.current === NIL) this.pump();
  }

  /** Applies the new value of a trace that the direction follows. */
  private stepped(): void {
    this.setDelay(this.wantedDelay);
    this.rescaleRate(this.wantedRate);
    this.markQueued();
    if (this.current === NIL) this.pump();
  }

  private get wantedRate(): number {
    const { rateSteps, rateBps } = this.spec;
    return rateSteps === undefined ? rateBps : (this.rateSteps?.value ?? rateBps);
  }

  private get wantedDelay(): number {
    const { delaySteps, delayNs } = this.spec;
    return delaySteps === undefined ? delayNs : (this.delaySteps?.value ?? delayNs);
  }

  private configure(old: DirectionSpec | undefined, spec: DirectionSpec): void {
    const parts = directionParts.rest(this.context, this, old, spec);
    this.spec = spec;
    this.mtu = parts.mtu;
    this.overhead = parts.overhead;
    const isNeeded = Impairments.isNeeded(spec);
    if (isNeeded) this.impairments ??= directionParts.impairments(this.context, this);
    this.impairments?.configure(spec);
    if (parts.bucket !== 'unchanged') this.bucket = parts.bucket;
    if (parts.contacts !== 'unchanged') this.contacts = parts.contacts;
    this.mark(OVERTAKING, spec.reorder === true);
    if (spec.reorder !== undefined && spec.reorder !== false) this.allowOvertaking();
    this.mark(IMPAIRED, isNeeded || this.taps.length > 0);
    const { bucket, contacts } = this;
    const dropsByPlan = contacts?.outside === 'drop' || contacts?.atEnd === 'drop';
    const inspects = bucket?.mode === 'police' || dropsByPlan;
    this.mark(ENTRY_INSPECT, inspects);
    this.setDelay(this.wantedDelay);
  }

  /** An idle transmitter takes packets from the queue if they may have to wait there. */
  private markQueued(): void {
    const isPlainQueue = (this.spec.queue?.kind ?? 'drop-tail') === 'drop-tail';
    const isShaped = this.bucket?.mode === 'shape';
    const mayWait = isShaped || this.contacts !== undefined || this.isStill;
    this.mark(QUEUED, !isPlainQueue || mayWait);
  }

  /** Sets a new rate; the packet in the transmitter finishes at its old one. */
  private finishAtRate(rateBps: number): void {
    const endNs = this.context.state[this.base + END] as number;
    const old = this.rateOfCurrent;
    this.setRate(rateBps);
    if (this.current !== NIL) this.finishing = { endNs, rateBps: old };
  }

  /** The rate at which the packet in the transmitter is sent. */
  private get rateOfCurrent(): number {
    const { state } = this.context;
    const isFinishing = this.finishing.endNs === state[this.base + END];
    return isFinishing ? this.finishing.rateBps : (state[this.base + RATE] as number);
  }

  /**
   * Sets a new rate, at which the packet in the transmitter continues: what is left of it is exact, so that no bit is
   * lost or sent twice, however often the rate changes. A packet whose last bit leaves at this instant has left.
   */
  private rescaleRate(rateBps: number): void {
    const { state } = this.context;
    const now = this.scheduler.now;
    const old = this.rateOfCurrent;
    const end = state[this.base + END] as number;
    const carried = state[this.base + REMAINDER] as number;
    this.setRate(rateBps);
    if (this.current === NIL || end === now || old === rateBps) return;
    const isStanding = end === STANDS_STILL;
    const left = isStanding ? this.left : (end - now) * old + carried;
    const busy = (state[this.base + BUSY] as number) - (isStanding ? 0 : end - now);
    this.finishing = NOTHING_FINISHES;
    if (rateBps === 0) {
      this.left = left;
      state[this.base + END] = STANDS_STILL;
      state[this.base + BUSY] = busy;
      return;
    }
    const rest = Math.floor(left / rateBps);
    if (rateBps !== Number.POSITIVE_INFINITY) state[this.base + REMAINDER] = left - rest * rateBps;
    state[this.base + END] = now + rest;
    state[this.base + BUSY] = busy + rest;
    this.scheduler.post(rest, TRANSMITTED, this.id);
  }

  /** The times of contact plans and traces have begun (`planOriginNs`). */
  plansBegun(): void {
    this.rateSteps?.begin();
    this.delaySteps?.begin();
    if (this.contacts !== undefined && this.current === NIL) this.pump();
  }

  /** Lowers or raises the queue limit; the excess is dropped from the tail. */
  setQueueLimit(limitPackets: number): void {
    this.queue.setLimit(limitPackets, (packet) => this.drop(packet, QUEUE_SHRUNK));
  }

  /** Adds a reason to be down; the first one loses the packets in transmitter, queue and pipe. */
  addDown(): void {
    this.downs += 1;
    if (this.downs > 1) return;
    this.mark(ENTRY_DOWN);
    this.abortCurrent(LINK_DOWN_IN_FLIGHT);
    this.lazyQueue?.flush((packet) => this.drop(packet, LINK_DOWN_QUEUE));
    if (directionParts.keepsPipe(this.spec)) return;
    const lose = (packet: number): void => this.drop(packet, LINK_DOWN_IN_FLIGHT);
    while (this.pipeHead !== NIL) {
      const packet = this.pipeHead;
      this.context.shiftPipe(this.id);
      lose(packet);
    }
    this.held?.truncate(0, lose);
    this.released?.truncate(0, lose);
    this.context.state[this.base + LAST_ARRIVAL] = 0;
  }

  /** Removes one reason to be down. */
  removeDown(): void {
    this.downs -= 1;
    if (this.downs === 0) this.mark(ENTRY_DOWN, false);
  }

  /** Adds a partition: nothing passes in this direction; other directions are not affected. */
  addPartition(): void {
    this.partitions += 1;
    this.mark(ENTRY_PARTITION);
    this.mark(EXIT_PARTITION);
  }

  /** Removes one partition. */
  removePartition(): void {
    this.partitions -= 1;
    if (this.partitions > 0) return;
    this.mark(ENTRY_PARTITION, false);
    this.mark(EXIT_PARTITION, false);
  }

  /** The sending node crashed: what it had not sent is lost. */
  senderDown(): void {
    this.mark(ENTRY_SENDER);
    this.abortCurrent(NODE_DOWN);
    this.lazyQueue?.flush((packet) => this.drop(packet, NODE_DOWN));
  }

  /** Called when the sending node is up again. */
  senderUp(): void {
    this.mark(ENTRY_SENDER, false);
  }

  /** The receiving node crashed: packets to it are dropped when they arrive. */
  receiverDown(): void {
    this.mark(EXIT_RECEIVER);
  }

  /** Called when the receiving node is up again. */
  receiverUp(): void {
    this.mark(EXIT_RECEIVER, false);
  }

  /** From now on, packets that arrive are withheld. */
  hold(): void {
    this.held ??= new PacketList(this.table);
    this.holds += 1;
    this.mark(EXIT_HELD);
  }

  /**
   * Ends one `hold`; after the last one, the withheld packets arrive at this instant.
   * @param order Maps the packets, oldest first, to their order of arrival.
   */
  release(order: (packets: readonly number[]) => readonly number[] = (kept) => kept): void {
    this.holds -= 1;
    if (this.holds > 0 || this.held === undefined) return;
    this.mark(EXIT_HELD, false);
    const kept: number[] = [];
    this.held.truncate(0, (packet) => kept.push(packet));
    this.released ??= new PacketList(this.table);
    for (const packet of order(kept)) {
      this.released.push(packet);
      this.scheduler.post(0, RELEASED, this.id);
    }
  }

  /** Taps see packets in the given order, after the transmitter and before the impairments. */
  setTaps(taps: readonly Tap[]): void {
    this.taps = taps;
    this.mark(IMPAIRED, Impairments.isNeeded(this.spec) || taps.length > 0);
  }

  /** The taps in order. */
  get tapList(): readonly Tap[] {
    return this.taps;
  }

  private abortCurrent(reason: number): void {
    const packet = this.current;
    if (packet === NIL) return;
    const { state } = this.context;
    const end = state[this.base + END] as number;
    const rest = end === STANDS_STILL ? 0 : end - this.scheduler.now;
    state[this.base + BUSY] = (state[this.base + BUSY] as number) - rest;
    this.current = NIL;
    this.drop(packet, reason);
  }

  private allowOvertaking(): void {
    if (this.overtaking !== undefined) return;
    const heap = new PacketHeap(this.table);
    const waiting = this.pipePackets;
    for (let i = 0; i < waiting; i += 1) {
      heap.push(this.pipeHead);
      this.context.shiftPipe(this.id);
    }
    this.overtaking = heap;
    this.mark(HEAP);
    this.pipePackets = waiting;
    this.pipeHead = heap.head;
  }

  protected override makeQueue(): QueueDiscipline {
    return directionParts.queue(this.context, this.spec, (packet, reason) =>
      this.drop(packet, reason),
    );
  }
}
