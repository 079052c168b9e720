/**
 * Which delay a packet gets at a mix that obeys its sender, or a verifiable random function (project
 * spec mixnet 1.7, 3.4). Strategies that draw delays of their own are in `mixing`.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  delayInput,
  lawfulDelayOf,
  ProofDesk,
  type ProofRefusal,
  type VrfDelayLaw,
  type VrfKey,
} from '../../vrf/index.ts';
import type { MixnetOptions } from '../config.ts';
import { PROOF_INTERVAL_NS, PROOF_PACKETS_MAX } from '../geometry.ts';
import type { LatenessGauge } from './lateness-gauge.ts';

const NS_PER_MS = 1_000_000;
/** 1.7: a delay of 0 is raised to 1 ms. */
const DELAY_MS_MIN = 1;
/** What the doubles `eager`, `hasty` and `late` make of a delay. */
const FACTORS: Readonly<Record<string, number>> = { eager: 0.5, hasty: 0.9, late: 1.5 };

/** The delay of packets that go on. */
export interface DelayLaw {
  /**
   * @param epoch Of the key that opened the packet.
   * @param askedMs What the sender wrote.
   */
  delayNs(epoch: number, replayTag: Uint8Array, askedMs: number): Nanoseconds;
  /** A packet has left: from now on its delay is no secret of the node. */
  departed(epoch: number, replayTag: Uint8Array): void;
  /** A packet leaves so much later than it should. */
  late(lateNs: Nanoseconds): void;
  /** Takes over the mean delay of a document. */
  setMean(meanNs: Nanoseconds): void;
}

/** The sender's delay, as it stands in the packet. */
export class SenderDelay implements DelayLaw {
  readonly #factor: number;

  constructor(double: MixnetOptions['double']) {
    this.#factor = factorOf(double);
  }

  delayNs(_epoch: number, _replayTag: Uint8Array, askedMs: number): Nanoseconds {
    return Math.floor(this.#factor * Math.max(DELAY_MS_MIN, askedMs) * NS_PER_MS);
  }

  departed(): void {
    // The sender knows the delay: there is nothing to prove.
  }

  late(): void {
    // Nobody audits what senders ask for.
  }

  setMean(): void {
    // The sender drew by it already.
  }
}

/** The delay that the node's own key fixes for the packet; what the sender wrote is not read. */
export class VrfDelay implements DelayLaw {
  readonly #key: VrfKey;
  readonly #law: VrfDelayLaw;
  readonly #factor: number;
  readonly #desk: ProofDesk;
  readonly #lateness: LatenessGauge;
  #meanNs: Nanoseconds = 0;

  constructor(
    key: VrfKey,
    lateness: LatenessGauge,
    { law, double }: { readonly law: VrfDelayLaw; readonly double: MixnetOptions['double'] },
  ) {
    this.#key = key;
    this.#lateness = lateness;
    this.#law = law;
    this.#factor = factorOf(double);
    this.#desk = new ProofDesk({
      key,
      packetsMax: PROOF_PACKETS_MAX,
      intervalNs: PROOF_INTERVAL_NS,
    });
  }

  delayNs(epoch: number, replayTag: Uint8Array): Nanoseconds {
    const output = this.#key.output(delayInput(epoch, replayTag));
    // One tag in 2^256 has no output; such a packet waits the mean.
    if (output === undefined) return this.#meanNs;
    return Math.floor(this.#factor * lawfulDelayOf(this.#law, output, this.#meanNs));
  }

  departed(epoch: number, replayTag: Uint8Array): void {
    this.#desk.depart(epoch, replayTag);
  }

  /** The proof of the delay of a packet that left, or why there is none. */
  prove(now: Nanoseconds, replayTag: Uint8Array): Uint8Array | ProofRefusal {
    const answer = this.#desk.prove(now, replayTag);
    return 'refusal' in answer ? answer.refusal : answer.proof;
  }

  late(lateNs: Nanoseconds): void {
    this.#lateness.enter(lateNs);
  }

  setMean(meanNs: Nanoseconds): void {
    this.#meanNs = meanNs;
  }
}

function factorOf(double: MixnetOptions['double']): number {
  return FACTORS[double ?? ''] ?? 1;
}
