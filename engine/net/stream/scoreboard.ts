/**
 * The segments of one sender that are not yet known to have arrived, in the order of their bytes,
 * with two linked lists: segments under way in order of transmission, and lost ones.
 *
 * A segment is lost when three segments sent later have arrived (docs/spec/stream-model.md): the
 * three highest transmissions that arrived are kept, and everything sent before the third of them
 * is lost. An acknowledgement takes constant time on average and allocates nothing. Sends nothing.
 *
 * @module
 */

/** Represents "no segment". */
export const NO_SEGMENT = -1;

const UNDER_WAY = 1;
const LOST = 2;
const ARRIVED = 3;
const SMALLEST = 16;

/** Is told by the scoreboard which segments have arrived or are lost. */
export interface SegmentObserver {
  onArrived(): void;
  onLost(transmission: number): void;
}

/** A doubly linked list through the slots. */
interface Chain {
  head: number;
  tail: number;
  count: number;
}

/**
 * The segments of one sender that are not yet known to have arrived; decides which of them are
 * lost. Segments have consecutive numbers.
 */
export class Scoreboard {
  /**
   * For each slot: first byte, length in bytes, number of its last transmission and when it was (ns), state, number of
   * repetitions, and the neighbours in its list (`underWay` or `lost`).
   */
  private sequences = new Float64Array(SMALLEST);
  private lengths = new Int32Array(SMALLEST);
  private transmissions = new Float64Array(SMALLEST);
  private sentAt = new Float64Array(SMALLEST);
  private states = new Uint8Array(SMALLEST);
  private repeats = new Uint8Array(SMALLEST);
  private before = new Float64Array(SMALLEST);
  private after = new Float64Array(SMALLEST);
  /** Number of the first segment, and one more than the number of the last segment. */
  private first = 0;
  private limit = 0;
  private readonly underWay: Chain = { head: NO_SEGMENT, tail: NO_SEGMENT, count: 0 };
  private readonly lost: Chain = { head: NO_SEGMENT, tail: NO_SEGMENT, count: 0 };
  /** The transmission numbers of the three latest-sent segments that arrived, the highest first. */
  private highest = 0;
  private second = 0;
  private third = 0;
  private readonly fate: SegmentObserver;

  constructor(fate: SegmentObserver) {
    this.fate = fate;
  }

  /** Number of segments that were neither acknowledged in order nor removed. */
  get count(): number {
    return this.limit - this.first;
  }

  /** Number of segments under way: sent, but neither arrived nor lost. */
  get inFlight(): number {
    return this.underWay.count;
  }

  /** First byte of the oldest segment that has not arrived in order; undefined if all have. */
  get firstSequence(): number | undefined {
    return this.count === 0 ? undefined : this.sequences[this.slot(this.first)];
  }

  /** The lost segment to send next, or {@link NO_SEGMENT}. */
  get nextLost(): number {
    return this.lost.head;
  }

  sequenceOf(segment: number): number {
    return this.sequences[this.slot(segment)] as number;
  }

  lengthOf(segment: number): number {
    return this.lengths[this.slot(segment)] as number;
  }

  /** Adds a new segment that is sent. */
  add(sequence: number, length: number, transmission: number, now: number): void {
    if (this.count === this.states.length) this.grow();
    const segment = this.limit;
    this.limit += 1;
    const slot = this.slot(segment);
    this.sequences[slot] = sequence;
    this.lengths[slot] = length;
    this.repeats[slot] = 0;
    this.states[slot] = 0;
    this.depart(segment, transmission, now);
  }

  /** Called when the lost segment `segment` is sent again. */
  repeat(segment: number, transmission: number, now: number): void {
    this.unlink(this.lost, segment);
    this.repeats[this.slot(segment)] = 1;
    this.depart(segment, transmission, now);
  }

  /**
   * Processes the answer to a transmission.
   * @returns when that transmission was sent, ns, or -1 if this is not known any more: a round trip must be measured
   * with the answered transmission itself (RFC 6298 section 3, Karn).
   */
  answered(transmission: number): number {
    this.noteArrival(transmission);
    let segment = this.underWay.head;
    while (segment !== NO_SEGMENT) {
      const slot = this.slot(segment);
      const sent = this.transmissions[slot] as number;
      if (sent >= transmission) {
        if (sent > transmission) break;
        const at = this.sentAt[slot] as number;
        this.arrive(segment);
        return at;
      }
      segment = this.after[slot] as number;
    }
    return -1;
  }

  /** Records that all bytes before `sequence` have arrived. */
  arrivedBefore(sequence: number): void {
    while (this.first < this.limit) {
      const slot = this.slot(this.first);
      const end = (this.sequences[slot] as number) + (this.lengths[slot] as number);
      if (end > sequence) return;
      if (this.states[slot] !== ARRIVED) this.arrive(this.first);
      this.first += 1;
    }
  }

  /**
   * Records that the bytes of a block have arrived; scans from its end and stops at the first segment that is already
   * known to have arrived.
   */
  arrivedBlock(start: number, end: number): void {
    for (let segment = this.lastBefore(end); segment >= this.first; segment -= 1) {
      const slot = this.slot(segment);
      if ((this.sequences[slot] as number) < start) return;
      if (this.states[slot] === ARRIVED) return;
      this.arrive(segment);
    }
  }

  /** Marks segments as lost that were sent before three segments that have arrived. */
  detectLosses(): void {
    for (let segment = this.underWay.head; segment !== NO_SEGMENT; segment = this.underWay.head) {
      const transmission = this.transmissions[this.slot(segment)] as number;
      if (transmission >= this.third) return;
      this.lose(segment);
      this.fate.onLost(transmission);
    }
  }

  /** Called at a timeout: marks all segments that have not arrived as lost, in the order of their bytes. */
  loseAll(): void {
    for (const chain of [this.underWay, this.lost]) {
      chain.head = NO_SEGMENT;
      chain.tail = NO_SEGMENT;
      chain.count = 0;
    }
    for (let segment = this.first; segment < this.limit; segment += 1) {
      const slot = this.slot(segment);
      if (this.states[slot] === ARRIVED) continue;
      this.states[slot] = LOST;
      this.append(this.lost, segment);
    }
  }

  /** Removes all segments. */
  clear(): void {
    this.first = this.limit;
    this.loseAll();
  }

  private slot(segment: number): number {
    return segment & (this.states.length - 1);
  }

  private depart(segment: number, transmission: number, now: number): void {
    const slot = this.slot(segment);
    this.transmissions[slot] = transmission;
    this.sentAt[slot] = now;
    this.states[slot] = UNDER_WAY;
    this.append(this.underWay, segment);
  }

  private arrive(segment: number): void {
    const slot = this.slot(segment);
    this.unlink(this.states[slot] === LOST ? this.lost : this.underWay, segment);
    this.states[slot] = ARRIVED;
    const transmission = this.transmissions[slot] as number;
    // If the segment was sent several times, only `answered` knows which transmission arrived.
    if (this.repeats[slot] === 0) this.noteArrival(transmission);
    this.fate.onArrived();
  }

  private lose(segment: number): void {
    this.unlink(this.underWay, segment);
    this.states[this.slot(segment)] = LOST;
    this.append(this.lost, segment);
  }

  private noteArrival(transmission: number): void {
    if (transmission > this.highest) {
      this.third = this.second;
      this.second = this.highest;
      this.highest = transmission;
    } else if (transmission === this.highest) return;
    else if (transmission > this.second) {
      this.third = this.second;
      this.second = transmission;
    } else if (transmission < this.second && transmission > this.third) this.third = transmission;
  }

  /** The last segment that ends at or before `end`. */
  private lastBefore(end: number): number {
    let low = this.first;
    let high = this.limit;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const slot = this.slot(middle);
      const isBefore = (this.sequences[slot] as number) + (this.lengths[slot] as number) <= end;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private append(chain: Chain, segment: number): void {
    const slot = this.slot(segment);
    this.before[slot] = chain.tail;
    this.after[slot] = NO_SEGMENT;
    if (chain.tail === NO_SEGMENT) chain.head = segment;
    else this.after[this.slot(chain.tail)] = segment;
    chain.tail = segment;
    chain.count += 1;
  }

  private unlink(chain: Chain, segment: number): void {
    const slot = this.slot(segment);
    const before = this.before[slot] as number;
    const after = this.after[slot] as number;
    if (before === NO_SEGMENT) chain.head = after;
    else this.after[this.slot(before)] = after;
    if (after === NO_SEGMENT) chain.tail = before;
    else this.before[this.slot(after)] = before;
    chain.count -= 1;
  }

  private grow(): void {
    const old = this.states.length;
    const size = old * 2;
    const move = <T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T => {
      for (let segment = this.first; segment < this.limit; segment += 1) {
        to[segment & (size - 1)] = from[segment & (old - 1)] as number;
      }
      return to;
    };
    this.sequences = move(this.sequences, new Float64Array(size));
    this.lengths = move(this.lengths, new Int32Array(size));
    this.transmissions = move(this.transmissions, new Float64Array(size));
    this.sentAt = move(this.sentAt, new Float64Array(size));
    this.repeats = move(this.repeats, new Uint8Array(size));
    this.before = move(this.before, new Float64Array(size));
    this.after = move(this.after, new Float64Array(size));
    this.states = move(this.states, new Uint8Array(size));
  }
}
