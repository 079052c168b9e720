/**
 * Decides which budget an arriving frame is charged to, and after which check.
 *
 * Nothing is charged for bytes that anyone without the keys could have made. A sealed frame counts
 * against its peer's rate once it is authentic and new. An opening may cost Diffie-Hellman work
 * only if it was made for this gateway and is newer than all earlier ones; when many arrive, half
 * of the budget is reserved for openings with a cookie that was sent to the peer's address.
 * Openings, answers, cookies to and from the peer, and repeated openings each have a budget of
 * their own.
 *
 * `doubles/eager-admission.ts` shows the order of checks that a flood of junk exploits.
 *
 * @module
 */

import { TokenBucket, type TokenBucketOptions } from '../../_kit/token-bucket.ts';
import {
  HANDSHAKE_RATE_BURST,
  HANDSHAKE_RATE_PER_SECOND,
  UNPROVEN_OPENINGS_BURST,
  UNPROVEN_OPENINGS_PER_SECOND,
} from '../geometry.ts';
import type { CookieIssuer } from './cookie-issuer.ts';

/**
 * The decision about an opening that passed the inexpensive checks. `prove` means that the sender
 * must send it again with a cookie.
 */
export type OpeningVerdict = 'admit' | 'prove' | 'refuse';

/**
 * The budgets of one peer. A call that returns true, or `admit`, may charge one budget; false means
 * that the budget is used up.
 */
export interface AdmissionControl {
  /** Called when a sealed frame arrived; nothing about it has been checked. */
  frameCame(nowNs: number): boolean;
  /** Called when the frame is authentic and its sequence number is new. */
  frameAccepted(nowNs: number): boolean;
  /**
   * Called when an unsealed frame arrived, which cannot be authenticated. Such frames have a
   * separate budget, so that a flood of them uses up only this budget.
   */
  unsealedCame(nowNs: number): boolean;
  /** Called when a handshake message arrived; nothing about it has been checked. */
  messageCame(nowNs: number): boolean;
  /**
   * Called when an opening arrived that passed the inexpensive checks.
   * @param isProven True if the opening contains a cookie of this gateway.
   */
  opening(nowNs: number, isProven: boolean): OpeningVerdict;
  /** Called when the sender must prove its address. @returns true when a cookie may be sent to the peer. */
  prove(nowNs: number): boolean;
  /** Called when an answer arrived that names our opening. */
  answer(nowNs: number): boolean;
  /**
   * Called when a cookie arrived from the peer. Its budget is separate from that of answers,
   * because an answer follows as soon as our opening has been sent again with the cookie.
   */
  cookie(nowNs: number): boolean;
  /**
   * Asks whether the answer may be sent again to a copy of an opening that was already answered.
   */
  repeat(nowNs: number): boolean;
  /** Replaces the limit on frames; undefined removes it. */
  changeFrameRate(rate: TokenBucketOptions | undefined): void;
}

/** A budget for one kind of handshake message that may cost Diffie-Hellman work. */
export function makeHandshakeTokenBucket(): TokenBucket {
  return TokenBucket.of({ perSecond: HANDSHAKE_RATE_PER_SECOND, burst: HANDSHAKE_RATE_BURST });
}

/** Admission that charges a budget only after the inexpensive checks: the order of this project. */
export class CheckFirstAdmission implements AdmissionControl {
  readonly #mint: CookieIssuer;
  #frames: TokenBucket | undefined;
  #unsealed: TokenBucket | undefined;
  readonly #openings = makeHandshakeTokenBucket();
  readonly #proofs = makeHandshakeTokenBucket();
  readonly #answers = makeHandshakeTokenBucket();
  readonly #cookies = makeHandshakeTokenBucket();
  readonly #repeats = makeHandshakeTokenBucket();
  readonly #unproven = TokenBucket.of({
    perSecond: UNPROVEN_OPENINGS_PER_SECOND,
    burst: UNPROVEN_OPENINGS_BURST,
  });

  /** @param rate Limit on frames; unlimited when absent. */
  constructor(mint: CookieIssuer, rate: TokenBucketOptions | undefined) {
    this.#mint = mint;
    this.#frames = rate && TokenBucket.of(rate);
    this.#unsealed = rate && TokenBucket.of(rate);
  }

  changeFrameRate(rate: TokenBucketOptions | undefined): void {
    this.#frames = rate && TokenBucket.of(rate);
    this.#unsealed = rate && TokenBucket.of(rate);
  }

  frameCame(): boolean {
    return true;
  }

  // hot: once per frame.
  unsealedCame(nowNs: number): boolean {
    return this.#unsealed === undefined || this.#unsealed.take(nowNs);
  }

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
