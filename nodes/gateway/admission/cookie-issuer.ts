/**
 * The cookies of one gateway: MACs over peer addresses under a secret that changes every two
 * minutes (WireGuard, NDSS 2017, sections 5.3 and 5.4.7). No state is kept per address.
 *
 * It also limits how many openings, over all peers, are accepted without a cookie.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { wipe } from '../../_kit/secrets.ts';
import { TokenBucket } from '../../_kit/token-bucket.ts';
import {
  ALL_PEERS_UNPROVEN_BURST,
  ALL_PEERS_UNPROVEN_PER_SECOND,
  COOKIE_BYTES,
  COOKIE_LIFE_NS,
} from '../geometry.ts';

const SECRET_BYTES = 32;

/** Issues and checks one gateway's cookies. */
export class CookieIssuer {
  readonly #crypto: CryptoProvider;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #unproven = TokenBucket.of({
    perSecond: ALL_PEERS_UNPROVEN_PER_SECOND,
    burst: ALL_PEERS_UNPROVEN_BURST,
  });
  /** The secret; absent before the first cookie, because most gateways never issue one. */
  #secret: Uint8Array | undefined;
  #untilNs = 0;

  constructor(crypto: CryptoProvider, randomBytes: (length: number) => Uint8Array) {
    this.#crypto = crypto;
    this.#randomBytes = randomBytes;
  }

  /**
   * Takes one opening from the budget for openings without a cookie, of all peers together; false if
   * the budget is used up.
   */
  takeCalm(nowNs: number): boolean {
    return this.#unproven.take(nowNs);
  }

  /** The cookie that is valid for an address now; undefined when none was issued. */
  known(address: Uint8Array, nowNs: number): Uint8Array | undefined {
    return this.#secret === undefined || nowNs >= this.#untilNs ? undefined : this.#of(address);
  }

  /** Issues the cookie for an address. */
  give(address: Uint8Array, nowNs: number): Uint8Array {
    if (this.#secret === undefined || nowNs >= this.#untilNs) {
      this.close();
      this.#secret = this.#randomBytes(SECRET_BYTES);
      this.#untilNs = nowNs + COOKIE_LIFE_NS;
    }
    return this.#of(address);
  }

  /** Erases the secret; cookies issued before become invalid. */
  close(): void {
    if (this.#secret !== undefined) wipe(this.#secret);
    this.#secret = undefined;
  }

  #of(address: Uint8Array): Uint8Array {
    const secret = this.#secret ?? new Uint8Array(SECRET_BYTES);
    return this.#crypto.hmacSha256(secret, address).subarray(0, COOKIE_BYTES);
  }
}
