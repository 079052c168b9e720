/**
 * Which mixes are to blame for loops that took too long or too short a time (project spec mixnet
 * 3.4): the maker of a loop sees the sum over its hops only, so the shares by which mixes stretch or
 * shorten what they owe are regressed over many loops.
 *
 * ```text
 * excess of a loop = sum over its hops of (share of the mix * delay owed by the mix) + noise
 * ```
 * Solved by Kaczmarz' projections: exact in the limit for one mix or several, without a matrix. What
 * follows from a share is the auditor's choice.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

/** Loops that are remembered: a few for each pair of mix and auditor in networks of hundreds. */
const LOOPS_MAX = 256;
/** Rounds over all remembered loops at each new one. */
const ROUNDS = 4;

/** What one hop of a loop owed. */
export interface OwedDelay {
  readonly mix: string;
  readonly owedNs: Nanoseconds;
}

interface Equation {
  readonly hops: readonly OwedDelay[];
  readonly excessNs: Nanoseconds;
  /** Sum of the squares of the delays owed. */
  readonly norm: number;
}

/** See the module. */
export class DelayShares {
  readonly #loops: Equation[] = [];
  readonly #shares = new Map<string, number>();
  readonly #counts = new Map<string, number>();

  /**
   * Takes in a loop whose proofs were all right.
   * @param excessNs Time observed less the sum of the delays owed.
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

  /** By how much a mix holds packets longer than it owes: -0.1 where it takes a tenth off. */
  shareOf(mix: string): number {
    return this.#shares.get(mix) ?? 0;
  }

  /** Loops entered so far that went through the mix. */
  countOf(mix: string): number {
    return this.#counts.get(mix) ?? 0;
  }

  /**
   * Mixes that stretch or shorten by more than `share`, by name.
   * @param loops Least loops through a mix: a few equations have many solutions.
   */
  suspects(share: number, loops: number): readonly string[] {
    const names = [...this.#shares.keys()].filter(
      (mix) => this.countOf(mix) >= loops && Math.abs(this.shareOf(mix)) > share,
    );
    return names.sort();
  }

  /** The nearest shares that explain the loop exactly. */
  #project({ hops, excessNs, norm }: Equation): void {
    let left = excessNs;
    for (const { mix, owedNs } of hops) left -= this.shareOf(mix) * owedNs;
    const step = left / norm;
    for (const { mix, owedNs } of hops) this.#shares.set(mix, this.shareOf(mix) + step * owedNs);
  }
}
