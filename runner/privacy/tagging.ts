/**
 * Tagging: a corrupt node flips a bit of a message that it sends on, and corrupt last hops look for a
 * message that they cannot open (docs/PRIVACY.md#attacks). There is at most one tagged message under
 * way, so the first undecryptable message is taken for it.
 *
 * @module
 */
import type { AttackSpec } from '../../scenarios/fault-parts.ts';
import type { Adversary, AttackContext, AttackTrial, CaughtMessage } from './adversary.ts';

/**
 * The tagging attack: flips a bit of a message, and looks for one that a corrupt last hop cannot
 * open.
 */
export class TaggingAdversary implements Adversary {
  readonly #spec: Extract<AttackSpec, { kind: 'tagging' }>;
  readonly #context: AttackContext;
  #dueNs: number;
  #trial: AttackTrial | undefined;

  constructor(spec: Extract<AttackSpec, { kind: 'tagging' }>, context: AttackContext) {
    this.#spec = spec;
    this.#context = context;
    this.#dueNs = context.now();
  }

  entering(): boolean {
    return true;
  }

  leaving({ bytes, message }: CaughtMessage): void {
    const { score, random } = this.#context;
    const now = this.#context.now();
    if (now < this.#dueNs) return;
    this.#dueNs = now + this.#spec.everyNs;
    this.#trial = score.aim(score.see(message.key));
    const { headerOffset, payloadOffset } = message;
    const isHeader = this.#spec.part === 'header';
    const from = isHeader ? headerOffset : payloadOffset;
    const to = isHeader ? payloadOffset : bytes.length;
    const bit = Math.floor(random.uniform() * (to - from) * 8);
    const place = from + Math.floor(bit / 8);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << (bit % 8));
  }

  dropped(node: string, reason: string): void {
    const { last, sign } = this.#spec;
    if (this.#trial === undefined || !last.includes(node)) return;
    if (sign !== undefined && reason !== sign) return;
    this.#context.score.claimEnd(this.#trial, node);
    this.#trial = undefined;
  }

  stop(): void {
    if (this.#trial !== undefined) this.#context.score.withdraw(this.#trial);
  }
}
