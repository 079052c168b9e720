/**
 * Follows the packets in flight to one peer over one path: which have arrived, which are lost, and when to
 * send a probe (RFC 9002 section 6).
 *
 * The time-out begins at the last acknowledgement, at the last time-out, or at the first packet that was sent while
 * none was in flight. Unlike in section 6.2.1, it does not begin anew with each packet: an application that sends more
 * often than the time-out would otherwise never learn that nobody answers.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { withJitter } from '../back-off.ts';
import { CongestionWindow, type SentPacketState } from './congestion-window.ts';
import { ACK_DELAY_MAX_NS, type Acknowledgement } from './received-packets.ts';
import { RoundTrip, subtractAckDelayNs } from './round-trip.ts';

/** A packet counts as lost if a packet sent this many packets later has arrived (section 6.1.1, kPacketThreshold). */
const PACKET_THRESHOLD = 3;
/** Number of round trips after its sending at which a packet counts as lost (section 6.1.2, kTimeThreshold). */
const TIME_THRESHOLD = 9 / 8;
const TIME_THRESHOLD_STEP = 1 / 4;
const TIME_THRESHOLD_MAX = 4;
/** Largest number of lost packets whose late arrival is recognised. */
const LOST_KEPT = 64;
const DOUBLINGS_MAX = 16;
/** Number of time-outs in a row, some 20 minutes, after which each further one gives up the oldest packet. */
const PROBES_KEPT = 128;
/** Largest number of unused elements at the front of the list of packets; with more, the list is copied. */
const UNUSED_FRONT_MAX = 256;

/** Parameters of loss recovery. */
export interface LossRecoveryOptions {
  /** Largest packet, bytes. */
  readonly packetBytes: number;
  /**
   * Longest time between probes, ns, unless the round trip is longer: a peer that returns is noticed after this time at
   * most.
   */
  readonly waitNsMax: Nanoseconds;
  readonly random: Random;
  /** True for a defective double, for tests: the window never shrinks. */
  readonly isFixedWindow?: boolean;
}

/** A packet in flight. */
interface Sent<Content> extends SentPacketState {
  readonly content: Content;
}

/** Contents of the packets that an acknowledgement shows to have arrived or to be lost, in the order of sending. */
export interface AcknowledgementOutcome<Content> {
  readonly acked: readonly Content[];
  readonly lost: readonly Content[];
}

/** Follows the packets to one peer over one path until they have arrived or are lost. */
export class LossRecovery<Content> {
  readonly #waitNsMax: Nanoseconds;
  readonly #random: Random;
  readonly #roundTrip = new RoundTrip();
  readonly #window: CongestionWindow;
  /** Packets from number `#base - #free` on; an element is undefined once its packet is acknowledged or lost. */
  #sent: (Sent<Content> | undefined)[] = [];
  /** Number of unused elements at the front of `#sent`. */
  #free = 0;
  /** Number of the oldest packet in flight; the next number if none is in flight. */
  #base = 0;
  #next = 0;
  #largestAcked = -1;
  #inFlight = 0;
  #packets = 0;
  #packetThreshold = PACKET_THRESHOLD;
  #timeThreshold = TIME_THRESHOLD;
  readonly #lost: number[] = [];
  #timeouts = 0;
  #lossAt: Nanoseconds = Number.POSITIVE_INFINITY;
  #askAt: Nanoseconds = Number.POSITIVE_INFINITY;

  constructor({ packetBytes, waitNsMax, random, isFixedWindow = false }: LossRecoveryOptions) {
    this.#waitNsMax = waitNsMax;
    this.#random = random;
    this.#window = new CongestionWindow(packetBytes, isFixedWindow);
  }

  /** Number of bytes that may be sent now; 0 or negative if none. */
  room(now: Nanoseconds): number {
    return Math.min(this.#window.bytes - this.#inFlight, this.#window.allowance(now));
  }

  /**
   * Called when more would be sent if window and pace allowed it.
   * @returns when the pace allows it, ns; Infinity if the window is full.
   */
  roomAt(now: Nanoseconds): Nanoseconds {
    this.#window.wasFilled();
    if (this.#window.bytes <= this.#inFlight) return Number.POSITIVE_INFINITY;
    return this.#window.allowedAt(now);
  }

  /** Number of bytes in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Number of bytes that may be in flight. */
  get window(): number {
    return this.#window.bytes;
  }

  /** Smoothed round-trip time; undefined before the first sample. */
  get smoothedNs(): Nanoseconds | undefined {
    return this.#roundTrip.smoothedNs;
  }

  /** The last round trip that was measured; undefined before the first. */
  get lastNs(): Nanoseconds | undefined {
    return this.#roundTrip.lastNs;
  }

  /** Number of time-outs since the last acknowledgement. */
  get timeouts(): number {
    return this.#timeouts;
  }

  // hot: once per packet.
  /** Called when a packet that must be acknowledged is sent. @returns its number. */
  sent(now: Nanoseconds, bytes: number, content: Content): number {
    const number = this.#next;
    this.#next += 1;
    if (this.#packets === 0) this.#askAt = now + this.#waitNs();
    this.#window.leaving(now, bytes, this.#inFlight === 0);
    this.#sent.push({ content, bytes, atNs: now, ...this.#window.facts });
    this.#packets += 1;
    this.#inFlight += bytes;
    return number;
  }

  /** Processes an acknowledgement. @returns the packets arrived and lost; undefined if it names an unsent packet. */
  acknowledged(
    now: Nanoseconds,
    { largest, delayNs, ranges }: Acknowledgement,
  ): AcknowledgementOutcome<Content> | undefined {
    if (largest >= this.#next) return undefined;
    const acked: Content[] = [];
    let newest: Sent<Content> | undefined;
    let bytes = 0;
    for (let at = ranges.length - 1; at >= 0; at -= 1) {
      const [first, last] = ranges[at] as readonly [number, number];
      for (let number = Math.max(first, this.#base); number <= last; number += 1) {
        const packet = this.#take(number);
        if (packet === undefined) continue;
        acked.push(packet.content);
        bytes += packet.bytes;
        newest = packet;
      }
    }
    if (this.#lost.length > 0) this.#noteLate(ranges);
    if (newest === undefined) return { acked, lost: [] };
    let sampleNs = now - newest.atNs;
    if (largest > this.#largestAcked) {
      this.#largestAcked = largest;
      this.#roundTrip.sample(now, sampleNs, delayNs);
      sampleNs = subtractAckDelayNs(sampleNs, delayNs);
    }
    if (this.#timeouts > 1) this.#window.restart();
    this.#timeouts = 0;
    const lost = this.#detect(now);
    this.#window.acknowledged(now, bytes, { newest, sampleNs }, this.#roundTrip);
    this.#trim();
    this.#askAt = this.#packets === 0 ? Number.POSITIVE_INFINITY : now + this.#waitNs();
    return { acked, lost };
  }

  /** The instant at which {@link due} must be called; Infinity if no packet is in flight. */
  nextAt(): Nanoseconds {
    return Math.min(this.#lossAt, this.#askAt);
  }

  /**
   * Does what is due: finds packets lost by time, or counts a time-out. After a time-out, `probe` is
   * the content of the oldest packet in flight: send some of it now, even if the window is full. Its packet stays
   * in flight, and after many time-outs counts as lost, so that memory does not grow without answers.
   */
  due(now: Nanoseconds): { readonly lost: readonly Content[]; readonly probe?: Content } {
    if (this.#lossAt <= now) {
      const lost = this.#detect(now);
      this.#trim();
      if (this.#packets === 0) this.#askAt = Number.POSITIVE_INFINITY;
      return { lost };
    }
    if (this.#askAt > now) return { lost: [] };
    this.#timeouts += 1;
    this.#askAt = now + this.#waitNs();
    const oldest = this.#sent[this.#free];
    if (oldest === undefined) return { lost: [] };
    const { content } = oldest;
    if (this.#timeouts <= PROBES_KEPT) return { lost: [], probe: content };
    this.#take(this.#base);
    this.#trim();
    return { lost: [content], probe: content };
  }

  /** Called when the path is reported to be open: a probe is due at once. */
  opened(now: Nanoseconds): void {
    if (this.#packets > 0) this.#askAt = now;
  }

  /** Forgets the packets in flight, but not the number of time-outs. @returns the contents of the packets. */
  abandon(): readonly Content[] {
    const contents = this.#sent.flatMap((packet) => (packet === undefined ? [] : packet.content));
    this.#sent = [];
    this.#free = 0;
    this.#base = this.#next;
    this.#inFlight = 0;
    this.#packets = 0;
    this.#lossAt = Number.POSITIVE_INFINITY;
    this.#askAt = Number.POSITIVE_INFINITY;
    return contents;
  }

  /**
   * Time until a probe, ns: it doubles with each time-out, up to `waitNsMax` or, if longer, the first wait.
   */
  #waitNs(): Nanoseconds {
    const onceNs = this.#roundTrip.waitNs(ACK_DELAY_MAX_NS);
    const doubledNs = onceNs * 2 ** Math.min(this.#timeouts, DOUBLINGS_MAX);
    const waitNs = Math.min(doubledNs, Math.max(this.#waitNsMax, onceNs));
    // The wait is varied at random, except for the first one after a round trip has been measured.
    const isExact = this.#timeouts === 0 && this.#roundTrip.smoothedNs !== undefined;
    return isExact ? waitNs : withJitter(waitNs, this.#random);
  }

  #take(number: number): Sent<Content> | undefined {
    const place = number - this.#base + this.#free;
    const packet = this.#sent[place];
    if (packet === undefined) return undefined;
    this.#sent[place] = undefined;
    this.#packets -= 1;
    this.#inFlight -= packet.bytes;
    return packet;
  }

  /** Declares lost the packets that are too old, or that were sent too long before one that arrived (section 6.1). */
  #detect(now: Nanoseconds): readonly Content[] {
    const lost: Content[] = [];
    this.#lossAt = Number.POSITIVE_INFINITY;
    const reorderNs = this.#roundTrip.reorderNs(this.#timeThreshold);
    for (let number = this.#base; number < this.#largestAcked; number += 1) {
      const packet = this.#sent[number - this.#base + this.#free];
      if (packet === undefined) continue;
      const isPassed = this.#largestAcked - number >= this.#packetThreshold;
      const dueNs = packet.atNs + reorderNs;
      if (!isPassed && dueNs > now) {
        this.#lossAt = dueNs;
        break;
      }
      this.#take(number);
      lost.push(packet.content);
      this.#window.lost(packet.bytes);
      this.#lost.push(number);
      if (this.#lost.length > LOST_KEPT) this.#lost.shift();
    }
    return lost;
  }

  /** Raises the thresholds of loss if a packet that was declared lost has arrived. */
  #noteLate(ranges: Acknowledgement['ranges']): void {
    let range = 0;
    // Numbers are declared lost in ascending order; this loop descends, because ranges are in descending order.
    for (let at = this.#lost.length - 1; at >= 0; at -= 1) {
      const number = this.#lost[at] as number;
      while (range < ranges.length && number < (ranges[range]?.[0] as number)) range += 1;
      if (range === ranges.length) return;
      if (number > (ranges[range]?.[1] as number)) continue;
      this.#lost.splice(at, 1);
      const behind = this.#largestAcked - number + 1;
      this.#packetThreshold = Math.max(this.#packetThreshold, behind);
      this.#timeThreshold = Math.min(this.#timeThreshold + TIME_THRESHOLD_STEP, TIME_THRESHOLD_MAX);
    }
  }

  /** Moves the base to the oldest packet in flight. */
  #trim(): void {
    while (this.#base < this.#next && this.#sent[this.#free] === undefined) {
      this.#base += 1;
      this.#free += 1;
    }
    if (this.#free > UNUSED_FRONT_MAX && 2 * this.#free > this.#sent.length) {
      this.#sent = this.#sent.slice(this.#free);
      this.#free = 0;
    }
  }
}
