/**
 * The n-1 attack (blending): keeps all that goes into a node out until its pool has run empty, then
 * lets one message in at a time and takes the next one that leaves for it (spec/mixnet.md 4.4).
 * Its own messages pass and are told apart when they leave: they fill batches that wait for a number.
 *
 * What it keeps out it drops, or holds back until the target has left (Serjantov, Dingledine,
 * Syverson, "From a Trickle to a Flood", 2002): then nothing is lost, and the pool must run empty
 * again of all that was let go at once.
 *
 * @module
 */
import type { AttackSpec } from '../../model.ts';
import type { Adversary, Caught, Grip, Trial } from './adversary.ts';

/** Messages held back at most; what comes above it is dropped. */
const HELD_MAX = 65_536;

/** See the module. */
export class BlendingAdversary implements Adversary {
  readonly #spec: Extract<AttackSpec, { kind: 'n_minus_one' }>;
  readonly #grip: Grip;
  /** Sends what is held back, oldest first. */
  #held: (() => void)[] = [];
  #isOpen = false;
  #trial: Trial | undefined;
  /** Number of the target under way, so that the end of another's time is not taken for its own. */
  #target = 0;
  /** When the target is in the node. */
  #insideNs = 0;

  constructor(spec: Extract<AttackSpec, { kind: 'n_minus_one' }>, grip: Grip) {
    this.#spec = spec;
    this.#grip = grip;
    this.#drain();
  }

  entering(caught: Caught): boolean {
    const { message, transitNs } = caught;
    const { score } = this.#grip;
    if (this.#grip.isOwn(message.key)) return true;
    if (!this.#isOpen) {
      this.#keepOut(caught);
      return false;
    }
    this.#isOpen = false;
    this.#trial = score.aim(score.see(message.key));
    this.#insideNs = this.#grip.now() + transitNs;
    this.#target += 1;
    const target = this.#target;
    this.#grip.after(this.#spec.watchNs, () => this.#giveUp(target));
    return true;
  }

  leaving({ message }: Caught): void {
    const { score } = this.#grip;
    if (this.#trial === undefined || this.#grip.now() < this.#insideNs) return;
    if (this.#grip.isOwn(message.key)) return;
    score.claim(this.#trial, score.see(message.key));
    this.#trial = undefined;
    if (this.#spec.others === 'hold') this.#nextRound();
  }

  dropped(): void {
    // An honest node does not say what it drops.
  }

  stop(): void {
    if (this.#trial !== undefined) this.#grip.score.withdraw(this.#trial);
  }

  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const send of held) send();
  }

  #drain(): void {
    this.#grip.after(this.#spec.drainNs, () => this.#open());
  }

  #keepOut({ bytes, inject }: Caught): void {
    if (this.#spec.others === 'drop' || this.#held.length >= HELD_MAX) return;
    const copy = bytes.slice();
    this.#held.push(() => inject(copy));
  }

  /** The time of a target is over. */
  #giveUp(target: number): void {
    if (target !== this.#target) return;
    if (this.#spec.others === 'drop') this.#open();
    else this.#nextRound();
  }

  /** Lets go what was held, and begins anew: all of it must leave before the next target. */
  #nextRound(): void {
    this.#target += 1;
    this.#trial = undefined;
    this.release();
    this.#drain();
  }

  #open(): void {
    this.#isOpen = true;
    this.#trial = undefined;
  }
}
