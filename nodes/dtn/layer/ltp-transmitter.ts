/**
 * Sends the segments of LTP sessions one after the other at the rate of the contact, and starts none
 * that could not end before the contact does. Reports, receipts and cancellations go before data: they
 * are short, and the other end waits for them.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { LTP_QUEUED_CONTROLS_MAX } from '../geometry.ts';

const BITS = 8;
const NS_PER_S = 1e9;

/** The contact that is open now. */
export interface OpenContact {
  readonly rateBps: number;
  /** Planned end of the contact on the clock of the node; Infinity if it has none. */
  readonly endNs: Nanoseconds;
}

/** A segment that is ready to be sent. */
export interface OutgoingLtpSegment<Alarm> {
  readonly bytes: Uint8Array;
  /** DSCP of the datagram. */
  readonly dscp: number;
  /** The alarm to set when the segment has left; absent if the segment needs none. */
  readonly alarm?: Alarm;
  /** True once the segment need not be sent: while it waited, the neighbour may have answered. */
  readonly isObsolete?: () => boolean;
}

/** The queue from which the transmitter takes data segments, in the order in which they leave. */
export interface DataSegmentSource<Alarm> {
  /** Number of queued bytes. */
  readonly bytes: number;
  /** The next segment, without removing it; {@link shift} removes it. */
  peek(): OutgoingLtpSegment<Alarm> | undefined;
  shift(): void;
}

/** The transmitter of one link. */
export class LtpTransmitter<Alarm> {
  readonly #contactAt: (now: Nanoseconds) => OpenContact;
  readonly #data: DataSegmentSource<Alarm>;
  readonly #control: OutgoingLtpSegment<Alarm>[] = [];
  #isOpen = false;
  #isSpent = false;
  #freeNs: Nanoseconds = 0;

  constructor(contactAt: (now: Nanoseconds) => OpenContact, data: DataSegmentSource<Alarm>) {
    this.#contactAt = contactAt;
    this.#data = data;
  }

  /**
   * When all queued segments will have left, at the rate of this contact. With an empty queue, the
   * instant at which the last segment has left, and not `now`: a timer set to an instant that grows
   * with `now` would never be due.
   */
  idleAt(now: Nanoseconds): Nanoseconds {
    const bytes = this.#control.reduce((sum, each) => sum + each.bytes.length, this.#data.bytes);
    if (bytes === 0) return this.#freeNs;
    const { rateBps } = this.#contactAt(now);
    return Math.max(this.#freeNs, now) + Math.ceil((bytes * BITS * NS_PER_S) / rateBps);
  }

  turn(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#isSpent = false;
  }

  /** Queues a control segment. @returns false if the queue is full. */
  queue(outgoing: OutgoingLtpSegment<Alarm>): boolean {
    if (this.#control.length >= LTP_QUEUED_CONTROLS_MAX) return false;
    this.#control.push(outgoing);
    return true;
  }

  /** When the last bit of the last segment leaves, or has left. */
  get throughNs(): Nanoseconds {
    return this.#freeNs;
  }

  /** When the next segment can leave; Infinity if none can. */
  nextAt(): Nanoseconds {
    const hasWork = this.#control.length > 0 || this.#data.bytes > 0;
    return this.#isOpen && !this.#isSpent && hasWork ? this.#freeNs : Number.POSITIVE_INFINITY;
  }

  /** Takes the segment that leaves now; undefined if there is none. */
  take(now: Nanoseconds): OutgoingLtpSegment<Alarm> | undefined {
    if (this.nextAt() > now) return undefined;
    while (this.#control[0]?.isObsolete?.() === true) this.#control.shift();
    const control = this.#control[0];
    const outgoing = control ?? this.#data.peek();
    if (outgoing === undefined) return undefined;
    const { rateBps, endNs } = this.#contactAt(now);
    const throughNs = now + Math.ceil((outgoing.bytes.length * BITS * NS_PER_S) / rateBps);
    if (throughNs > endNs) {
      this.#isSpent = true;
      return undefined;
    }
    if (control === undefined) this.#data.shift();
    else this.#control.shift();
    this.#freeNs = throughNs;
    return outgoing;
  }
}
