/**
 * TEST DOUBLE, never for traffic: charges before it looks, so that whoever names a peer as his source
 * spends that peer's budgets. Twenty junk openings a second keep a tunnel from its next key.
 *
 * It exists so that `handshake-flood.yaml` can be seen to turn red.
 *
 * @module
 */
import { type RateLimit, TokenBucket } from '../rate-limit.ts';
import { type Admission, handshakeBucket, type OpeningVerdict } from './admission.ts';

/** See the module. */
export class EagerAdmission implements Admission {
  readonly #frames: TokenBucket | undefined;
  readonly #messages = handshakeBucket();

  /** @param rate Of frames; unlimited when absent. */
  constructor(rate: RateLimit | undefined) {
    this.#frames = rate === undefined ? undefined : new TokenBucket(rate);
  }

  frameCame(nowNs: number): boolean {
    return this.#frames === undefined || this.#frames.take(nowNs);
  }

  frameAccepted(): boolean {
    return true;
  }

  messageCame(nowNs: number): boolean {
    return this.#messages.take(nowNs);
  }

  opening(): OpeningVerdict {
    return 'admit';
  }

  prove(): boolean {
    return true;
  }

  answer(): boolean {
    return true;
  }

  cookie(): boolean {
    return true;
  }

  repeat(): boolean {
    return true;
  }
}
