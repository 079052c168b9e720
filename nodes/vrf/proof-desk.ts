/**
 * Where a mix answers for its delays (project spec mixnet 3.4): a proof for a tag that is asked for,
 * only after its packet left, at a limited rate, and for no tag that it never saw.
 *
 * A proof given without these rules would tie what enters the mix to what leaves it. How requests
 * travel is not here.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { toHex } from '../_kit/bytes.ts';
import { delayInput } from './delay.ts';
import type { VrfKey } from './ecvrf.ts';

/** Reasons for which no proof is given. */
export const PROOF_REFUSALS = {
  'proof-unknown': 'No packet with this tag has left, or it left too long ago.',
  'proof-rate': 'More proofs were asked for than are given in this time.',
} as const;

/** Why no proof is given. A packet still waiting is unknown too: its presence is a secret. */
export type ProofRefusal = keyof typeof PROOF_REFUSALS;

/** How a mix answers. */
export interface ProofDeskOptions {
  readonly key: VrfKey;
  /** Packets that are remembered, the latest first; older ones cannot be audited any more. */
  readonly packetsMax: number;
  /** Time between two proofs: each costs three multiplications. */
  readonly intervalNs: Nanoseconds;
}

/** The desk of one mix. */
export class ProofDesk {
  readonly #options: ProofDeskOptions;
  /** Epoch of the key that opened the packet, by tag; in the order of departure. */
  readonly #departed = new Map<string, number>();
  #nextNs: Nanoseconds = 0;

  constructor(options: ProofDeskOptions) {
    this.#options = options;
  }

  /** To be called when a packet leaves, never before. */
  depart(epoch: number, tag: Uint8Array): void {
    const departed = this.#departed;
    departed.set(toHex(tag), epoch);
    if (departed.size <= this.#options.packetsMax) return;
    const [oldest] = departed.keys();
    if (oldest !== undefined) departed.delete(oldest);
  }

  /** The proof of the delay of a packet that left. */
  prove(
    now: Nanoseconds,
    tag: Uint8Array,
  ): { readonly epoch: number; readonly proof: Uint8Array } | { readonly refusal: ProofRefusal } {
    if (now < this.#nextNs) return { refusal: 'proof-rate' };
    const epoch = this.#departed.get(toHex(tag));
    if (epoch === undefined) return { refusal: 'proof-unknown' };
    const proved = this.#options.key.prove(delayInput(epoch, tag));
    if (proved === undefined) return { refusal: 'proof-unknown' };
    this.#nextNs = now + this.#options.intervalNs;
    return { epoch, proof: proved.proof };
  }
}
