/**
 * The path of a packet through one direction of a link (docs/spec/link-model.md):
 *
 *   offer -> up? -> MTU? -> queue -> transmitter (rate) -> impairments -> pipe (delay) -> arrive
 *
 * There is one pending event per transmitter and per pipe. Events are posted without handles, so
 * one that a fault has overtaken is recognised by its instant. Configuration, faults and totals are
 * in direction.ts; this file knows neither sockets nor routes.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import type { Contact, ContactPlan } from './contact-plan.ts';
import type { DirectionContext, DirectionView, Pace } from './direction-context.ts';
import * as layout from './direction-context.ts';
import * as masks from './direction-masks.ts';
import {
  DROP_REASONS,
  LINK_DOWN,
  LOSS,
  MTU,
  NO_CONTACT,
  NODE_DOWN,
  PARTITION,
  POLICED,
  QUEUE_FULL,
  TAP,
} from './drop-reasons.ts';
import { Impairments } from './impairment/impairments.ts';
import type { DirectionSpec } from './link-spec.ts';
import type { PacketHeap } from './packet-heap.ts';
import { NIL as NO_PACKET, type PacketTable } from './packet-table.ts';
import type { PacketList } from './queue/packet-list.ts';
import type { QueueDiscipline } from './queue/queue-discipline.ts';
import type { Tap } from './tap.ts';
import type { TokenBucket } from './token-bucket.ts';

// Private names: V8 folds them into hot code, while imported ones are loaded and checked each time.
const { BUSY, CARRIED, DELAY, END, LAST_ARRIVAL, RATE, REMAINDER, STATE_STRIDE, WAKE_AT } = layout;
const { PIPE_HEAD, RELEASED, TRANSMITTED, WAKE } = layout;
const { ENTRY_DOWN, ENTRY_PARTITION, ENTRY_SENDER, EXIT_HELD, EXIT_PARTITION } = masks;
const NIL = NO_PACKET;
const INFINITE = Number.POSITIVE_INFINITY;

/** 8 bits in 10^9 ns: bytes times this, divided by the rate, is the serialisation time. */
const BIT_NS_PER_BYTE = 8_000_000_000;
const NO_TAPS: readonly Tap[] = [];

/** Identity of a direction, and its ends. */
export interface DirectionIdentity {
  readonly id: number;
  readonly linkId: string;
  readonly name: string;
  readonly fromNode: number;
  readonly toNode: number;
}

/** Moves packets through a direction; {@link Direction} supplies the parts. */
export abstract class Transmission implements DirectionView {
  // The fields of the packet path come first, so that they share cache lines.
  readonly id: number;
  readonly toNode: number;
  protected readonly base: number;
  protected readonly context: DirectionContext;
  protected readonly scheduler: Scheduler;
  protected readonly table: PacketTable;
  /** Number of packets handed to this direction. */
  offered = 0;
  /** Number of packets handed to the receiver, which counts them. */
  delivered = 0;
  /** Why offered packets are rejected, and why arriving ones are withheld; 0 for no reason. */
  protected entryMask = 0;
  protected exitMask = 0;
  /** The packet in the transmitter. */
  protected current = NIL;
  protected mtu = 0;
  protected overhead = 0;
  /** True if an idle transmitter may take an offered packet without using the queue. */
  protected isDirect = true;
  /** True if packets pass impairments or taps before the pipe. */
  protected isImpaired = false;
  protected isOvertaking = false;
  /** False while the queue is known to be empty. */
  protected hasBacklog = false;
  /**
   * The packet that arrives next, and the last one of the FIFO
   * (docs/spec/event-order.md#one-pending-event-per-transmitter-and-per-pipe).
   */
  protected pipeHead = NIL;
  protected pipeTail = NIL;
  protected pipePackets = 0;
  /** Replaces the FIFO of the pipe once packets may overtake each other. */
  protected overtaking: PacketHeap | undefined;
  readonly fromNode: number;
  readonly linkId: string;
  readonly name: string;
  /** The present specification. */
  spec: DirectionSpec;
  /** Number of copies made by duplication. */
  duplicated = 0;
  /** Number of packets injected by taps. */
  injected = 0;
  /** Times that delay + jitter was negative. */
  jitterClamped = 0;
  /** Created when the first packet has to wait. */
  protected lazyQueue: QueueDiscipline | undefined;
  protected impairments: Impairments | undefined;
  protected bucket: TokenBucket | undefined;
  protected contacts: ContactPlan | undefined;
  protected taps: readonly Tap[] = NO_TAPS;
  protected held: PacketList | undefined;
  protected released: PacketList | undefined;
  protected drops: Uint32Array | undefined;

  constructor(context: DirectionContext, identity: DirectionIdentity, spec: DirectionSpec) {
    this.id = identity.id;
    this.toNode = identity.toNode;
    this.base = identity.id * STATE_STRIDE;
    this.context = context;
    this.scheduler = context.scheduler;
    this.table = context.table;
    this.fromNode = identity.fromNode;
    this.linkId = identity.linkId;
    this.name = identity.name;
    this.spec = spec;
    context.state[this.base + WAKE_AT] = -1;
  }

  /** The queue discipline that the specification names; called once. */
  protected abstract makeQueue(): QueueDiscipline;

  get plan(): DirectionSpec['contacts'] {
    return this.spec.contacts;
  }

  get pace(): Pace {
    const { state } = this.context;
    return {
      rateBps: state[this.base + RATE] as number,
      delayNs: state[this.base + DELAY] as number,
      overheadBytes: this.overhead,
    };
  }

  /** The queue discipline, so that a custom classifier can be installed. */
  get queue(): QueueDiscipline {
    this.lazyQueue ??= this.makeQueue();
    return this.lazyQueue;
  }

  // hot: once per packet and hop.
  /**
   * Takes a packet from the sender.
   * @returns false if the queue was full; the packet is then gone, as after any other drop.
   */
  offer(packet: number): boolean {
    const table = this.table;
    this.offered += 1;
    table.offeredAt[packet] = this.scheduler.now;
    if (this.context.observer !== undefined) this.context.observer.onOffered(this, packet);
    if (this.entryMask !== 0 && this.isRefused(packet)) return true;
    if ((table.length[packet] as number) > this.mtu) {
      this.drop(packet, MTU);
      return true;
    }
    if (this.current === NIL && this.isDirect) {
      this.transmit(packet);
      return true;
    }
    if (!this.queue.push(packet)) {
      this.drop(packet, QUEUE_FULL);
      return false;
    }
    this.hasBacklog = true;
    if (this.current === NIL) this.pump();
    return true;
  }

  /** Handles rare kinds of events; those that occur at every hop have separate functions. */
  fireRare(kind: number): void {
    if (kind === WAKE) this.onWake();
    else if (kind === RELEASED) this.onReleased();
  }

  // hot: once per packet and hop. Here and below, rare branches are separate functions: V8 inlines
  // by size, and what every hop needs must fit (chain: 5.1 M packet-hops/s without, 5.3 M with).
  /** Acts on {@link TRANSMITTED}: the transmitter has sent the last bit. */
  onTransmitted(): void {
    const packet = this.current;
    // The event of a transmission that was cut or rescaled comes at a different instant.
    if (packet === NIL || this.context.state[this.base + END] !== this.scheduler.now) return;
    this.current = NIL;
    this.enterPipe(packet);
    if (this.hasBacklog) this.serveBacklog();
  }

  // hot: once per packet and hop.
  /** Acts on {@link PIPE_HEAD}: the packet at the head of the pipe has arrived. */
  onPipeHead(): void {
    const packet = this.pipeHead;
    const { table, scheduler } = this;
    const now = scheduler.now;
    if (packet === NIL || table.arriveAt[packet] !== now) return;
    const next = this.shiftPipe();
    if (next !== NIL) scheduler.post((table.arriveAt[next] as number) - now, PIPE_HEAD, this.id);
    if (this.exitMask === 0) this.context.arrive(this, packet);
    else this.leaveHeldBack(packet);
  }

  /** Drops a packet for a named reason; the receiver also uses it instead of delivering. */
  drop(packet: number, reason: number): void {
    this.drops ??= new Uint32Array(DROP_REASONS.length);
    this.drops[reason] = (this.drops[reason] as number) + 1;
    this.context.dropped(this, packet, reason);
    this.table.free(packet);
  }

  /**
   * Sets a new rate; the packet in the transmitter finishes at the old one
   * (docs/spec/link-model.md#changes-while-packets-are-under-way).
   */
  protected setRate(rateBps: number): void {
    const { state } = this.context;
    if (state[this.base + RATE] === rateBps) return;
    state[this.base + RATE] = rateBps;
    state[this.base + REMAINDER] = 0;
    this.context.observer?.onPace?.(this);
  }

  /** New delay, for packets that enter the pipe from now on. */
  protected setDelay(delayNs: number): void {
    const { state } = this.context;
    if (state[this.base + DELAY] === delayNs) return;
    state[this.base + DELAY] = delayNs;
    this.context.observer?.onPace?.(this);
  }

  /** Puts a packet into the pipe, bypassing queue, transmitter and impairments. */
  inject(packet: number): void {
    this.injected += 1;
    if ((this.entryMask & ENTRY_DOWN) !== 0) {
      this.drop(packet, LINK_DOWN);
      return;
    }
    this.context.observer?.onCopied?.(this, packet, NIL);
    this.travel(packet, this.context.state[this.base + DELAY] as number);
  }

  // hot: once per packet and hop.
  /**
   * Begins the serialisation; the remainder of its division is carried over to the next packet
   * (docs/spec/link-model.md#serialisation-and-delay).
   */
  protected transmit(packet: number): void {
    const context = this.context;
    const { state } = context;
    const base = this.base;
    if (context.observer !== undefined) context.observer.onStarted(this, packet);
    const length = (this.table.length[packet] as number) + this.overhead;
    state[base + CARRIED] = (state[base + CARRIED] as number) + length;
    const rate = state[base + RATE] as number;
    if (rate === INFINITE) {
      this.enterPipe(packet);
      return;
    }
    const amount = length * BIT_NS_PER_BYTE + (state[base + REMAINDER] as number);
    let duration = Math.floor(amount / rate);
    // The quotient may have been rounded up to the next integer.
    if (duration * rate > amount) duration -= 1;
    state[base + REMAINDER] = amount - duration * rate;
    state[base + END] = this.scheduler.now + duration;
    state[base + BUSY] = (state[base + BUSY] as number) + duration;
    this.current = packet;
    this.scheduler.post(duration, TRANSMITTED, this.id);
  }

  /** The next packet of the queue begins its serialisation. */
  private serveBacklog(): void {
    if (!this.isDirect) {
      this.pump();
      return;
    }
    const next = this.queue.pop();
    if (next === NIL) {
      this.hasBacklog = false;
      return;
    }
    this.transmit(next);
    if (this.current === NIL) this.pump();
  }

  /** Called when a packet leaves the transmitter. */
  private enterPipe(packet: number): void {
    if (this.isImpaired) this.enterImpaired(packet);
    else this.travel(packet, this.context.state[this.base + DELAY] as number);
  }

  // hot: once per packet and hop.
  /** Enters the pipe; without reordering, nothing arrives before what left earlier. */
  protected travel(packet: number, delay: number): void {
    const { state } = this.context;
    const now = this.scheduler.now;
    let arrival = now + delay;
    if (!this.isOvertaking) {
      const last = state[this.base + LAST_ARRIVAL] as number;
      if (arrival < last) arrival = last;
      else state[this.base + LAST_ARRIVAL] = arrival;
    }
    this.table.arriveAt[packet] = arrival;
    if (this.pushPipe(packet)) this.scheduler.post(arrival - now, PIPE_HEAD, this.id);
  }

  /**
   * Applies the effects in their order: loss, corruption, duplication, delay, order
   * (docs/spec/link-model.md#impairments).
   */
  protected enterImpaired(packet: number): void {
    for (const tap of this.taps) {
      if (tap.onPacket(this.table, packet) === 'drop') {
        this.drop(packet, TAP);
        return;
      }
    }
    const delay = this.context.state[this.base + DELAY] as number;
    const impairments = this.impairments;
    if (impairments === undefined || !Impairments.isNeeded(this.spec)) {
      this.travel(packet, delay);
      return;
    }
    const { fate } = impairments;
    impairments.decide(this.table, packet, this.scheduler.now);
    if (fate.isLost) {
      this.drop(packet, LOSS);
      return;
    }
    const copy = fate.isDuplicated ? this.table.duplicate(packet) : NIL;
    if (fate.isHurried) this.hurry(packet);
    else this.travel(packet, this.cut(delay + fate.jitterNs));
    if (copy === NIL) return;
    this.duplicated += 1;
    this.context.observer?.onCopied?.(this, copy, packet);
    this.travel(copy, this.cut(delay + impairments.copyJitter()));
  }

  /** Adds a packet to the pipe. Returns true if it will arrive before all others. */
  protected pushPipe(packet: number): boolean {
    this.pipePackets += 1;
    if (this.overtaking !== undefined) return this.pushOvertaking(this.overtaking, packet);
    const { next } = this.table;
    const tail = this.pipeTail;
    next[packet] = NIL;
    this.pipeTail = packet;
    if (this.pipeHead !== NIL) {
      next[tail] = packet;
      return false;
    }
    this.pipeHead = packet;
    return true;
  }

  private pushOvertaking(pipe: PacketHeap, packet: number): boolean {
    pipe.push(packet);
    this.pipeHead = pipe.head;
    return this.pipeHead === packet;
  }

  /** Removes the head of the pipe and returns the new one. */
  protected shiftPipe(): number {
    this.pipePackets -= 1;
    if (this.overtaking !== undefined) return this.shiftOvertaking(this.overtaking);
    const head = this.table.next[this.pipeHead] as number;
    this.pipeHead = head;
    return head;
  }

  private shiftOvertaking(pipe: PacketHeap): number {
    pipe.shift();
    this.pipeHead = pipe.head;
    return this.pipeHead;
  }

  /** Implements netem's reordering: the packet skips the delay and overtakes others. */
  protected hurry(packet: number): void {
    this.table.arriveAt[packet] = this.scheduler.now;
    if (this.pushPipe(packet)) this.scheduler.post(0, PIPE_HEAD, this.id);
  }

  protected cut(delay: number): number {
    if (delay >= 0) return delay;
    this.jitterClamped += 1;
    return 0;
  }

  /** Starts transmissions as long as a packet may go now. */
  protected pump(): void {
    if (this.contacts?.atEnd === 'drop') this.endContact(this.contacts);
    while (this.current === NIL && this.hasBacklog) {
      const packet = this.queue.peek();
      if (packet === NIL) {
        this.hasBacklog = false;
        return;
      }
      const now = this.scheduler.now;
      const readyAt = this.readyAt(packet);
      if (readyAt > now) {
        this.wakeAt(readyAt);
        return;
      }
      this.queue.pop();
      this.bucket?.take((this.table.length[packet] as number) + this.overhead, now);
      this.transmit(packet);
    }
  }

  /** First instant at which bucket and contacts may let the packet go; ask again then. */
  protected readyAt(packet: number): number {
    const now = this.scheduler.now;
    const bytes = (this.table.length[packet] as number) + this.overhead;
    const ready =
      this.bucket?.mode === 'shape' ? Math.max(now, this.bucket.eligibleAt(bytes)) : now;
    const contact = this.contacts?.at(now);
    if (this.contacts === undefined) return ready;
    if (ready > now) return this.contacts.atEnd === 'keep' ? ready : beforeEnd(ready, contact);
    if (contact === undefined) return Number.POSITIVE_INFINITY;
    if (now < contact.startNs) return contact.startNs;
    this.setRate(contact.spec.rateBps ?? this.spec.rateBps);
    this.setDelay(contact.spec.delayNs ?? this.spec.delayNs);
    const rate = this.context.state[this.base + RATE] as number;
    // A packet that would not finish in time is not started (docs/spec/link-model.md#contacts).
    return now + (bytes * BIT_NS_PER_BYTE) / rate > contact.endNs ? contact.endNs : now;
  }

  /** Drops what waits in the link, if a contact has ended since this was asked last. */
  private endContact(contacts: ContactPlan): void {
    if (!contacts.takeEnd(this.scheduler.now)) return;
    this.lazyQueue?.flush((packet) => this.drop(packet, NO_CONTACT));
  }

  protected wakeAt(time: number): void {
    const { state } = this.context;
    if (time === Number.POSITIVE_INFINITY || state[this.base + WAKE_AT] === time) return;
    state[this.base + WAKE_AT] = time;
    this.scheduler.post(time - this.scheduler.now, WAKE, this.id);
  }

  protected onWake(): void {
    const { state } = this.context;
    if (state[this.base + WAKE_AT] !== this.scheduler.now) return;
    state[this.base + WAKE_AT] = -1;
    if (this.current === NIL) this.pump();
  }

  /** Rejects an offered packet for the first reason that applies; true if it was rejected. */
  protected isRefused(packet: number): boolean {
    const reason = this.refusal(packet);
    if (reason === NIL) return false;
    this.drop(packet, reason);
    return true;
  }

  protected refusal(packet: number): number {
    const entry = this.entryMask;
    if ((entry & ENTRY_SENDER) !== 0) return NODE_DOWN;
    if ((entry & ENTRY_DOWN) !== 0) return LINK_DOWN;
    if ((entry & ENTRY_PARTITION) !== 0) return PARTITION;
    const now = this.scheduler.now;
    const { contacts } = this;
    if (contacts?.atEnd === 'drop') this.endContact(contacts);
    if (contacts?.outside === 'drop' && !contacts.isOpen(now)) return NO_CONTACT;
    if (this.bucket?.mode !== 'police') return NIL;
    const bytes = (this.table.length[packet] as number) + this.overhead;
    if (this.bucket.eligibleAt(bytes) > now) return POLICED;
    this.bucket.take(bytes, now);
    return NIL;
  }

  protected leaveHeldBack(packet: number): void {
    const exit = this.exitMask;
    if ((exit & EXIT_HELD) !== 0) this.held?.push(packet);
    else if ((exit & EXIT_PARTITION) !== 0) this.drop(packet, PARTITION);
    else this.drop(packet, NODE_DOWN);
  }

  protected onReleased(): void {
    const packet = this.released?.shift() ?? NIL;
    // A cut in between has emptied the list.
    if (packet === NIL) return;
    if (this.exitMask === 0) this.context.arrive(this, packet);
    else this.leaveHeldBack(packet);
  }
}

/** The instant, or the end of the contact that is open or next if that comes earlier. */
function beforeEnd(time: number, contact: Contact | undefined): number {
  return contact === undefined ? time : Math.min(time, contact.endNs);
}
