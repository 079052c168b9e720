/**
 * Which budget an arriving frame is charged to, and after which check.
 *
 * Nothing is charged for what a stranger can make. A sealed frame counts against its peer's rate when it
 * is authentic and new; an opening may cost Diffie-Hellman work when it was made for us, is newer than
 * all before, and, while many come, carries a cookie that went to the peer's address. Half of the budget
 * is out of reach without one. Openings, answers, cookies to and from the peer, and repetitions have
 * budgets of their own.
 *
 * `double-eager.ts` is the order that a flood of junk exploits.
 *
 * @module
 */
import {
  HANDSHAKE_RATE_BURST,
  HANDSHAKE_RATE_PER_SECOND,
  UNPROVEN_BURST,
  UNPROVEN_PER_SECOND,
} from '../geometry.ts';
import { type RateLimit, TokenBucket } from '../rate-limit.ts';
import type { CookieMint } from './cookie-mint.ts';

/** What becomes of an opening that passed every check that costs nothing. */
export type OpeningVerdict = 'admit' | 'prove' | 'refuse';

/** The budgets of one peer. Each call that returns true, or `admit`, charges one. */
export interface Admission {
  /** A sealed frame came; nothing is known of it. */
  frameCame(nowNs: number): boolean;
  /** It is the peer's, and its number is new. */
  frameAccepted(nowNs: number): boolean;
  /** A handshake message came; nothing is known of it. */
  messageCame(nowNs: number): boolean;
  /** @param isProven It carries a cookie of ours. */
  opening(nowNs: number, isProven: boolean): OpeningVerdict;
  /** Somebody is to prove his address: a cookie may leave for the peer. */
  prove(nowNs: number): boolean;
  /** An answer that names our opening. */
  answer(nowNs: number): boolean;
  /**
   * A cookie of the peer, which has us send our opening again: it must not take the place of the answer.
   */
  cookie(nowNs: number): boolean;
  /** A copy of an opening that was answered asks for the answer again. */
  repeat(nowNs: number): boolean;
}

/** Handshake messages that may cost work, each sort for itself. */
export function handshakeBucket(): TokenBucket {
  return new TokenBucket({ perSecond: HANDSHAKE_RATE_PER_SECOND, burst: HANDSHAKE_RATE_BURST });
}

/** The order that this project uses. */
export class CheckedAdmission implements Admission {
  readonly #mint: CookieMint;
  readonly #frames: TokenBucket | undefined;
  readonly #openings = handshakeBucket();
  readonly #proofs = handshakeBucket();
  readonly #answers = handshakeBucket();
  readonly #cookies = handshakeBucket();
  readonly #repeats = handshakeBucket();
  readonly #unproven = new TokenBucket({ perSecond: UNPROVEN_PER_SECOND, burst: UNPROVEN_BURST });

  /** @param rate Of frames; unlimited when absent. */
  constructor(mint: CookieMint, rate: RateLimit | undefined) {
    this.#mint = mint;
    this.#frames = rate === undefined ? undefined : new TokenBucket(rate);
  }

  frameCame(): boolean {
    return true;
  }

  // hot: once per frame.
  frameAccepted(nowNs: number): boolean {
    return this.#frames === undefined || this.#frames.take(nowNs);
  }

  messageCame(): boolean {
    return true;
  }

  opening(nowNs: number, isProven: boolean): OpeningVerdict {
    const isCalm = isProven || (this.#unproven.take(nowNs) && this.#mint.takeCalm(nowNs));
    if (!isCalm) return 'prove';
    return this.#openings.take(nowNs) ? 'admit' : 'refuse';
  }

  prove(nowNs: number): boolean {
    return this.#proofs.take(nowNs);
  }

  answer(nowNs: number): boolean {
    return this.#answers.take(nowNs);
  }

  cookie(nowNs: number): boolean {
    return this.#cookies.take(nowNs);
  }

  repeat(nowNs: number): boolean {
    return this.#repeats.take(nowNs);
  }
}
