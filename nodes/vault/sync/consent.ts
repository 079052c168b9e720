/**
 * Vault: which nodes may take part in the vault at this replica: those that its owner allows. A message of any other
 * node puts a question to the owner, and counts as denied after a time without an answer.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { VaultOptions } from '../config.ts';

/** An open question to the owner. */
export interface OpenConsent {
  readonly peer: string;
  /** When it counts as denied. */
  readonly untilNs: Nanoseconds;
}

type Decision = 'allowed' | 'denied' | OpenConsent;

/** The decisions of one replica's owner about its peers. */
export class Consent {
  readonly #options: VaultOptions['consent'];
  /** Decisions and open questions: at most one entry per peer. */
  readonly #decisions = new Map<string, Decision>();

  /** @param decided The owner's decisions before a restart, by the name of the peer. */
  constructor(options: VaultOptions['consent'], decided: ReadonlyMap<string, boolean> = new Map()) {
    this.#options = options;
    for (const [peer, isAllowed] of decided) this.decide(peer, isAllowed);
  }

  /** True if the peer may take part; changes nothing. */
  isAllowed(peer: string): boolean {
    const decision = this.#decisions.get(peer);
    if (decision !== undefined) return decision === 'allowed';
    const { trusted, blocked } = this.#options;
    return !blocked.includes(peer) && (trusted === 'all' || trusted.includes(peer));
  }

  /**
   * Called with a message of a peer that is not allowed: asks the owner, unless the peer is blocked or the question is
   * already open.
   */
  ask(peer: string, now: Nanoseconds): 'no-consent' | 'denied' {
    const decision = this.#decisions.get(peer);
    if (this.#options.blocked.includes(peer)) return 'denied';
    if (decision === undefined) {
      this.#decisions.set(peer, { peer, untilNs: now + this.#options.timeout });
      return 'no-consent';
    }
    if (typeof decision !== 'object') return 'denied';
    if (now < decision.untilNs) return 'no-consent';
    this.#decisions.set(peer, 'denied');
    return 'denied';
  }

  /** Takes the owner's decision, asked for or not. @returns false for a blocked peer, which nobody can allow. */
  decide(peer: string, isAllowed: boolean): boolean {
    if (this.#options.blocked.includes(peer)) return false;
    this.#decisions.set(peer, isAllowed ? 'allowed' : 'denied');
    return true;
  }

  /** Questions that are open at `now`. */
  open(now: Nanoseconds): readonly OpenConsent[] {
    return [...this.#decisions.values()].filter(
      (one): one is OpenConsent => typeof one === 'object' && now < one.untilNs,
    );
  }
}
