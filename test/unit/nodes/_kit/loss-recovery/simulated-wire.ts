/**
 * Flows of packets over a small simulated wire: a sender with `LossRecovery`, a receiver with
 * `ReceivedPackets`, driven as lanes of fabric drive them.
 *
 * @module
 */
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import type { Random } from '../../../../../engine/host/random.ts';
import { DeadlineHeap } from '../../../../../nodes/_kit/deadlines.ts';
import { LossRecovery } from '../../../../../nodes/_kit/loss-recovery/loss-recovery.ts';
import {
  type Acknowledgement,
  ReceivedPackets,
} from '../../../../../nodes/_kit/loss-recovery/received-packets.ts';

export const MS = 1_000_000;
export const SECOND = 1_000 * MS;
export const MINUTE = 60 * SECOND;
/** Bytes of a packet, and those of them that are of a message (head and one piece's head). */
export const PACKET = 1_200;
export const DATA = PACKET - 23 - 18;

/** Bits per second as bytes/ns. */
export function bits(perSecond: number): number {
  return perSecond / 8 / SECOND;
}

/** What a wire does; probabilities are per packet, and hold for acknowledgements too. */
export interface WireOptions {
  /** Bytes/ns; Infinity by default. */
  readonly rate?: number;
  /** One way; drawn for each packet if a function. */
  readonly delayNs: number | ((now: number, random: Random) => number);
  /** Packets that wait at the most; more are dropped. */
  readonly queue?: number;
  readonly loss?: number;
  readonly duplication?: number;
  /** Share of packets that come up to `lateNs` later than the others. */
  readonly reordering?: number;
  readonly lateNs?: number;
  /** True while nothing passes. */
  readonly isDown?: (now: number) => boolean;
}

/** The clock and the wires' common queue. */
export class World {
  now = 0;
  readonly #events = new DeadlineHeap<() => void>();
  readonly random: Random;
  readonly options: WireOptions;
  #freeAt = 0;

  constructor(options: WireOptions, seed: number) {
    this.options = options;
    this.random = openRandomStream(seed, 'wire', 'wire');
  }

  at(ns: number, run: () => void): void {
    this.#events.add(Math.max(ns, this.now), run);
  }

  /** Runs until `isDone`, or until nothing happens any more, or until the limit. */
  run(isDone: () => boolean, limitNs = Number.POSITIVE_INFINITY): void {
    while (!isDone()) {
      const at = this.#events.nextAt;
      if (at === undefined || at > limitNs) {
        this.now = Math.max(this.now, Math.min(limitNs, at ?? limitNs));
        return;
      }
      this.now = at;
      this.#events.takeDue(at)?.();
    }
  }

  /** A packet of a sender. */
  forth(bytes: number, arrive: () => void): void {
    const { rate = Number.POSITIVE_INFINITY, queue = Number.POSITIVE_INFINITY } = this.options;
    const takesNs = bytes / rate;
    const waitsNs = Math.max(0, this.#freeAt - this.now);
    if (takesNs > 0 && waitsNs / takesNs > queue) return;
    this.#freeAt = this.now + waitsNs + takesNs;
    this.#pass(Math.ceil(this.#freeAt), arrive);
  }

  /** An acknowledgement; the way back has no queue. */
  back(arrive: () => void): void {
    this.#pass(this.now, arrive);
  }

  #pass(leavesNs: number, arrive: () => void): void {
    const { random, options } = this;
    const { loss = 0, duplication = 0, reordering = 0, lateNs = 0, isDown } = options;
    if (isDown?.(this.now) === true) return;
    if (loss > 0 && random.chance(loss)) return;
    const copies = duplication > 0 && random.chance(duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const { delayNs } = options;
      const ownNs = typeof delayNs === 'number' ? delayNs : delayNs(leavesNs, random);
      const late = reordering > 0 && random.chance(reordering) ? random.uniform() * lateNs : 0;
      this.at(leavesNs + Math.ceil(ownNs + late), arrive);
    }
  }
}

/** What is in a packet: the index of a part of a message; -1 is a question. */
type Part = number;

/** One sender and one receiver. */
export class Flow {
  readonly recovery: LossRecovery<Part>;
  readonly #world: World;
  #received = new ReceivedPackets();
  /** Parts to be sent again, then the next ones up to the end. */
  #again: Part[] = [];
  #next = 0;
  #end = 0;
  readonly #here = new Set<Part>();
  readonly #there = new Set<Part>();
  readonly #packetsHere = new Set<number>();
  #roomAt = Number.POSITIVE_INFINITY;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Bytes that left, and those of parts that had left before. */
  sentBytes = 0;
  againBytes = 0;
  /** Bytes of parts that arrived in more than one packet. */
  needlessBytes = 0;
  /** The highest and the sum of the smoothed round trips at acknowledgements. */
  smoothedNsMax = 0;
  inFlightMax = 0;

  constructor(world: World, seed: number, isFixedWindow = false) {
    this.#world = world;
    const random = openRandomStream(seed, 'flow', 'probes');
    const waitNsMax = 10 * SECOND;
    this.recovery = new LossRecovery({ packetBytes: PACKET, waitNsMax, random, isFixedWindow });
  }

  /** Parts that the receiver has. */
  get arrived(): number {
    return this.#here.size;
  }

  /** True if the sender knows that all has arrived. */
  get isDone(): boolean {
    return this.#there.size === this.#end;
  }

  /** A message is to be sent. */
  offer(bytes: number): void {
    this.#end += Math.ceil(bytes / DATA);
    this.#turn();
  }

  /** Sends a message and waits until it is acknowledged. @returns the time it took. */
  deliver(bytes: number, limitNs = Number.POSITIVE_INFINITY): number {
    const world = this.#world;
    const startNs = world.now;
    this.offer(bytes);
    world.run(() => this.isDone, limitNs);
    return world.now - startNs;
  }

  forget(): void {
    this.sentBytes = 0;
    this.againBytes = 0;
    this.needlessBytes = 0;
    this.smoothedNsMax = 0;
    this.inFlightMax = 0;
  }

  #take(): Part | undefined {
    for (let part = this.#again.pop(); part !== undefined; part = this.#again.pop()) {
      if (!this.#there.has(part)) return part;
    }
    if (this.#next === this.#end) return undefined;
    this.#next += 1;
    return this.#next - 1;
  }

  get #hasMore(): boolean {
    while (this.#again.length > 0 && this.#there.has(this.#again.at(-1) as Part)) this.#again.pop();
    return this.#again.length > 0 || this.#next < this.#end;
  }

  /** As `WaySelector.send`, then the timer of both sides. */
  #turn(): void {
    const { recovery } = this;
    const { now } = this.#world;
    while (recovery.room(now) > 0) {
      const part = this.#take();
      if (part === undefined) break;
      this.#send(part);
    }
    this.#roomAt = this.#hasMore ? recovery.roomAt(now) : Number.POSITIVE_INFINITY;
    if (recovery.inFlight > this.inFlightMax) this.inFlightMax = recovery.inFlight;
    const at = Math.min(this.#roomAt, recovery.nextAt());
    if (at === Number.POSITIVE_INFINITY || at >= this.#timerAt) return;
    this.#timerAt = at;
    this.#world.at(at, () => this.#timer(at));
  }

  #timer(at: number): void {
    if (at === this.#timerAt) this.#timerAt = Number.POSITIVE_INFINITY;
    const { recovery } = this;
    const { now } = this.#world;
    if (recovery.nextAt() <= now) {
      const { lost, probe } = recovery.due(now);
      this.#lost(lost);
      if (probe !== undefined) this.#probe(probe);
    }
    this.#turn();
  }

  /** As `WaySelector.#timeOut`. */
  #probe(part: Part): void {
    if (part >= 0 && !this.#there.has(part)) this.#send(part);
    else if (this.isDone) this.recovery.abandon();
    else this.#send(this.#take() ?? -1);
  }

  #lost(parts: readonly Part[]): void {
    for (let at = parts.length - 1; at >= 0; at -= 1) {
      const part = parts[at] as Part;
      if (part >= 0 && !this.#there.has(part)) this.#again.push(part);
    }
  }

  #left = 0;

  #send(part: Part): void {
    const world = this.#world;
    const bytes = part < 0 ? PACKET - DATA : PACKET;
    this.sentBytes += bytes;
    if (part >= 0 && part < this.#left) this.againBytes += bytes;
    if (part >= this.#left) this.#left = part + 1;
    const number = this.recovery.sent(world.now, bytes, part);
    world.forth(bytes, () => this.#arrive(number, part));
  }

  #arrive(number: number, part: Part): void {
    const { now } = this.#world;
    if (part >= 0 && this.#here.has(part) && !this.#packetsHere.has(number))
      this.needlessBytes += PACKET;
    this.#packetsHere.add(number);
    if (part >= 0) this.#here.add(part);
    this.#received.note(now, number, true);
    this.#acknowledge();
  }

  #acknowledgeAt = Number.POSITIVE_INFINITY;

  #acknowledge(): void {
    const world = this.#world;
    const at = this.#received.nextAt();
    if (at === Number.POSITIVE_INFINITY) return;
    if (at > world.now) {
      if (at >= this.#acknowledgeAt) return;
      this.#acknowledgeAt = at;
      world.at(at, () => {
        if (at === this.#acknowledgeAt) this.#acknowledgeAt = Number.POSITIVE_INFINITY;
        this.#acknowledge();
      });
      return;
    }
    const acknowledgement = this.#received.take(world.now);
    if (acknowledgement !== undefined) world.back(() => this.#acknowledged(acknowledgement));
  }

  #acknowledged(acknowledgement: Acknowledgement): void {
    const { recovery } = this;
    const outcome = recovery.acknowledged(this.#world.now, acknowledgement);
    if (outcome === undefined) throw new Error('a packet is acknowledged that was never sent');
    for (const part of outcome.acked) if (part >= 0) this.#there.add(part);
    this.#lost(outcome.lost);
    this.smoothedNsMax = Math.max(this.smoothedNsMax, recovery.smoothedNs ?? 0);
    this.#turn();
  }
}
