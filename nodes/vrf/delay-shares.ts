/**
 * Which mixes are to blame for loops that took too long or too short (docs/spec/mixnet.md, Audits):
 * the sender of a loop sees only the sum over its hops, so the shares by which mixes lengthen or
 * shorten the delays they owe are estimated by regression over many loops.
 *
 * ```text
 * excess of a loop = sum over its hops of (share of the mix * delay owed by the mix) + noise
 * ```
 * The equations are solved by Kaczmarz projections, which need no matrix and also work if several mixes
 * deviate. The auditor decides what to conclude from a share.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

/** Number of loops that an auditor remembers: with hundreds of mixes, a few loops through each mix. */
const LOOPS_MAX = 256;
/** Number of passes over all remembered loops for each new loop. */
const ROUNDS = 4;

/** A hop of a loop, and the delay that it owed the packet. */
export interface OwedDelay {
  readonly mix: string;
  readonly owedNs: Nanoseconds;
}

interface Equation {
  readonly hops: readonly OwedDelay[];
  readonly excessNs: Nanoseconds;
  /** Sum of the squares of the owed delays. */
  readonly norm: number;
}

/** Estimates each mix's share of the deviation. */
export class DelayDeviationEstimator {
  readonly #loops: Equation[] = [];
  readonly #shares = new Map<string, number>();
  readonly #counts = new Map<string, number>();

  /**
   * Adds a loop whose proofs were all valid.
   * @param excessNs Observed time minus the sum of the correct delays.
   */
  enter(hops: readonly OwedDelay[], excessNs: Nanoseconds): void {
    const norm = hops.reduce((sum, { owedNs }) => sum + owedNs * owedNs, 0);
    if (norm === 0) return;
    for (const { mix } of hops) this.#counts.set(mix, (this.#counts.get(mix) ?? 0) + 1);
    this.#loops.push({ hops, excessNs, norm });
    if (this.#loops.length > LOOPS_MAX) this.#loops.shift();
    for (let round = 0; round < ROUNDS; round++) {
      for (const loop of this.#loops) this.#project(loop);
    }
  }

  /** Share by which a mix lengthens the delays that it owes; -0.1 if it shortens them by a tenth. */
  shareOf(mix: string): number {
    return this.#shares.get(mix) ?? 0;
  }

  /** Number of loops added so far that went through the mix. */
  countOf(mix: string): number {
    return this.#counts.get(mix) ?? 0;
  }

  /**
   * Mixes that lengthen or shorten delays by more than `share`, by name.
   * @param loops Smallest number of loops through a mix for it to be listed; with fewer equations, its share
   * is not determined.
   */
  suspects(share: number, loops: number): readonly string[] {
    const names = [...this.#shares.keys()].filter(
      (mix) => this.countOf(mix) >= loops && Math.abs(this.shareOf(mix)) > share,
    );
    return names.sort();
  }

  /** Changes the shares as little as possible so that they explain the loop exactly. */
  #project({ hops, excessNs, norm }: Equation): void {
    let left = excessNs;
    for (const { mix, owedNs } of hops) left -= this.shareOf(mix) * owedNs;
    const step = left / norm;
    for (const { mix, owedNs } of hops) this.#shares.set(mix, this.shareOf(mix) + step * owedNs);
  }
}
