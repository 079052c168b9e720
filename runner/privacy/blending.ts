/**
 * The n-1 attack (blending): blocks everything that enters a node until its pool is empty, then lets
 * one message in at a time and claims that the next message to leave is this one
 * (docs/PRIVACY.md#attacks). The adversary's own messages pass, and it recognises them when they leave:
 * they fill the batches of mixes that wait for a number of messages.
 *
 * Blocked messages are dropped, or held back until the target has left (Serjantov, Dingledine,
 * Syverson: "From a Trickle to a Flood", 2002). If they are held back, nothing is lost, but the pool
 * must become empty again after they were released together.
 *
 * @module
 */
import type { AttackSpec } from '../../scenarios/fault-parts.ts';
import type { Adversary, AttackContext, AttackTrial, CaughtMessage } from './adversary.ts';

/** Largest number of messages that are held back; further ones are dropped. */
const HELD_MAX = 65_536;

/** The n-1 attack: empties a node's pool, then lets one message in at a time. */
export class BlendingAdversary implements Adversary {
  readonly #spec: Extract<AttackSpec, { kind: 'n_minus_one' }>;
  readonly #context: AttackContext;
  /** Functions that send the packets held back, oldest first. */
  #held: (() => void)[] = [];
  #isOpen = false;
  #trial: AttackTrial | undefined;
  /** Number of the present target, by which timers of earlier targets are recognised and ignored. */
  #target = 0;
  /** Instant at which the target entered the node, ns. */
  #insideNs = 0;

  constructor(spec: Extract<AttackSpec, { kind: 'n_minus_one' }>, context: AttackContext) {
    this.#spec = spec;
    this.#context = context;
    this.#drain();
  }

  entering(caught: CaughtMessage): boolean {
    const { message, transitNs } = caught;
    const { score } = this.#context;
    if (this.#context.isOwn(message.key)) return true;
    if (!this.#isOpen) {
      this.#keepOut(caught);
      return false;
    }
    this.#isOpen = false;
    this.#trial = score.aim(score.see(message.key));
    this.#insideNs = this.#context.now() + transitNs;
    this.#target += 1;
    const target = this.#target;
    this.#context.after(this.#spec.watchNs, () => this.#giveUp(target));
    return true;
  }

  leaving({ message }: CaughtMessage): void {
    const { score } = this.#context;
    if (this.#trial === undefined || this.#context.now() < this.#insideNs) return;
    if (this.#context.isOwn(message.key)) return;
    score.claim(this.#trial, score.see(message.key));
    this.#trial = undefined;
    if (this.#spec.others === 'hold') this.#nextRound();
  }

  dropped(): void {
    // Nothing to do: this attack does not use drops, which only corrupt nodes report.
  }

  stop(): void {
    if (this.#trial !== undefined) this.#context.score.withdraw(this.#trial);
  }

  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const send of held) send();
  }

  #drain(): void {
    this.#context.after(this.#spec.drainNs, () => this.#open());
  }

  #keepOut({ bytes, inject }: CaughtMessage): void {
    if (this.#spec.others === 'drop' || this.#held.length >= HELD_MAX) return;
    const copy = bytes.slice();
    this.#held.push(() => inject(copy));
  }

  /** Gives up a target for which nothing has left in time; the next target follows. */
  #giveUp(target: number): void {
    if (target !== this.#target) return;
    if (this.#spec.others === 'drop') this.#open();
    else this.#nextRound();
  }

  /** Releases the packets that were held back. All of them must leave before the next target is let in. */
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
