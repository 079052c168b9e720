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
import type { LinkDirectionContext, LinkDirectionView, RateAndDelay } from './direction-context.ts';
import * as layout from './direction-context.ts';
import * as masks from './direction-masks.ts';
import {
  DROP_LINK_DOWN,
  DROP_LOSS,
  DROP_NO_CONTACT,
  DROP_NODE_DOWN,
  DROP_PARTITION,
  DROP_POLICED,
  DROP_QUEUE_FULL,
  DROP_REASONS,
  DROP_TAP,
} from './drop-reasons.ts';
import { Impairments } from './impairment/impairments.ts';
import type { LinkDirectionSpec } from './link-spec.ts';
import type { LinkTokenBucket } from './link-token-bucket.ts';
import type { PacketHeap } from './packet-heap.ts';
import { NIL_PACKET as NO_PACKET, type PacketTable } from './packet-table.ts';
import type { PacketList } from './queue/packet-list.ts';
import type { QueueDiscipline } from './queue/queue-discipline.ts';
import type { Tap } from './tap.ts';

// Private names: V8 folds them into hot code, while imported ones are loaded and checked each time.
const { DELAY_NS_INDEX, DELIVERED_PACKETS_INDEX, MTU_BYTES_INDEX, OFFERED_PACKETS_INDEX } = layout;
const { OVERHEAD_BYTES_INDEX, RATE_BPS_INDEX, REMAINDER_INDEX, WAKE_AT_NS_INDEX } = layout;
const {
  CURRENT_PACKET_WORD,
  FLAGS_WORD,
  TO_NODE_WORD,
  PIPE_COUNT_WORD,
  PIPE_FIRST_WORD,
  PIPE_LAST_WORD,
  STATE_STRIDE,
  WORD_STRIDE,
} = layout;
const { BIT_NS_PER_BYTE, PIPE_HEAD_EVENT, RELEASED_EVENT, WAKE_EVENT } = layout;
const {
  ENTRY_DOWN_BIT,
  ENTRY_PARTITION_BIT,
  ENTRY_SENDER_DOWN_BIT,
  EXIT_MASK,
  EXIT_HELD_BIT,
  EXIT_PARTITION_BIT,
} = masks;
const NIL = NO_PACKET;

const NO_TAPS: readonly Tap[] = [];

/** Numbers and names of a direction, and the indices of its end nodes. */
export interface LinkDirectionIdentity {
  readonly id: number;
  readonly linkId: string;
  readonly name: string;
  readonly fromNode: number;
  readonly toNode: number;
}

/**
 * The rare steps of packets on a direction; the subclass `LinkDirection` (direction.ts) makes queue, bucket
 * and the like.
 */
export abstract class LinkDirectionBase implements LinkDirectionView {
  readonly id: number;
  readonly toNode: number;
  protected readonly base: number;
  protected readonly word: number;
  protected readonly context: LinkDirectionContext;
  protected readonly scheduler: Scheduler;
  protected readonly table: PacketTable;
  /** Replaces the FIFO of the pipe once packets may overtake each other. */
  protected overtaking: PacketHeap | undefined;
  readonly fromNode: number;
  readonly linkId: string;
  readonly name: string;
  /** Rate, delay, queue and impairments at present; faults may have changed them. */
  spec: LinkDirectionSpec;
  /** Number of copies made by duplication. */
  duplicated = 0;
  /** Number of packets injected by taps. */
  injected = 0;
  /** How often the sum of delay and jitter was negative and was set to 0. */
  jitterClamped = 0;
  /** Created when the first packet has to wait. */
  protected lazyQueue: QueueDiscipline | undefined;
  protected impairments: Impairments | undefined;
  protected bucket: LinkTokenBucket | undefined;
  protected contacts: ContactPlan | undefined;
  protected taps: readonly Tap[] = NO_TAPS;
  protected held: PacketList | undefined;
  protected released: PacketList | undefined;
  protected drops: Uint32Array | undefined;

  constructor(
    context: LinkDirectionContext,
    identity: LinkDirectionIdentity,
    spec: LinkDirectionSpec,
  ) {
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
    state[this.base + WAKE_AT_NS_INDEX] = -1;
    words[this.word + CURRENT_PACKET_WORD] = NIL;
    words[this.word + PIPE_FIRST_WORD] = NIL;
    words[this.word + PIPE_LAST_WORD] = NIL;
    words[this.word + TO_NODE_WORD] = identity.toNode;
  }

  /** The queue discipline that the specification names; called once. */
  protected abstract makeQueue(): QueueDiscipline;

  get plan(): LinkDirectionSpec['contacts'] {
    return this.spec.contacts;
  }

  get pace(): RateAndDelay {
    const { state } = this.context;
    return {
      rateBps: state[this.base + RATE_BPS_INDEX] as number,
      delayNs: state[this.base + DELAY_NS_INDEX] as number,
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
    return this.context.state[this.base + OFFERED_PACKETS_INDEX] as number;
  }
  set offered(value: number) {
    this.context.state[this.base + OFFERED_PACKETS_INDEX] = value;
  }

  /** Number of packets handed to the receiver, which counts them. */
  get delivered(): number {
    return this.context.state[this.base + DELIVERED_PACKETS_INDEX] as number;
  }

  /** The packet in the transmitter. */
  protected get current(): number {
    return this.context.words[this.word + CURRENT_PACKET_WORD] as number;
  }
  protected set current(value: number) {
    this.context.words[this.word + CURRENT_PACKET_WORD] = value;
  }

  /** The packet that arrives next. */
  protected get pipeHead(): number {
    return this.context.words[this.word + PIPE_FIRST_WORD] as number;
  }
  protected set pipeHead(value: number) {
    this.context.words[this.word + PIPE_FIRST_WORD] = value;
  }

  /** Number of packets in the pipe. */
  protected get pipePackets(): number {
    return this.context.words[this.word + PIPE_COUNT_WORD] as number;
  }
  protected set pipePackets(value: number) {
    this.context.words[this.word + PIPE_COUNT_WORD] = value;
  }

  protected get mtu(): number {
    return this.context.state[this.base + MTU_BYTES_INDEX] as number;
  }
  protected set mtu(value: number) {
    this.context.state[this.base + MTU_BYTES_INDEX] = value;
  }

  protected get overhead(): number {
    return this.context.state[this.base + OVERHEAD_BYTES_INDEX] as number;
  }
  protected set overhead(value: number) {
    this.context.state[this.base + OVERHEAD_BYTES_INDEX] = value;
  }

  /** True if one of the bits of direction-masks.ts is set. */
  protected has(bits: number): boolean {
    return ((this.context.words[this.word + FLAGS_WORD] as number) & bits) !== 0;
  }

  /** Sets or clears some of the bits of direction-masks.ts. */
  protected mark(bits: number, isSet = true): void {
    const { words } = this.context;
    const flags = words[this.word + FLAGS_WORD] as number;
    words[this.word + FLAGS_WORD] = isSet ? flags | bits : flags & ~bits;
  }

  /** Makes every step of a packet a method call of this object, for a defective direction that overrides it. */
  overrideSteps(): void {
    this.mark(masks.OVERRIDDEN_BIT);
  }

  /** Takes a packet from the sender. @returns false if the queue was full; the packet is then gone. */
  offer(packet: number): boolean {
    return this.context.offer(this.id, packet);
  }

  /** The rest of {@link offer} for a packet that may have to wait. */
  takeOffered(packet: number): boolean {
    if (this.current === NIL && !this.has(masks.QUEUE_ALWAYS_BIT)) {
      this.transmit(packet);
      return true;
    }
    if (!this.queue.push(packet)) {
      // The limits of the queue do not apply to a packet that can start at once.
      const isNext = this.current === NIL && this.queue.packets === 0;
      const starts = isNext && this.readyAt(packet) <= this.scheduler.now;
      if (starts) this.start(packet);
      else this.drop(packet, DROP_QUEUE_FULL);
      return starts;
    }
    this.mark(masks.BACKLOG_BIT);
    if (this.current === NIL) this.pump();
    return true;
  }

  /** Called when the transmitter has sent the last bit. */
  onTransmitted(): void {
    this.context.onTransmitted(this.id);
  }

  /** Called when the packet at the head of the pipe has arrived. */
  onPipeHead(): void {
    this.context.onPipeHead(this.id);
  }

  /** Handles the rare kinds of events of this direction; events that occur at every hop have separate functions. */
  fireRare(kind: number): void {
    if (kind === WAKE_EVENT) this.onWake();
    else if (kind === RELEASED_EVENT) this.onReleased();
  }

  /** Drops a packet and counts the reason; also called by the receiver for a packet that it cannot deliver. */
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
    if (state[this.base + RATE_BPS_INDEX] === rateBps) return;
    state[this.base + RATE_BPS_INDEX] = rateBps;
    state[this.base + REMAINDER_INDEX] = 0;
    this.context.observer?.onPace?.(this);
  }

  /** Sets a new delay for packets that enter the pipe from now on. */
  protected setDelay(delayNs: number): void {
    const { state } = this.context;
    if (state[this.base + DELAY_NS_INDEX] === delayNs) return;
    state[this.base + DELAY_NS_INDEX] = delayNs;
    this.context.observer?.onPace?.(this);
  }

  /** Puts a packet into the pipe, bypassing queue, transmitter and impairments. */
  inject(packet: number): void {
    this.injected += 1;
    if (this.has(ENTRY_DOWN_BIT)) {
      this.drop(packet, DROP_LINK_DOWN);
      return;
    }
    this.context.observer?.onCopied?.(this, packet, NIL);
    this.travel(packet, this.context.state[this.base + DELAY_NS_INDEX] as number);
  }

  /** Begins the serialisation. */
  protected transmit(packet: number): void {
    this.context.transmit(this.id, packet);
  }

  /** Begins the serialisation of the next packet of the queue. */
  serveBacklog(): void {
    if (this.has(masks.QUEUE_ALWAYS_BIT)) {
      this.pump();
      return;
    }
    const next = this.queue.pop();
    if (next === NIL) {
      this.mark(masks.BACKLOG_BIT, false);
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
   * Applies taps and impairments in their order: loss, corruption, duplication, delay, reordering
   * (docs/spec/link-model.md#impairments).
   */
  enterImpaired(packet: number): void {
    for (const tap of this.taps) {
      if (tap.onPacket(this.table, packet) === 'drop') {
        this.drop(packet, DROP_TAP);
        return;
      }
    }
    const delay = this.context.state[this.base + DELAY_NS_INDEX] as number;
    const impairments = this.impairments;
    if (impairments === undefined || !Impairments.isNeeded(this.spec)) {
      this.travel(packet, delay);
      return;
    }
    const { fate } = impairments;
    impairments.decide(this.table, packet, this.scheduler.now);
    if (fate.isLost) {
      this.drop(packet, DROP_LOSS);
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

  /** Implements netem's reordering: the packet skips the delay and overtakes packets in the pipe. */
  protected hurry(packet: number): void {
    this.table.arriveAt[packet] = this.scheduler.now;
    if (this.context.pushPipe(this.id, packet)) this.scheduler.post(0, PIPE_HEAD_EVENT, this.id);
  }

  protected cut(delay: number): number {
    if (delay >= 0) return delay;
    this.jitterClamped += 1;
    return 0;
  }

  /** Starts transmissions as long as a packet may go now. */
  protected pump(): void {
    if (this.contacts?.atEnd === 'drop') this.endContact(this.contacts);
    while (this.current === NIL && this.has(masks.BACKLOG_BIT)) {
      const packet = this.queue.peek();
      if (packet === NIL) {
        this.mark(masks.BACKLOG_BIT, false);
        return;
      }
      const readyAt = this.readyAt(packet);
      if (readyAt > this.scheduler.now) {
        this.wakeAt(readyAt);
        return;
      }
      this.queue.pop();
      this.start(packet);
    }
  }

  /** Begins the serialisation of a packet that need not wait any longer. */
  private start(packet: number): void {
    const bytes = (this.table.length[packet] as number) + this.overhead;
    // A policing bucket was already charged when the packet was offered.
    if (this.bucket?.mode === 'shape') this.bucket.take(bytes, this.scheduler.now);
    this.transmit(packet);
  }

  /** True while nothing is sent because the rate is 0, as a trace can set it. */
  protected get isStill(): boolean {
    return this.context.state[this.base + RATE_BPS_INDEX] === 0;
  }

  /** Earliest instant at which rate, bucket and contacts may let the packet be sent; it is checked again then. */
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
    const rate = this.context.state[this.base + RATE_BPS_INDEX] as number;
    // A packet that would not finish in time is not started (docs/spec/link-model.md#contacts).
    return now + (bytes * BIT_NS_PER_BYTE) / rate > contact.endNs ? contact.endNs : now;
  }

  /** Drops what waits in the link, if a contact has ended since the last call. */
  private endContact(contacts: ContactPlan): void {
    if (!contacts.takeEnd(this.scheduler.now)) return;
    this.lazyQueue?.flush((packet) => this.drop(packet, DROP_NO_CONTACT));
  }

  protected wakeAt(time: number): void {
    const { state } = this.context;
    if (time === Number.POSITIVE_INFINITY || state[this.base + WAKE_AT_NS_INDEX] === time) return;
    state[this.base + WAKE_AT_NS_INDEX] = time;
    this.scheduler.post(time - this.scheduler.now, WAKE_EVENT, this.id);
  }

  protected onWake(): void {
    const { state } = this.context;
    if (state[this.base + WAKE_AT_NS_INDEX] !== this.scheduler.now) return;
    state[this.base + WAKE_AT_NS_INDEX] = -1;
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
    if (this.has(ENTRY_SENDER_DOWN_BIT)) return DROP_NODE_DOWN;
    if (this.has(ENTRY_DOWN_BIT)) return DROP_LINK_DOWN;
    if (this.has(ENTRY_PARTITION_BIT)) return DROP_PARTITION;
    const now = this.scheduler.now;
    const { contacts } = this;
    if (contacts?.atEnd === 'drop') this.endContact(contacts);
    if (contacts?.outside === 'drop' && !contacts.isOpen(now)) return DROP_NO_CONTACT;
    if (this.bucket?.mode !== 'police') return NIL;
    const bytes = (this.table.length[packet] as number) + this.overhead;
    if (this.bucket.eligibleAt(bytes) > now) return DROP_POLICED;
    this.bucket.take(bytes, now);
    return NIL;
  }

  /** Called for a packet that has arrived but may not be delivered: withholds or drops it. */
  leaveHeldBack(packet: number): void {
    if (this.has(EXIT_HELD_BIT)) this.held?.push(packet);
    else if (this.has(EXIT_PARTITION_BIT)) this.drop(packet, DROP_PARTITION);
    else this.drop(packet, DROP_NODE_DOWN);
  }

  protected onReleased(): void {
    const packet = this.released?.shift() ?? NIL;
    // The direction went down after the packets were released, so no packet is left to arrive.
    if (packet === NIL) return;
    if (this.has(EXIT_MASK)) this.leaveHeldBack(packet);
    else this.context.arrive(this.id, packet);
  }
}

/** The earlier of an instant and the end of the contact that is open or next. */
function beforeEnd(time: number, contact: Contact | undefined): number {
  return contact === undefined ? time : Math.min(time, contact.endNs);
}
