/**
 * One direction of a link as the rest of the engine sees it: its specification, the faults that act
 * on it, and the counts of its packets. The rules for changes while packets are under way are in
 * docs/spec/link-model.md#changes-while-packets-are-under-way.
 *
 * Moving packets is the job of transmission.ts.
 *
 * @module
 */

import type { LinkDirectionContext } from './direction-context.ts';
import {
  BUSY_NS_INDEX,
  CARRIED_BYTES_INDEX,
  LAST_ARRIVAL_NS_INDEX,
  RATE_BPS_INDEX,
  RELEASED_EVENT,
  REMAINDER_INDEX,
  SERIALISATION_END_NS_INDEX,
  TRANSMITTED_EVENT,
} from './direction-context.ts';
import {
  ENTRY_DOWN_BIT,
  ENTRY_INSPECT_BIT,
  ENTRY_PARTITION_BIT,
  ENTRY_SENDER_DOWN_BIT,
  EXIT_HELD_BIT,
  EXIT_PARTITION_BIT,
  EXIT_RECEIVER_DOWN_BIT,
  IMPAIRED_BIT,
  OVERTAKING_BIT,
  PIPE_HEAP_BIT,
  QUEUE_ALWAYS_BIT,
} from './direction-masks.ts';
import { directionPartFactories } from './direction-parts.ts';
import {
  DROP_LINK_DOWN_IN_FLIGHT,
  DROP_LINK_DOWN_QUEUE,
  DROP_NODE_DOWN,
  DROP_QUEUE_SHRUNK,
} from './drop-reasons.ts';
import { Impairments } from './impairment/impairments.ts';
import type { LinkDirectionSpec, TimedStepsSpec } from './link-spec.ts';
import { PacketHeap } from './packet-heap.ts';
import { NIL_PACKET } from './packet-table.ts';
import { PacketList } from './queue/packet-list.ts';
import type { QueueDiscipline } from './queue/queue-discipline.ts';
import { TimedSteps } from './steps.ts';
import type { Tap } from './tap.ts';
import { LinkDirectionBase, type LinkDirectionIdentity } from './transmission.ts';

/**
 * Number of packets at each stage of one direction; `balance` is 0 if each packet was counted exactly once.
 */
export interface PacketConservation {
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

/** End of the current serialisation while the rate is 0: it never ends, ns. */
const NEVER_ENDS = Number.POSITIVE_INFINITY;
const NOTHING_FINISHES = { endNs: -1, rateBps: 0 };

/** One direction of a link: its queue, transmitter and pipe, and the faults that act on it. */
export class LinkDirection extends LinkDirectionBase {
  private downs = 0;
  private partitions = 0;
  private holds = 0;
  /** Rate and delay that follow traces; made once, so that they go on while a fault sets another rate or delay. */
  private readonly rateSteps: TimedSteps | undefined;
  private readonly delaySteps: TimedSteps | undefined;
  /** End of the serialisation, ns, of a packet that is still sent at an older rate. */
  private finishing = NOTHING_FINISHES;
  /** While the rate is 0: the part of the current packet that is not sent yet, billionths of a bit. */
  private left = 0;

  constructor(
    context: LinkDirectionContext,
    identity: LinkDirectionIdentity,
    spec: LinkDirectionSpec,
  ) {
    super(context, identity, spec);
    const follow = (steps: TimedStepsSpec | undefined): TimedSteps | undefined =>
      steps && new TimedSteps(steps, context, () => this.stepped());
    this.rateSteps = follow(spec.rateSteps);
    this.delaySteps = follow(spec.delaySteps);
    this.configure(undefined, spec);
    this.setRate(this.wantedRate);
    this.markQueued();
  }

  /** Number of packets lost for the reason with this number. */
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
    return this.context.state[this.base + BUSY_NS_INDEX] as number;
  }

  /**
   * Bytes of all packets whose serialisation has begun, with the overhead of the link. Packets that were cut off or
   * lost later count; copies that appear after the transmitter do not.
   */
  get carriedBytes(): number {
    return this.context.state[this.base + CARRIED_BYTES_INDEX] as number;
  }

  /** True when nothing holds the direction down. */
  get isUp(): boolean {
    return !this.has(ENTRY_DOWN_BIT);
  }

  /**
   * Counts all packets by stage (docs/spec/link-model.md#conservation); `balance` is 0 between any two events.
   */
  conservation(): PacketConservation {
    const dropped = this.drops?.reduce((sum, count) => sum + count, 0) ?? 0;
    const queued = this.queuedPackets;
    const inSerialisation = this.current === NIL_PACKET ? 0 : 1;
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
   * Switches to a changed specification; packets in the pipe keep the delay with which they entered it.
   * @param inSerialisation What a new rate means for the packet in the transmitter.
   */
  apply(spec: LinkDirectionSpec, inSerialisation: 'finish' | 'rescale' = 'finish'): void {
    if (spec === this.spec) return;
    this.configure(this.spec, spec);
    if (inSerialisation === 'finish' && !this.isStill) this.finishAtRate(this.wantedRate);
    else this.rescaleRate(this.wantedRate);
    this.markQueued();
    if (this.current === NIL_PACKET) this.pump();
  }

  /** Called when a trace that the direction follows has a new value: applies rate and delay. */
  private stepped(): void {
    this.setDelay(this.wantedDelay);
    this.rescaleRate(this.wantedRate);
    this.markQueued();
    if (this.current === NIL_PACKET) this.pump();
  }

  private get wantedRate(): number {
    const { rateSteps, rateBps } = this.spec;
    return rateSteps === undefined ? rateBps : (this.rateSteps?.value ?? rateBps);
  }

  private get wantedDelay(): number {
    const { delaySteps, delayNs } = this.spec;
    return delaySteps === undefined ? delayNs : (this.delaySteps?.value ?? delayNs);
  }

  private configure(old: LinkDirectionSpec | undefined, spec: LinkDirectionSpec): void {
    const parts = directionPartFactories.rest(this.context, this, old, spec);
    this.spec = spec;
    this.mtu = parts.mtu;
    this.overhead = parts.overhead;
    const isNeeded = Impairments.isNeeded(spec);
    if (isNeeded) this.impairments ??= directionPartFactories.impairments(this.context, this);
    this.impairments?.configure(spec);
    if (parts.bucket !== 'unchanged') this.bucket = parts.bucket;
    if (parts.contacts !== 'unchanged') this.contacts = parts.contacts;
    this.mark(OVERTAKING_BIT, spec.reorder === true);
    if (spec.reorder !== undefined && spec.reorder !== false) this.allowOvertaking();
    this.mark(IMPAIRED_BIT, isNeeded || this.taps.length > 0);
    const { bucket, contacts } = this;
    const dropsByPlan = contacts?.outside === 'drop' || contacts?.atEnd === 'drop';
    const inspects = bucket?.mode === 'police' || dropsByPlan;
    this.mark(ENTRY_INSPECT_BIT, inspects);
    this.setDelay(this.wantedDelay);
  }

  /** Marks whether packets go through the queue even if the transmitter is idle, because they may have to wait. */
  private markQueued(): void {
    const isPlainQueue = (this.spec.queue?.kind ?? 'drop-tail') === 'drop-tail';
    const isShaped = this.bucket?.mode === 'shape';
    const mayWait = isShaped || this.contacts !== undefined || this.isStill;
    this.mark(QUEUE_ALWAYS_BIT, !isPlainQueue || mayWait);
  }

  /** Sets a new rate; the packet in the transmitter finishes at its old one. */
  private finishAtRate(rateBps: number): void {
    const endNs = this.context.state[this.base + SERIALISATION_END_NS_INDEX] as number;
    const old = this.rateOfCurrent;
    this.setRate(rateBps);
    if (this.current !== NIL_PACKET) this.finishing = { endNs, rateBps: old };
  }

  /** The rate at which the packet in the transmitter is sent. */
  private get rateOfCurrent(): number {
    const { state } = this.context;
    const isFinishing = this.finishing.endNs === state[this.base + SERIALISATION_END_NS_INDEX];
    return isFinishing ? this.finishing.rateBps : (state[this.base + RATE_BPS_INDEX] as number);
  }

  /**
   * Sets a new rate, at which the packet in the transmitter continues. The part that is left of the packet is exact, so
   * that no bit is lost or sent twice, however often the rate changes. A packet whose last bit is sent now is finished.
   */
  private rescaleRate(rateBps: number): void {
    const { state } = this.context;
    const now = this.scheduler.now;
    const old = this.rateOfCurrent;
    const end = state[this.base + SERIALISATION_END_NS_INDEX] as number;
    const carried = state[this.base + REMAINDER_INDEX] as number;
    this.setRate(rateBps);
    if (this.current === NIL_PACKET || end === now || old === rateBps) return;
    const isStanding = end === NEVER_ENDS;
    const left = isStanding ? this.left : (end - now) * old + carried;
    const busy = (state[this.base + BUSY_NS_INDEX] as number) - (isStanding ? 0 : end - now);
    this.finishing = NOTHING_FINISHES;
    if (rateBps === 0) {
      this.left = left;
      state[this.base + SERIALISATION_END_NS_INDEX] = NEVER_ENDS;
      state[this.base + BUSY_NS_INDEX] = busy;
      return;
    }
    const rest = Math.floor(left / rateBps);
    if (rateBps !== Number.POSITIVE_INFINITY)
      state[this.base + REMAINDER_INDEX] = left - rest * rateBps;
    state[this.base + SERIALISATION_END_NS_INDEX] = now + rest;
    state[this.base + BUSY_NS_INDEX] = busy + rest;
    this.scheduler.post(rest, TRANSMITTED_EVENT, this.id);
  }

  /** Called when the plan time, to which contacts and traces are relative, has begun (`planOriginNs`). */
  plansBegun(): void {
    this.rateSteps?.begin();
    this.delaySteps?.begin();
    if (this.contacts !== undefined && this.current === NIL_PACKET) this.pump();
  }

  /** Lowers or raises the queue limit; the excess is dropped from the tail. */
  setQueueLimit(limitPackets: number): void {
    this.queue.setLimit(limitPackets, (packet) => this.drop(packet, DROP_QUEUE_SHRUNK));
  }

  /** Adds a reason to be down; the first one loses the packets in transmitter, queue and pipe. */
  addDown(): void {
    this.downs += 1;
    if (this.downs > 1) return;
    this.mark(ENTRY_DOWN_BIT);
    this.abortCurrent(DROP_LINK_DOWN_IN_FLIGHT);
    this.lazyQueue?.flush((packet) => this.drop(packet, DROP_LINK_DOWN_QUEUE));
    if (directionPartFactories.keepsPipe(this.spec)) return;
    const lose = (packet: number): void => this.drop(packet, DROP_LINK_DOWN_IN_FLIGHT);
    while (this.pipeHead !== NIL_PACKET) {
      const packet = this.pipeHead;
      this.context.shiftPipe(this.id);
      lose(packet);
    }
    this.held?.truncate(0, lose);
    this.released?.truncate(0, lose);
    this.context.state[this.base + LAST_ARRIVAL_NS_INDEX] = 0;
  }

  /** Removes one of the reasons to be down that {@link addDown} added. */
  removeDown(): void {
    this.downs -= 1;
    if (this.downs === 0) this.mark(ENTRY_DOWN_BIT, false);
  }

  /** Adds a partition: nothing passes in this direction; other directions are not affected. */
  addPartition(): void {
    this.partitions += 1;
    this.mark(ENTRY_PARTITION_BIT);
    this.mark(EXIT_PARTITION_BIT);
  }

  /** Removes one of the partitions that {@link addPartition} added. */
  removePartition(): void {
    this.partitions -= 1;
    if (this.partitions > 0) return;
    this.mark(ENTRY_PARTITION_BIT, false);
    this.mark(EXIT_PARTITION_BIT, false);
  }

  /** Called when the sending node crashed: the packets that it had not sent are lost. */
  senderDown(): void {
    this.mark(ENTRY_SENDER_DOWN_BIT);
    this.abortCurrent(DROP_NODE_DOWN);
    this.lazyQueue?.flush((packet) => this.drop(packet, DROP_NODE_DOWN));
  }

  /** Called when the sending node is up again. */
  senderUp(): void {
    this.mark(ENTRY_SENDER_DOWN_BIT, false);
  }

  /** Called when the receiving node crashed: packets to it are dropped when they arrive. */
  receiverDown(): void {
    this.mark(EXIT_RECEIVER_DOWN_BIT);
  }

  /** Called when the receiving node is up again. */
  receiverUp(): void {
    this.mark(EXIT_RECEIVER_DOWN_BIT, false);
  }

  /** From now on, packets that arrive are withheld. */
  hold(): void {
    this.held ??= new PacketList(this.table);
    this.holds += 1;
    this.mark(EXIT_HELD_BIT);
  }

  /**
   * Ends one {@link hold}; when none is left, the withheld packets arrive at this instant.
   * @param order Maps the packets, oldest first, to their order of arrival.
   */
  release(order: (packets: readonly number[]) => readonly number[] = (kept) => kept): void {
    this.holds -= 1;
    if (this.holds > 0 || this.held === undefined) return;
    this.mark(EXIT_HELD_BIT, false);
    const kept: number[] = [];
    this.held.truncate(0, (packet) => kept.push(packet));
    this.released ??= new PacketList(this.table);
    for (const packet of order(kept)) {
      this.released.push(packet);
      this.scheduler.post(0, RELEASED_EVENT, this.id);
    }
  }

  /** Taps see packets in the given order, after the transmitter and before the impairments. */
  setTaps(taps: readonly Tap[]): void {
    this.taps = taps;
    this.mark(IMPAIRED_BIT, Impairments.isNeeded(this.spec) || taps.length > 0);
  }

  /** The taps on this direction, in the order in which they see packets. */
  get tapList(): readonly Tap[] {
    return this.taps;
  }

  private abortCurrent(reason: number): void {
    const packet = this.current;
    if (packet === NIL_PACKET) return;
    const { state } = this.context;
    const end = state[this.base + SERIALISATION_END_NS_INDEX] as number;
    const rest = end === NEVER_ENDS ? 0 : end - this.scheduler.now;
    state[this.base + BUSY_NS_INDEX] = (state[this.base + BUSY_NS_INDEX] as number) - rest;
    this.current = NIL_PACKET;
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
    this.mark(PIPE_HEAP_BIT);
    this.pipePackets = waiting;
    this.pipeHead = heap.head;
  }

  protected override makeQueue(): QueueDiscipline {
    return directionPartFactories.queue(this.context, this.spec, (packet, reason) =>
      this.drop(packet, reason),
    );
  }
}
