/**
 * Statistical disclosure: which receivers get more when Alice sends? For the rounds of a batch mix, and
 * for continuous mixes with weights by delay (Danezis 2003; Mathewson, Dingledine 2004).
 *
 * Clients with a constant send rate are always sending: the estimator has nothing to compare and
 * falls to chance, m / N.
 *
 * @module
 */

/** Alice writes to `friends` of all `receivers`, in rounds of `batch` messages of which one is hers. */
export interface DisclosureSetting {
  readonly friends: number;
  readonly receivers: number;
  readonly batch: number;
  /** Normal quantile of the confidence per receiver: 2 is 95 %, 3 is 99 %. */
  readonly confidence: number;
}

/**
 * Rounds until each friend individually stands out (Danezis 2003): the confidence is per receiver,
 * not for the whole set. t = [m l (sqrt(v) + sqrt(v + (m-1)/m^2))]^2 with v = (N-1)/N^2 (b-1).
 */
export function disclosureRounds(setting: DisclosureSetting): number {
  const { friends: m, receivers: n, batch: b, confidence: l } = setting;
  const noise = ((n - 1) / (n * n)) * (b - 1);
  const root = Math.sqrt(noise) + Math.sqrt(noise + (m - 1) / (m * m));
  return (m * l * root) ** 2;
}

/**
 * Scores the receivers of a batch mix from the rounds in which Alice sends and those in which she does
 * not.
 */
export class BatchDisclosure {
  private readonly withTarget: Float64Array;
  private readonly without: Float64Array;
  private roundsWith = 0;
  private roundsWithout = 0;

  /** @param receivers Number N of receivers, which are numbered from 0. */
  constructor(receivers: number) {
    this.withTarget = new Float64Array(receivers);
    this.without = new Float64Array(receivers);
  }

  /** Adds a round; `receivers` holds one number per delivered message. */
  round(receivers: ArrayLike<number>, hasTarget: boolean): void {
    const counts = hasTarget ? this.withTarget : this.without;
    for (let i = 0; i < receivers.length; i += 1) {
      const receiver = receivers[i] as number;
      counts[receiver] = (counts[receiver] as number) + 1;
    }
    if (hasTarget) this.roundsWith += 1;
    else this.roundsWithout += 1;
  }

  /**
   * The score of each receiver: the mean of the rounds with Alice minus the background, which is
   * the mean of the rounds without her.
   */
  scores(): Float64Array {
    const background = this.roundsWithout === 0 ? 0 : 1 / this.roundsWithout;
    const signal = this.roundsWith === 0 ? 0 : 1 / this.roundsWith;
    return this.withTarget.map(
      (count, receiver) => count * signal - (this.without[receiver] as number) * background,
    );
  }
}

/** The view of an observer of the first and last links of a continuous mixnet; times in ns. */
export interface ContinuousDisclosureInput {
  /** Instants at which Alice sends, in ascending order. */
  readonly sends: readonly number[];
  /** For each receiver, the instants at which it receives, ascending. */
  readonly receipts: readonly (readonly number[])[];
  /** Density of the time from send to receipt, 1/ns. */
  readonly density: (delayNs: number) => number;
  /** For longer times than this, ns, the density is taken as 0. */
  readonly longestNs: number;
}

/**
 * Scores each receiver in continuous time. With w(t) = sum over Alice's sends s of f(t - s), a receiver's score is the sum
 * of w over its receipts, minus its number of receipts times the mean of w over all receipts in the network.
 */
export function continuousScores(watched: ContinuousDisclosureInput): Float64Array {
  const { receipts } = watched;
  const sums = receipts.map((times) => weightOf(times, watched));
  const events = receipts.reduce((sum, times) => sum + times.length, 0);
  const mean = events === 0 ? 0 : sums.reduce((sum, weight) => sum + weight, 0) / events;
  return Float64Array.from(sums, (sum, i) => sum - mean * (receipts[i]?.length ?? 0));
}

function weightOf(times: readonly number[], watched: ContinuousDisclosureInput): number {
  const { sends, density, longestNs } = watched;
  let first = 0;
  let sum = 0;
  for (const at of times) {
    while (first < sends.length && (sends[first] as number) < at - longestNs) first += 1;
    for (let i = first; i < sends.length && (sends[i] as number) <= at; i += 1) {
      sum += density(at - (sends[i] as number));
    }
  }
  return sum;
}

/** The `count` receivers of highest score, best first; equal scores in order of their number. */
export function topReceivers(scores: Float64Array, count: number): readonly number[] {
  const best: number[] = [];
  const scoreOf = (receiver: number): number => scores[receiver] as number;
  for (let receiver = 0; receiver < scores.length; receiver += 1) {
    const last = best[count - 1];
    if (last !== undefined && scoreOf(receiver) <= scoreOf(last)) continue;
    let place = Math.min(best.length, count - 1);
    while (place > 0 && scoreOf(best[place - 1] as number) < scoreOf(receiver)) place -= 1;
    best.splice(place, 0, receiver);
    if (best.length > count) best.pop();
  }
  return best;
}
