/**
 * Delays that come with the packet: Poisson mixing, where the sender drew an exponential delay and
 * wrote it into the packet (Danezis, PET 2004), and VRF-Exp, where the caller computed the delay
 * with the node's VRF (docs/spec/mixnet.md, "Delays by VRF"). This strategy therefore does not
 * choose the distribution of the delays.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { MixingDelayLaw } from './delayed.ts';
import type { MixingDropReason, RequestedDelay } from './mixing.ts';

/** Uses the requested delay, up to a maximum. */
export class RequestedDelayLaw implements MixingDelayLaw {
  readonly #maxNs: Nanoseconds;

  /** @param maxNs Longest delay accepted, nanoseconds. */
  constructor(maxNs: Nanoseconds) {
    this.#maxNs = maxNs;
  }

  refuse(_now: Nanoseconds, asked: RequestedDelay): MixingDropReason | undefined {
    const isPossible = asked.delayNs >= 0 && asked.delayNs <= this.#maxNs;
    return isPossible ? undefined : 'scheduler-delay-exceeds-max';
  }

  delayNs(asked: RequestedDelay): Nanoseconds {
    return asked.delayNs;
  }
}
