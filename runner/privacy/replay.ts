/**
 * Replay: records a message that enters a node, sends it again after the original has passed, and looks
 * for an output that leaves a second time (docs/PRIVACY.md#attacks). This links input and output
 * without keys, because equal inputs become equal outputs.
 *
 * @module
 */
import type { AttackSpec } from '../../scenarios/fault-parts.ts';
import type {
  Adversary,
  AttackContext,
  AttackTrial,
  CaughtMessage,
  Sighting,
} from './adversary.ts';

/** Largest number of remembered outputs; the oldest is removed first. */
const REMEMBERED_MAX = 65_536;

/** The replay attack: sends recorded messages again and looks for one that leaves a second time. */
export class ReplayAdversary implements Adversary {
  readonly #spec: Extract<AttackSpec, { kind: 'replay' }>;
  readonly #context: AttackContext;
  /**
   * Outputs of the node, by 48 bits of each; two different outputs agree in these bits once in 1e14
   * cases.
   */
  readonly #outputs = new Map<number, Sighting>();
  #dueNs: number;
  #trial: AttackTrial | undefined;

  constructor(spec: Extract<AttackSpec, { kind: 'replay' }>, context: AttackContext) {
    this.#spec = spec;
    this.#context = context;
    this.#dueNs = context.now();
  }

  entering({ bytes, message, inject }: CaughtMessage): boolean {
    const { score } = this.#context;
    const now = this.#context.now();
    if (now < this.#dueNs) return true;
    this.#dueNs = now + this.#spec.everyNs;
    const copy = bytes.slice();
    const target = score.see(message.key);
    this.#context.after(this.#spec.afterNs, () => {
      this.#trial = score.aim(target);
      inject(copy);
    });
    return true;
  }

  leaving({ message: { key } }: CaughtMessage): void {
    const { score } = this.#context;
    const first = this.#outputs.get(key);
    if (first === undefined) this.#remember(key);
    else if (this.#trial !== undefined) {
      score.claim(this.#trial, first);
      this.#trial = undefined;
    }
  }

  dropped(): void {
    // Nothing to do: this attack does not use drops, which only corrupt nodes report.
  }

  stop(): void {
    if (this.#trial !== undefined) this.#context.score.withdraw(this.#trial);
  }

  #remember(key: number): void {
    this.#outputs.set(key, this.#context.score.see(key));
    if (this.#outputs.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#outputs.keys();
    if (oldest !== undefined) this.#outputs.delete(oldest);
  }
}
