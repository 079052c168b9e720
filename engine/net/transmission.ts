/**
 * One direction of a link as an object: its state, which lies in the arrays of its network, and the steps of a packet
 * that are rare: queues that order or shape, impairments, taps, contacts, faults. The steps of every packet are in
 * packet-path.ts, which calls these.
 *
 * Configuration, faults and totals are in direction.ts; this file knows neither sockets nor routes.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Contact, ContactPlan } from './contact-plan.ts';
import type { DirectionContext, DirectionView, Pace } from './direction-context.ts';
import * as layout from './direction-context.ts';
import * as masks from './direction-masks.ts';
import {
  DROP_REASONS,
  LINK_DOWN,
  LOSS,
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
const { DELAY, DELIVERED, MTU_BYTES, OFFERED, OVERHEAD, RATE, REMAINDER, WAKE_AT } = layout;
const { CURRENT, FLAGS, TO_NODE, PIPE_COUNT, PIPE_FIRST, PIPE_LAST, STATE_STRIDE, WORD_STRIDE } =
  layout;
const { BIT_NS_PER_BYTE, PIPE_HEAD, RELEASED, WAKE } = layout;
const { ENTRY_DOWN, ENTRY_PARTITION, ENTRY_SENDER, EXIT, EXIT_HELD, EXIT_PARTITION } = masks;
const NIL = NO_PACKET;

const NO_TAPS: readonly Tap[] = [];

/** Identity of a direction, and its ends. */
export interface DirectionIdentity {
  readonly id: number;
  readonly linkId: string;
  readonly name: string;
  readonly fromNode: number;
  readonly toNode: number;
}

/** The rare steps of packets on a direction; {@link Direction} supplies the parts. */
export abstract class Transmission implements DirectionView {
  readonly id: number;
  readonly toNode: number;
  protected readonly base: number;
  protected readonly word: number;
  protected readonly context: DirectionContext;
  protected readonly scheduler: Scheduler;
  protected readonly table: PacketTable;
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
  /** How often delay + jitter was negative. */
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
    this.word = identity.id * WORD_STRIDE;
    this.context = context;
    this.scheduler = context.scheduler;
    this.table = context.table;
    this.fromNode = identity.fromNode;
    this.linkId = identity.linkId;
    this.name = identity.name;
    this.spec = spec;
    const { state, words } = context;
    state.fill(0, this.base, this.base + STATE_STRIDE);
    state[this.base + WAKE_AT] = -1;
    words[this.word + CURRENT] = NIL;
    words[this.word + PIPE_FIRST] = NIL;
    words[this.word + PIPE_LAST] = NIL;
    words[this.word + TO_NODE] = identity.toNode;
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

  /** Number of packets handed to this direction. */
  get offered(): number {
    return this.context.state[this.base + OFFERED] as number;
  }
  set offered(value: number) {
    this.context.state[this.base + OFFERED] = value;
  }

  /** Number of packets handed to the receiver, which counts them. */
  get delivered(): number {
    return this.context.state[this.base + DELIVERED] as number;
  }

  /** The packet in the transmitter. */
  protected get current(): number {
    return this.context.words[this.word + CURRENT] as number;
  }
  protected set current(value: number) {
    this.context.words[this.word + CURRENT] = value;
  }

  /** The packet that arrives next. */
  protected get pipeHead(): number {
    return this.context.words[this.word + PIPE_FIRST] as number;
  }
  protected set pipeHead(value: number) {
    this.context.words[this.word + PIPE_FIRST] = value;
  }

  /** Number of packets in the pipe. */
  protected get pipePackets(): number {
    return this.context.words[this.word + PIPE_COUNT] as number;
  }
  protected set pipePackets(value: number) {
    this.context.words[this.word + PIPE_COUNT] = value;
  }

  protected get mtu(): number {
    return this.context.state[this.base + MTU_BYTES] as number;
  }
  protected set mtu(value: number) {
    this.context.state[this.base + MTU_BYTES] = value;
  }

  protected get overhead(): number {
    return this.context.state[this.base + OVERHEAD] as number;
  }
  protected set overhead(value: number) {
    this.context.state[this.base + OVERHEAD] = value;
  }

  /** True if one of the bits of direction-masks.ts is set. */
  protected has(bits: number): boolean {
    return ((this.context.words[this.word + FLAGS] as number) & bits) !== 0;
  }

  /** Sets or clears bits. */
  protected mark(bits: number, isSet = true): void {
    const { words } = this.context;
    const flags = words[this.word + FLAGS] as number;
    words[this.word + FLAGS] = isSet ? flags | bits : flags & ~bits;
  }

  /** Makes every step of a packet a method call of this object, for a defective direction that overrides it. */
  overrideSteps(): void {
    this.mark(masks.OVERRIDDEN);
  }

  /** Takes a packet from the sender. @returns false if the queue was full; the packet is then gone. */
  offer(packet: number): boolean {
    return this.context.offer(this.id, packet);
  }

  /** The rest of {@link offer}, where the packet may have to wait. */
  takeOffered(packet: number): boolean {
    if (this.current === NIL && !this.has(masks.QUEUED)) {
      this.transmit(packet);
      return true;
    }
    if (!this.queue.push(packet)) {
      this.drop(packet, QUEUE_FULL);
      return false;
    }
    this.mark(masks.BACKLOG);
    if (this.current === NIL) this.pump();
    return true;
  }

  /** The transmitter has sent the last bit. */
  onTransmitted(): void {
    this.context.onTransmitted(this.id);
  }

  /** The packet at the head of the pipe has arrived. */
  onPipeHead(): void {
    this.context.onPipeHead(this.id);
  }

  /** Handles rare kinds of events; those that occur at every hop have separate functions. */
  fireRare(kind: number): void {
    if (kind === WAKE) this.onWake();
    else if (kind === RELEASED) this.onReleased();
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
    if (this.has(ENTRY_DOWN)) {
      this.drop(packet, LINK_DOWN);
      return;
    }
    this.context.observer?.onCopied?.(this, packet, NIL);
    this.travel(packet, this.context.state[this.base + DELAY] as number);
  }

  /** Begins the serialisation. */
  protected transmit(packet: number): void {
    this.context.transmit(this.id, packet);
  }

  /** The next packet of the queue begins its serialisation. */
  serveBacklog(): void {
    if (this.has(masks.QUEUED)) {
      this.pump();
      return;
    }
    const next = this.queue.pop();
    if (next === NIL) {
      this.mark(masks.BACKLOG, false);
      return;
    }
    this.transmit(next);
    if (this.current === NIL) this.pump();
  }

  /** Puts a packet into the pipe. */
  protected travel(packet: number, delay: number): void {
    this.context.travel(this.id, packet, delay);
  }

  /**
   * Applies the effects in their order: loss, corruption, duplication, delay, order
   * (docs/spec/link-model.md#impairments).
   */
  enterImpaired(packet: number): void {
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

  /** Adds a packet to a pipe that is a heap. Returns true if it will arrive before all others. */
  pushHeap(packet: number): boolean {
    const { overtaking } = this;
    assert(overtaking !== undefined, 'a pipe without a heap is a list');
    overtaking.push(packet);
    this.pipeHead = overtaking.head;
    return this.pipeHead === packet;
  }

  /** Removes the head of a pipe that is a heap, and returns the new one. */
  shiftHeap(): number {
    const { overtaking } = this;
    assert(overtaking !== undefined, 'a pipe without a heap is a list');
    overtaking.shift();
    this.pipeHead = overtaking.head;
    return this.pipeHead;
  }

  /** Implements netem's reordering: the packet skips the delay and overtakes others. */
  protected hurry(packet: number): void {
    this.table.arriveAt[packet] = this.scheduler.now;
    if (this.context.pushPipe(this.id, packet)) this.scheduler.post(0, PIPE_HEAD, this.id);
  }

  protected cut(delay: number): number {
    if (delay >= 0) return delay;
    this.jitterClamped += 1;
    return 0;
  }

  /** Starts transmissions as long as a packet may go now. */
  protected pump(): void {
    if (this.contacts?.atEnd === 'drop') this.endContact(this.contacts);
    while (this.current === NIL && this.has(masks.BACKLOG)) {
      const packet = this.queue.peek();
      if (packet === NIL) {
        this.mark(masks.BACKLOG, false);
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

  /** True while the rate is 0, as a trace may have it: nothing is sent. */
  protected get isStill(): boolean {
    return this.context.state[this.base + RATE] === 0;
  }

  /** First instant at which rate, bucket and contacts may let the packet go; ask again then. */
  protected readyAt(packet: number): number {
    if (this.isStill) return Number.POSITIVE_INFINITY;
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

  /** Drops what waits in the link, if a contact has ended since the last call. */
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
  isRefused(packet: number): boolean {
    const reason = this.refusal(packet);
    if (reason === NIL) return false;
    this.drop(packet, reason);
    return true;
  }

  protected refusal(packet: number): number {
    if (this.has(ENTRY_SENDER)) return NODE_DOWN;
    if (this.has(ENTRY_DOWN)) return LINK_DOWN;
    if (this.has(ENTRY_PARTITION)) return PARTITION;
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

  /** A packet has arrived and is withheld, or lost. */
  leaveHeldBack(packet: number): void {
    if (this.has(EXIT_HELD)) this.held?.push(packet);
    else if (this.has(EXIT_PARTITION)) this.drop(packet, PARTITION);
    else this.drop(packet, NODE_DOWN);
  }

  protected onReleased(): void {
    const packet = this.released?.shift() ?? NIL;
    // A cut in between has emptied the list.
    if (packet === NIL) return;
    if (this.has(EXIT)) this.leaveHeldBack(packet);
    else this.context.arrive(this.id, packet);
  }
}

/** The earlier of an instant and the end of the contact that is open or next. */
function beforeEnd(time: number, contact: Contact | undefined): number {
  return contact === undefined ? time : Math.min(time, contact.endNs);
}
