/**
 * Which delay a packet gets at a mix that obeys its sender, or a verifiable random function (project
 * spec mixnet 1.7, 3.4). Strategies that draw delays of their own are in `mixing`.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { delayInput, delayOf, openVrfKey, type VrfKey, type VrfSuite } from '../../vrf/index.ts';
import type { MixnetOptions } from '../config.ts';

const NS_PER_MS = 1_000_000;
/** 1.7: a delay of 0 is raised to 1 ms. */
const DELAY_MS_MIN = 1;
/** What the doubles `eager` and `late` make of a delay. */
const EAGER_FACTOR = 0.5;
const LATE_FACTOR = 1.5;

/** The delay of packets that go on. */
export interface DelayLaw {
  /**
   * @param epoch Of the key that opened the packet.
   * @param askedMs What the sender wrote.
   */
  delayNs(epoch: number, replayTag: Uint8Array, askedMs: number): Nanoseconds;
  /** Takes over the mean delay of a document. */
  setMean(meanNs: Nanoseconds): void;
}

/** The sender's delay, as it stands in the packet. */
export class SenderDelay implements DelayLaw {
  readonly #factor: number;

  constructor(double: MixnetOptions['double']) {
    this.#factor = double === 'eager' ? EAGER_FACTOR : double === 'late' ? LATE_FACTOR : 1;
  }

  delayNs(_epoch: number, _replayTag: Uint8Array, askedMs: number): Nanoseconds {
    return Math.floor(this.#factor * Math.max(DELAY_MS_MIN, askedMs) * NS_PER_MS);
  }

  setMean(): void {
    // The sender drew by it already.
  }
}

/** The delay that the node's own key fixes for the packet; what the sender wrote is not read. */
export class VrfDelay implements DelayLaw {
  readonly #key: VrfKey;
  #meanNs: Nanoseconds = 0;

  constructor(crypto: CryptoProvider, suite: VrfSuite, secret: Uint8Array) {
    this.#key = openVrfKey(crypto, suite, secret);
  }

  delayNs(epoch: number, replayTag: Uint8Array): Nanoseconds {
    const output = this.#key.output(delayInput(epoch, replayTag));
    // One tag in 2^256 has no output; such a packet waits the mean.
    return output === undefined ? this.#meanNs : delayOf(output, this.#meanNs);
  }

  setMean(meanNs: Nanoseconds): void {
    this.#meanNs = meanNs;
  }
}
