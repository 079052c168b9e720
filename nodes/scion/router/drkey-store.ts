/**
 * Derives on demand, from the AS's own secret, the keys that this AS shares with hosts of other
 * ASes.
 *
 * SCION "DRKey" on the deriving side; secret values are kept for the few epochs in use.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import {
  DRKEY_EPOCH_SECONDS,
  DRKEY_PROTOCOL_SCMP,
  deriveDrkeyAsHostKey,
  deriveDrkeyLevel1Key,
  deriveDrkeySecretValue,
} from './drkey.ts';
import type { AsHostKeyRequest } from './scmp-authentication.ts';

/** Largest number of epochs whose secret values are kept: previous, current and next. */
const EPOCHS_MAX = 3;

/** Derives level 1 and AS-host keys for SCMP. */
export class DrkeyStore {
  readonly #crypto: CryptoProvider;
  readonly #secret: Uint8Array;
  readonly #secretValues = new Map<number, Uint8Array>();

  /** @param secret The secret from which this AS derives its DRKeys. */
  constructor(crypto: CryptoProvider, secret: Uint8Array) {
    this.#crypto = crypto;
    this.#secret = secret;
  }

  /** Derives the key that this AS shares with a host, 16 bytes. */
  keyOf(request: AsHostKeyRequest): Uint8Array {
    return deriveDrkeyAsHostKey(this.#crypto, this.level1KeyOf(request), request.host);
  }

  /** Derives the level 1 key that this AS shares with another AS, 16 bytes. */
  level1KeyOf({ epochBegin, isdAs }: Omit<AsHostKeyRequest, 'host'>): Uint8Array {
    return deriveDrkeyLevel1Key(this.#crypto, this.#secretValue(epochBegin), isdAs);
  }

  #secretValue(epochBegin: number): Uint8Array {
    const known = this.#secretValues.get(epochBegin);
    if (known !== undefined) return known;
    const made = deriveDrkeySecretValue(this.#crypto, {
      secret: this.#secret,
      protocol: DRKEY_PROTOCOL_SCMP,
      epochBegin,
      epochEnd: epochBegin + DRKEY_EPOCH_SECONDS,
    });
    if (this.#secretValues.size >= EPOCHS_MAX) this.#secretValues.clear();
    this.#secretValues.set(epochBegin, made);
    return made;
  }
}
