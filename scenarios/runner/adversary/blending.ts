/**
 * The n-1 attack (blending): takes out all that goes into a node until its pool has run empty, then
 * lets one message in at a time and takes the next one that leaves for it (spec/mixnet.md 4.4).
 * Its own messages pass and are told apart when they leave: they fill batches that wait for a number.
 *
 * @module
 */
import type { AttackSpec } from '../../model.ts';
import type { Adversary, Caught, Grip, Trial } from './adversary.ts';

/** See the module. */
export class BlendingAdversary implements Adversary {
  readonly #watchNs: number;
  readonly #grip: Grip;
  #isOpen = false;
  #trial: Trial | undefined;
  /** When the target is in the node. */
  #insideNs = 0;

  constructor(spec: Extract<AttackSpec, { kind: 'n_minus_one' }>, grip: Grip) {
    this.#watchNs = spec.watchNs;
    this.#grip = grip;
    grip.after(spec.drainNs, () => this.#open());
  }

  entering({ message, transitNs }: Caught): boolean {
    const { score } = this.#grip;
    if (this.#grip.isOwn(message.key)) return true;
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#trial = score.aim(score.see(message.key));
    this.#insideNs = this.#grip.now() + transitNs;
    this.#grip.after(this.#watchNs, () => this.#open());
    return true;
  }

  leaving({ message }: Caught): void {
    const { score } = this.#grip;
    if (this.#trial === undefined || this.#grip.now() < this.#insideNs) return;
    if (this.#grip.isOwn(message.key)) return;
    score.claim(this.#trial, score.see(message.key));
    this.#trial = undefined;
  }

  dropped(): void {
    // An honest node does not say what it drops.
  }

  stop(): void {
    if (this.#trial !== undefined) this.#grip.score.withdraw(this.#trial);
  }

  #open(): void {
    this.#isOpen = true;
    this.#trial = undefined;
  }
}
