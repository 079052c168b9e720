/**
 * How a mix gives proofs of its delays (docs/spec/mixnet.md, "Audits"): on request for a replay
 * tag, only after the packet with that tag has left, at a limited rate, never for an unknown tag.
 *
 * Without these rules a proof would link a packet that enters the mix with the packet that leaves it. Other
 * modules transport the requests.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { toHex } from '../_kit/bytes.ts';
import { delayVrfInput } from './delay.ts';
import type { VrfSecretKey } from './ecvrf.ts';

/** Reasons for which no proof is given. */
export const PROOF_REFUSALS = {
  'proof-unknown': 'No packet with this tag has left, or it left too long ago.',
  'proof-rate': 'More proofs were asked for than are given in this time.',
} as const;

/** Why no proof is given. A packet still waiting counts as unknown too: its presence is secret. */
export type ProofRefusal = keyof typeof PROOF_REFUSALS;

/** The key of a mix, and the limits by which it gives proofs. */
export interface ProofIssuerOptions {
  readonly key: VrfSecretKey;
  /** Largest number of packets remembered; older packets can no longer be audited. */
  readonly packetsMax: number;
  /** Smallest time between two proofs, ns; a proof costs three scalar multiplications. */
  readonly intervalNs: Nanoseconds;
}

/** Issues the proofs of one mix. */
export class ProofIssuer {
  readonly #options: ProofIssuerOptions;
  /** Epoch of the key that opened the packet, by tag; in order of departure. */
  readonly #departed = new Map<string, number>();
  #nextNs: Nanoseconds = 0;

  constructor(options: ProofIssuerOptions) {
    this.#options = options;
  }

  /** Records a packet with this replay tag; must be called when the packet leaves, never earlier. */
  depart(epoch: number, tag: Uint8Array): void {
    const departed = this.#departed;
    departed.set(toHex(tag), epoch);
    if (departed.size <= this.#options.packetsMax) return;
    const [oldest] = departed.keys();
    if (oldest !== undefined) departed.delete(oldest);
  }

  /** The proof of the delay of a packet that has left. */
  prove(
    now: Nanoseconds,
    tag: Uint8Array,
  ): { readonly epoch: number; readonly proof: Uint8Array } | { readonly refusal: ProofRefusal } {
    if (now < this.#nextNs) return { refusal: 'proof-rate' };
    const epoch = this.#departed.get(toHex(tag));
    if (epoch === undefined) return { refusal: 'proof-unknown' };
    const proved = this.#options.key.prove(delayVrfInput(epoch, tag));
    if (proved === undefined) return { refusal: 'proof-unknown' };
    this.#nextNs = now + this.#options.intervalNs;
    return { epoch, proof: proved.proof };
  }
}
