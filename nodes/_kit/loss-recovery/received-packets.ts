/**
 * Keeps which packets of a peer, since its last restart, arrived over one path, and decides when to acknowledge them
 * (RFC 9000 section 13.2).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { RangeSet } from '../../../engine/pure/range-set.ts';

/** The packets that an acknowledgement reports. */
export interface Acknowledgement {
  readonly largest: number;
  /** Time since the packet `largest` arrived, ns. */
  readonly delayNs: Nanoseconds;
  /** Ranges of packet numbers, descending and disjoint, both ends inclusive; the first one ends with `largest`. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** Largest number of ranges that are kept; packets below all ranges count as duplicates. */
export const ACK_RANGES_MAX = 32;
/** A single packet is acknowledged after this time at the latest, ns (RFC 9000 section 18.2). */
export const ACK_DELAY_MAX_NS = 25_000_000;
/**
 * Two or more packets are acknowledged together after this time, ns: the second packet of a slow sender hardly waits,
 * and a fast sender gets one acknowledgement for several packets.
 */
const GATHER_NS = 1_000_000;
/** Number of packets that are acknowledged without waiting for more (draft-ietf-quic-ack-frequency). */
const GATHER_PACKETS = 10;

/** The packets of a peer, since its last restart, that arrived over one path. */
export class ReceivedPackets {
  readonly #numbers = new RangeSet();
  #largest = -1;
  #largestNs: Nanoseconds = 0;
  #firstOwedNs: Nanoseconds = 0;
  #owed = 0;
  #isUrgent = false;
  #isOwed = false;

  // hot: once per packet.
  /**
   * Notes a packet.
   * @returns false if the packet arrived before, or is below all ranges that are kept.
   */
  note(now: Nanoseconds, number: number, isEliciting: boolean): boolean {
    const isNew = this.#add(number);
    // A packet in between may be lost, and the peer should learn that soon (section 13.2.1).
    if (number !== this.#largest + 1) this.#isUrgent = true;
    if (number > this.#largest) {
      this.#largest = number;
      this.#largestNs = now;
    }
    if (isEliciting) {
      if (this.#owed === 0) this.#firstOwedNs = now;
      this.#owed += 1;
      this.#isOwed = true;
    }
    return isNew;
  }

  /** The latest instant at which an acknowledgement must be sent; Infinity if no packet needs one. */
  nextAt(): Nanoseconds {
    if (this.#owed === 0) return Number.POSITIVE_INFINITY;
    if (this.#isUrgent || this.#owed >= GATHER_PACKETS) return this.#firstOwedNs;
    return this.#firstOwedNs + (this.#owed === 1 ? ACK_DELAY_MAX_NS : GATHER_NS);
  }

  /** True if a packet has arrived that no acknowledgement has reported yet. */
  get isOwed(): boolean {
    return this.#isOwed;
  }

  /** The acknowledgement to send now; undefined if no packet has ever arrived. */
  take(now: Nanoseconds): Acknowledgement | undefined {
    const largest = this.#largest;
    if (largest < 0) return undefined;
    this.#owed = 0;
    this.#isUrgent = false;
    this.#isOwed = false;
    const ascending = this.#numbers.within(0, largest + 1);
    const ranges = ascending.map(({ start, end }) => [start, end - 1] as const).reverse();
    return { largest, delayNs: now - this.#largestNs, ranges };
  }

  /** Adds a packet number. @returns false if it is known or below all ranges that are kept. */
  #add(number: number): boolean {
    const numbers = this.#numbers;
    const isFull = numbers.count === ACK_RANGES_MAX;
    if (isFull && number < numbers.firstStart) return false;
    const isNew = numbers.add(number, number + 1) === 1;
    if (numbers.count > ACK_RANGES_MAX) numbers.remove(numbers.firstStart, numbers.firstEnd);
    return isNew;
  }
}
