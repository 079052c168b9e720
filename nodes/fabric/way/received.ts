/**
 * Fabric: which packets of one life of a peer came over one way, and when it has to hear of them
 * (RFC 9000 section 13.2).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** What is acknowledged. */
export interface Acknowledgement {
  readonly largest: number;
  /** Time since the largest came. */
  readonly delayNs: Nanoseconds;
  /** Descending and disjoint, both ends inclusive; the first ends with the largest. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** Ranges that are remembered; what is older than all of them counts as known. */
const RANGES_MAX = 32;
/** A single packet is acknowledged after this time at the latest, ns (RFC 9000 section 18.2). */
export const ACK_DELAY_NS = 25_000_000;
/**
 * Two packets and more are acknowledged together after this time, ns: the second packet of a slow
 * sender does not wait, and a fast one gets one acknowledgement for several packets.
 */
const GATHER_NS = 1_000_000;
/** Packets that one acknowledgement waits for at the most (draft-ietf-quic-ack-frequency). */
const GATHER_PACKETS = 10;

/** See the module. */
export class Received {
  /** First and last number of each range, ascending: the last range is the newest. */
  readonly #bounds: number[] = [];
  #largestNs: Nanoseconds = 0;
  #firstOwedNs: Nanoseconds = 0;
  #owed = 0;
  #isUrgent = false;
  #isOwed = false;

  // hot: once per packet.
  /**
   * Notes a packet.
   * @returns false if it came before, or is older than what is remembered.
   */
  note(now: Nanoseconds, number: number, isEliciting: boolean): boolean {
    const bounds = this.#bounds;
    const end = bounds.length;
    const largest = end === 0 ? -1 : (bounds[end - 1] as number);
    let isNew = true;
    if (number === largest + 1 && end > 0) bounds[end - 1] = number;
    else if (number > largest) {
      bounds.push(number, number);
      if (bounds.length > 2 * RANGES_MAX) bounds.splice(0, 2);
      // What is missing may be lost: its sender should hear of it (section 13.2.1).
      if (number > 0) this.#isUrgent = true;
    } else {
      isNew = this.#fill(number);
      this.#isUrgent = true;
    }
    if (number > largest) this.#largestNs = now;
    if (isEliciting) {
      if (this.#owed === 0) this.#firstOwedNs = now;
      this.#owed += 1;
      this.#isOwed = true;
    }
    return isNew;
  }

  /** When an acknowledgement has to leave by itself; Infinity if none is owed. */
  nextAt(): Nanoseconds {
    if (this.#owed === 0) return Number.POSITIVE_INFINITY;
    if (this.#isUrgent || this.#owed >= GATHER_PACKETS) return this.#firstOwedNs;
    return this.#firstOwedNs + (this.#owed === 1 ? ACK_DELAY_NS : GATHER_NS);
  }

  /** True if something came that no acknowledgement has told. */
  get isOwed(): boolean {
    return this.#isOwed;
  }

  /** The acknowledgement to send now; undefined if nothing ever came. */
  take(now: Nanoseconds): Acknowledgement | undefined {
    const bounds = this.#bounds;
    if (bounds.length === 0) return undefined;
    this.#owed = 0;
    this.#isUrgent = false;
    this.#isOwed = false;
    const ranges: (readonly [number, number])[] = [];
    for (let at = bounds.length - 2; at >= 0; at -= 2) {
      ranges.push([bounds[at] as number, bounds[at + 1] as number]);
    }
    const largest = bounds[bounds.length - 1] as number;
    return { largest, delayNs: now - this.#largestNs, ranges };
  }

  /** A number that is not above the largest. @returns false if it is in a range, or before all. */
  #fill(number: number): boolean {
    const bounds = this.#bounds;
    let at = bounds.length - 2;
    while (at >= 0 && (bounds[at] as number) > number) at -= 2;
    if (at >= 0 && (bounds[at + 1] as number) >= number) return false;
    if (at < 0 && bounds.length === 2 * RANGES_MAX) return false;
    const isAfter = at >= 0 && (bounds[at + 1] as number) === number - 1;
    const isBefore = (bounds[at + 2] as number) === number + 1;
    if (isAfter && isBefore) bounds.splice(at + 1, 2);
    else if (isAfter) bounds[at + 1] = number;
    else if (isBefore) bounds[at + 2] = number;
    else {
      bounds.splice(at + 2, 0, number, number);
      if (bounds.length > 2 * RANGES_MAX) bounds.splice(0, 2);
    }
    return true;
  }
}
