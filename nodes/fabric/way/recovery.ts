/**
 * What is under way to one peer over one way: loss and probes (RFC 9002 sections 5 and 6).
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Acknowledgement } from './received.ts';
import { RoundTrip } from './round-trip.ts';
import { type Departure, Window } from './window.ts';

/** How a way is watched. */
export interface RecoveryOptions {
  /** The largest packet. */
  readonly packetBytes: number;
  /** Spreads probe time-outs by 20 %, so that peers do not fall in step. */
  readonly random: Random;
  /** Defective double: the window never shrinks. */
  readonly isFixedWindow?: boolean;
}

interface Sent<Content> {
  readonly number: number;
  readonly bytes: number;
  readonly content: Content;
  readonly departure: Departure;
  next: Sent<Content> | undefined;
}

const PACKET_THRESHOLD = 3; // RFC 9002 section 6.1.1
const MAX_PACKET_THRESHOLD = 4096;
const TIME_EIGHTHS = 9; // RFC 9002 section 6.1.2
const MAX_TIME_EIGHTHS = 24;
const FIRST_PROBE_NS = 250_000_000;
const MAX_PROBE_NS = 10_000_000_000;
/** Later probes replace the packet they repeat: a closed way needs no more memory. */
const MAX_KEPT_PROBES = 256;
const MAX_LOST_REMEMBERED = 64;

/** Loss recovery of one way; `Content` is what the caller sends again. */
export class Recovery<Content> {
  // Linked in the order of sending: an acknowledgement walks only what it tells, and what is lost
  // is always a beginning of it.
  #head: Sent<Content> | undefined;
  #tail: Sent<Content> | undefined;
  #next = 0;
  #largest = -1;
  #inFlight = 0;
  #timeouts = 0;
  #backOff = 0;
  #factor: number;
  #timerFrom: Nanoseconds = 0;
  #openedAt: Nanoseconds | undefined;
  #threshold = PACKET_THRESHOLD;
  #eighths = TIME_EIGHTHS;
  #lostNumbers: number[] = [];
  readonly #roundTrip = new RoundTrip();
  readonly #window: Window;
  readonly #random: Random;
  readonly #packetBytes: number;

  constructor(options: RecoveryOptions) {
    this.#random = options.random;
    this.#packetBytes = options.packetBytes;
    this.#window = new Window(options.packetBytes, options.isFixedWindow ?? false);
    this.#factor = this.#spread();
  }

  /** Bytes that may leave now within the window; <= 0 if none. */
  get room(): number {
    return this.#window.bytes - this.#inFlight;
  }

  /** Consecutive probe time-outs without any acknowledgement. */
  get timeouts(): number {
    return this.#timeouts;
  }

  /** Bytes under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Bytes that may be under way. */
  get window(): number {
    return this.#window.bytes;
  }

  /** The smoothed round trip, nanoseconds. */
  get smoothedNs(): number | undefined {
    return this.#roundTrip.smoothedNs;
  }

  /** The least round trip of late, nanoseconds. */
  get leastNs(): number | undefined {
    return this.#roundTrip.leastNs;
  }

  /** A packet leaves. Those that elicit nothing are not kept. @returns its number. */
  sent(now: Nanoseconds, bytes: number, content: Content, isEliciting: boolean): number {
    const number = this.#next;
    this.#next += 1;
    if (!isEliciting) return number;
    const departure = this.#window.departure(now, this.#inFlight);
    const sent: Sent<Content> = { number, bytes, content, departure, next: undefined };
    if (this.#tail === undefined) this.#head = sent;
    else this.#tail.next = sent;
    this.#tail = sent;
    this.#inFlight += bytes;
    this.#timerFrom = now; // RFC 9002 section 6.2.1: restarted by each eliciting packet
    return number;
  }

  /** @returns what is newly acknowledged and lost; undefined if it tells what was never sent. */
  acknowledged(
    now: Nanoseconds,
    acknowledgement: Acknowledgement,
  ): { readonly acked: readonly Content[]; readonly lost: readonly Content[] } | undefined {
    if (!(acknowledgement.largest < this.#next)) return undefined;
    if (this.room >= this.#packetBytes) this.#window.limited(this.#inFlight);
    this.#largest = Math.max(this.#largest, acknowledgement.largest);
    this.#forgive(acknowledgement);
    const acked: Content[] = [];
    const before = this.#inFlight;
    const latest = this.#takeAcked(acknowledgement, acked);
    if (latest !== undefined) {
      if (latest.number === acknowledgement.largest) this.#measure(now, latest, acknowledgement);
      this.#timeouts = 0;
      this.#backOff = 0;
      this.#timerFrom = now;
    }
    const ackedBytes = before - this.#inFlight;
    const lost = this.#takeLost(now);
    const leastNs = this.#roundTrip.leastNs;
    if (latest !== undefined && leastNs !== undefined)
      this.#window.acknowledged(now, ackedBytes, latest.departure, leastNs);
    return { acked, lost };
  }

  /** When something is due by itself; Infinity if nothing is under way. */
  nextAt(): Nanoseconds {
    const head = this.#head;
    if (head === undefined) return Number.POSITIVE_INFINITY;
    if (this.#openedAt !== undefined) return this.#openedAt;
    if (head.number < this.#largest)
      return head.departure.sentAt + this.#roundTrip.lossNs(this.#eighths);
    return this.#timerFrom + this.#probeNs();
  }

  /** At nextAt(): what is lost by time, or the oldest content to send again as a probe. */
  due(now: Nanoseconds): { readonly lost: readonly Content[]; readonly probe?: Content } {
    if (now < this.nextAt()) return { lost: [] };
    const isOpened = this.#openedAt !== undefined;
    this.#openedAt = undefined;
    const lost = this.#takeLost(now);
    const head = this.#head;
    if (head === undefined || (lost.length > 0 && !isOpened)) return { lost };
    this.#timeouts += 1;
    this.#backOff += 1;
    this.#factor = this.#spread();
    this.#timerFrom = now;
    if (this.#timeouts > MAX_KEPT_PROBES) this.#unlink(undefined, head);
    return { lost, probe: head.content };
  }

  /** The way is said to be open again: the next probe is due at once, without back-off. */
  opened(now: Nanoseconds): void {
    this.#backOff = 0;
    if (this.#head !== undefined) this.#openedAt = now;
  }

  /** Forgets everything under way. @returns its contents. */
  abandon(): readonly Content[] {
    const contents: Content[] = [];
    for (let sent = this.#head; sent !== undefined; sent = sent.next) contents.push(sent.content);
    this.#head = undefined;
    this.#tail = undefined;
    this.#inFlight = 0;
    this.#timeouts = 0;
    this.#backOff = 0;
    this.#openedAt = undefined;
    return contents;
  }

  #takeAcked({ largest, ranges }: Acknowledgement, acked: Content[]): Sent<Content> | undefined {
    let at = ranges.length - 1;
    let previous: Sent<Content> | undefined;
    let latest: Sent<Content> | undefined;
    for (let sent = this.#head; sent !== undefined && sent.number <= largest; sent = sent.next) {
      while (at >= 0 && (ranges[at]?.[1] ?? 0) < sent.number) at -= 1;
      if (sent.number < (ranges[at]?.[0] ?? Number.POSITIVE_INFINITY)) {
        previous = sent;
        continue;
      }
      acked.push(sent.content);
      this.#unlink(previous, sent);
      latest = sent;
    }
    return latest;
  }

  #unlink(previous: Sent<Content> | undefined, sent: Sent<Content>): void {
    if (previous === undefined) this.#head = sent.next;
    else previous.next = sent.next;
    if (this.#tail === sent) this.#tail = previous;
    this.#inFlight -= sent.bytes;
  }

  /** RFC 9002 section 6.1: by packets or by time, always the oldest first. */
  #takeLost(now: Nanoseconds): Content[] {
    const lost: Content[] = [];
    const sentBefore = now - this.#roundTrip.lossNs(this.#eighths);
    for (let sent = this.#head; sent !== undefined; sent = this.#head) {
      if (sent.number >= this.#largest) break;
      const isOld = sent.departure.sentAt <= sentBefore;
      if (!isOld && this.#largest - sent.number < this.#threshold) break;
      lost.push(sent.content);
      this.#unlink(undefined, sent);
      this.#window.lost(sent.bytes);
      this.#lostNumbers.push(sent.number);
      if (this.#lostNumbers.length > MAX_LOST_REMEMBERED) this.#lostNumbers.shift();
    }
    return lost;
  }

  /** What was declared lost and arrived: wait longer from now on (RFC 9002 section 6.1.1). */
  #forgive({ ranges }: Acknowledgement): void {
    if (this.#lostNumbers.length === 0) return;
    const isTold = (number: number): boolean =>
      ranges.some(([first, last]) => first <= number && number <= last);
    if (!this.#lostNumbers.some(isTold)) return;
    this.#lostNumbers = this.#lostNumbers.filter((number) => !isTold(number));
    this.#threshold = Math.min(MAX_PACKET_THRESHOLD, 2 * this.#threshold);
    this.#eighths = Math.min(MAX_TIME_EIGHTHS, this.#eighths + 1);
  }

  #measure(now: Nanoseconds, latest: Sent<Content>, { delayNs }: Acknowledgement): void {
    const ns = now - latest.departure.sentAt;
    this.#window.roundTrip(ns);
    if (this.#roundTrip.sample(now, ns, delayNs)) this.#window.drain();
  }

  /** RFC 9002 section 6.2.1; the cap bounds the back-off, never a longer round trip. */
  #probeNs(): number {
    const measured = this.#roundTrip.probeNs;
    const base = measured ?? FIRST_PROBE_NS;
    if (measured !== undefined && this.#backOff === 0) return base;
    const doubled = Math.min(
      base * (1 << Math.min(this.#backOff, 30)),
      Math.max(base, MAX_PROBE_NS),
    );
    return Math.round(doubled * this.#factor);
  }

  #spread(): number {
    return 0.8 + 0.4 * this.#random.uniform();
  }
}
