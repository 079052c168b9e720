/**
 * The delay of a packet at a mix, as chosen by the sender of the packet or by a verifiable random
 * function (docs/spec/mixnet.md, "Delays by VRF"). Mixing strategies that draw delays themselves
 * are in the folder `mixing`.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  delayVrfInput,
  deriveVrfDelayNs,
  ProofIssuer,
  type ProofRefusal,
  type VrfDelayLaw,
  type VrfSecretKey,
} from '../../vrf/index.ts';
import { PROOF_INTERVAL_NS, PROVABLE_PACKETS_MAX } from '../geometry.ts';
import type { LatenessGauge } from './lateness-gauge.ts';

const NS_PER_MS = 1_000_000;
/** A delay of 0 is raised to 1 ms (katzenpost, server/internal/cryptoworker). */
const DELAY_MS_MIN = 1;

/** Determines the delay of forwarded packets. */
export interface HopDelayPolicy {
  /**
   * Returns the delay of a packet.
   * @param epoch Epoch of the key that opened the packet.
   * @param askedMs The delay that the sender wrote into the packet, ms.
   */
  delayNs(epoch: number, replayTag: Uint8Array, askedMs: number): Nanoseconds;
  /** Records that a packet has left, so that the node may prove the packet's delay. */
  departed(epoch: number, replayTag: Uint8Array): void;
  /** Records that a packet left later than its delay required. */
  late(lateNs: Nanoseconds): void;
  /** Uses the mean delay of a document from now on. */
  setMean(meanNs: Nanoseconds): void;
}

/** Uses the delay that the sender has written into the packet. */
export class SenderDelayPolicy implements HopDelayPolicy {
  readonly #factor: number;

  /** @param factor Factor by which delays are multiplied; 1 except in test doubles. */
  constructor(factor: number) {
    this.#factor = factor;
  }

  delayNs(_epoch: number, _replayTag: Uint8Array, askedMs: number): Nanoseconds {
    return Math.floor(this.#factor * Math.max(DELAY_MS_MIN, askedMs) * NS_PER_MS);
  }

  departed(): void {
    // Nothing to record: the sender knows the delay, so there is nothing to prove.
  }

  late(): void {
    // Delays chosen by senders are not audited.
  }

  setMean(): void {
    // Nothing to change: the sender has already drawn the delay with the mean of the document.
  }
}

/**
 * Uses the delay that the node's own key determines for the packet, and ignores the delay that the
 * sender wrote.
 */
export class VrfDelayPolicy implements HopDelayPolicy {
  readonly #key: VrfSecretKey;
  readonly #law: VrfDelayLaw;
  readonly #factor: number;
  readonly #issuer: ProofIssuer;
  readonly #lateness: LatenessGauge;
  #meanNs: Nanoseconds = 0;

  constructor(
    key: VrfSecretKey,
    lateness: LatenessGauge,
    { law, factor }: { readonly law: VrfDelayLaw; readonly factor: number },
  ) {
    this.#key = key;
    this.#lateness = lateness;
    this.#law = law;
    this.#factor = factor;
    this.#issuer = new ProofIssuer({
      key,
      packetsMax: PROVABLE_PACKETS_MAX,
      intervalNs: PROOF_INTERVAL_NS,
    });
  }

  delayNs(epoch: number, replayTag: Uint8Array): Nanoseconds {
    const output = this.#key.output(delayVrfInput(epoch, replayTag));
    // One tag in 2^256 has no output; such a packet waits for the mean delay.
    if (output === undefined) return this.#meanNs;
    return Math.floor(this.#factor * deriveVrfDelayNs(this.#law, output, this.#meanNs));
  }

  departed(epoch: number, replayTag: Uint8Array): void {
    this.#issuer.depart(epoch, replayTag);
  }

  /**
   * Returns the proof of the delay of a packet that has left, or the reason why there is no proof.
   */
  prove(now: Nanoseconds, replayTag: Uint8Array): Uint8Array | ProofRefusal {
    const answer = this.#issuer.prove(now, replayTag);
    return 'refusal' in answer ? answer.refusal : answer.proof;
  }

  late(lateNs: Nanoseconds): void {
    this.#lateness.enter(lateNs);
  }

  setMean(meanNs: Nanoseconds): void {
    this.#meanNs = meanNs;
  }
}
