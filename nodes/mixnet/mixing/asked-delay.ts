/**
 * Delays that the packet brings along: Poisson mixing, where the sender drew Exp(mean 1/mu) and
 * wrote it into the packet, and VRF-Exp, where the owner computed it by the node's VRF
 * (spec/mixnet.md 3.1 and 3.4). The law of the delay is therefore not here.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { DelayLaw } from './delayed.ts';
import type { AskedDelay, MixingDrop } from './mixing.ts';

/** Obeys what is asked up to a longest delay. */
export class AskedDelayLaw implements DelayLaw {
  readonly #maxNs: Nanoseconds;

  /** @param maxNs Longest delay that is obeyed, nanoseconds. */
  constructor(maxNs: Nanoseconds) {
    this.#maxNs = maxNs;
  }

  refuse(_now: Nanoseconds, asked: AskedDelay): MixingDrop | undefined {
    const isPossible = asked.delayNs >= 0 && asked.delayNs <= this.#maxNs;
    return isPossible ? undefined : 'scheduler-delay-exceeds-max';
  }

  delayNs(asked: AskedDelay): Nanoseconds {
    return asked.delayNs;
  }
}
