/**
 * Estimates from receiver reports which share of the data is lost on the path in use
 * (docs/spec/multipath.md, "Loss of data"). A report says how many data frames have arrived and the highest of them;
 * only the sender knows how many it had sent until then.
 *
 * @module
 */
import type { ReceiverReport } from './types.ts';

/** Number of frames whose sequences are kept: the frames under way for 0.4 s at 10,000 a second. */
const KEPT = 4_096;
/** Number of reports over which loss is estimated: 225 ms of them. */
const REPORTS = 10;
/**
 * Number of standard deviations between an estimate and its lower bound; by chance, an estimate
 * exceeds this bound once in 740 times.
 */
const DEVIATIONS = 3;

interface Mark {
  readonly atNs: number;
  /** Number of frames sent until the highest reported one. */
  readonly sent: number;
  readonly count: number;
}

/** Estimates the loss of data to one peer. */
export class DataLossEstimator {
  readonly #silenceNs: number;
  readonly #sequences = new Float64Array(KEPT);
  /** Number of data frames sent on the path in use. */
  #sent = 0;
  #marks: Mark[] = [];

  /**
   * @param silenceNs If no report came for this time, earlier losses count as part of an outage.
   */
  constructor(silenceNs: number) {
    this.#silenceNs = silenceNs;
  }

  // hot: once per data frame.
  /** Records a data frame that left. Sequences grow, and restart with each epoch. */
  sent(sequence: number): void {
    if (this.#sent > 0 && sequence <= this.#sequenceOf(this.#sent - 1)) this.reset();
    this.#sequences[this.#sent % KEPT] = sequence;
    this.#sent += 1;
  }

  /** Processes a report; those about frames of another path or epoch are ignored. */
  reported(now: number, { highest, count }: ReceiverReport): void {
    const sent = this.#sentUntil(highest);
    if (sent === 0) return;
    const last = this.#marks.at(-1);
    // The count of a peer that has restarted begins at zero.
    const isOther = last !== undefined && (count < last.count || sent < last.sent);
    if (isOther || now - (last?.atNs ?? now) > this.#silenceNs) this.#marks = [];
    this.#marks.push({ atNs: now, sent, count });
    if (this.#marks.length > REPORTS) this.#marks.shift();
  }

  /**
   * Lower bound of the share of the data that is lost, 0..1: Wilson's lower bound (JASA 22, 1927),
   * so that a few frames prove a large loss, and many are needed for a small one.
   */
  get leastLoss(): number {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined) return 0;
    const sent = last.sent - first.sent;
    const lost = sent - (last.count - first.count);
    if (lost <= 0) return 0;
    const share = lost / sent;
    const square = (DEVIATIONS * DEVIATIONS) / sent;
    const spread = Math.sqrt((share * (1 - share)) / sent + square / (4 * sent));
    return (share + square / 2 - DEVIATIONS * spread) / (1 + square);
  }

  /** Forgets all measurements, because packets now take another path or have other sizes. */
  reset(): void {
    this.#sent = 0;
    this.#marks = [];
  }

  /** Number of frames sent until `sequence`; 0 if that is not known. */
  #sentUntil(sequence: number): number {
    let [low, high] = [Math.max(0, this.#sent - KEPT), this.#sent];
    if (low === high || sequence > this.#sequenceOf(high - 1)) return 0;
    if (sequence < this.#sequenceOf(low)) return 0;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#sequenceOf(middle) <= sequence) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  #sequenceOf(frame: number): number {
    return this.#sequences[frame % KEPT] as number;
  }
}
