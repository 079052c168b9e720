/**
 * TEST DOUBLE, never for traffic: charges a frame before checking it, so that anyone who spoofs a
 * peer's address spends that peer's budgets. Twenty junk openings a second keep a tunnel from
 * getting its next key.
 *
 * It exists to show that `handshake-flood.yaml` can fail.
 *
 * @module
 */
import { TokenBucket, type TokenBucketOptions } from '../../_kit/token-bucket.ts';
import {
  type AdmissionControl,
  makeHandshakeTokenBucket,
  type OpeningVerdict,
} from '../admission/admission.ts';

/** Test double: charges budgets before it checks a frame. */
export class ChargeFirstAdmission implements AdmissionControl {
  #frames: TokenBucket | undefined;
  readonly #messages = makeHandshakeTokenBucket();

  /** @param rate Limit on frames; unlimited when absent. */
  constructor(rate: TokenBucketOptions | undefined) {
    this.#frames = rate && TokenBucket.of(rate);
  }

  changeFrameRate(rate: TokenBucketOptions | undefined): void {
    this.#frames = rate && TokenBucket.of(rate);
  }

  frameCame(nowNs: number): boolean {
    return this.#frames === undefined || this.#frames.take(nowNs);
  }

  unsealedCame(nowNs: number): boolean {
    return this.frameCame(nowNs);
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
