/**
 * The secrets of a client in one session: drawn, used and wiped here.
 *
 * @module
 */
import { wipe } from '../../_kit/secrets.ts';
import { assert } from './assert.ts';
import type { ClientMachineParts } from './client-parts.ts';
import { KEY_BYTES } from './geometry.ts';
import type { NeighbourSecrets, ShareKeysInput } from './jobs.ts';
import type { ClientPublicKeys } from './messages.ts';
import { ownMaskSeed, PROTOCOL_SEED_RULE } from './seeds.ts';
import { holderPoint, type SecretPolynomials, splitSecret } from './shamir.ts';

const NOTHING = new Uint8Array(0);

/** Secrets of one client. */
export class ClientSecrets {
  readonly #parts: ClientMachineParts;
  #channelSecret: Uint8Array = NOTHING;
  #maskSecret: Uint8Array = NOTHING;
  #ownSecret: Uint8Array = NOTHING;
  #maskCoefficients: readonly Uint8Array[] = [];
  #ownCoefficients: readonly Uint8Array[] = [];
  #ownShares: { readonly own: Uint8Array; readonly pair: Uint8Array } = {
    own: NOTHING,
    pair: NOTHING,
  };
  publicKeys: Omit<ClientPublicKeys, 'index'> = { channelKey: NOTHING, maskKey: NOTHING };

  constructor(parts: ClientMachineParts) {
    this.#parts = parts;
  }

  /** Draws the key pairs of channel and masks. @returns the public keys. */
  drawKeys(): Omit<ClientPublicKeys, 'index'> {
    const { crypto, ledger } = this.#parts;
    this.#channelSecret = this.#draw();
    this.#maskSecret = this.#draw();
    const channelKey = crypto.x25519PublicKey(this.#channelSecret);
    const maskKey = crypto.x25519PublicKey(this.#maskSecret);
    ledger?.take(maskKey);
    this.publicKeys = { channelKey, maskKey };
    return this.publicKeys;
  }

  /** Draws the secret of the client's own mask, and the polynomials of both secrets. */
  drawShares(): void {
    const { config, seeds = PROTOCOL_SEED_RULE, index } = this.#parts;
    this.#ownSecret = seeds.secret(this.#draw(), { from: index, to: index });
    const draws = Array.from({ length: config.t - 1 });
    this.#maskCoefficients = draws.map(() => this.#draw());
    this.#ownCoefficients = draws.map(() => this.#draw());
  }

  /** The secrets that the job `shareKeys` needs. */
  get toShare(): Pick<ShareKeysInput, 'channelSecret' | 'maskSecret' | 'ownSecret'> {
    return {
      channelSecret: this.#channelSecret,
      maskSecret: this.#maskPolynomials,
      ownSecret: this.#ownPolynomials,
    };
  }

  /** Keeps the client's shares of its own secrets, and wipes the polynomials, no longer needed. */
  keepOwnShares(): void {
    const points = [holderPoint(this.#parts.index)];
    const [own = NOTHING] = splitSecret(this.#ownPolynomials, points);
    const [pair = NOTHING] = splitSecret(this.#maskPolynomials, points);
    this.#ownShares = { own, pair };
    this.#wipePolynomials();
  }

  /** The client's shares of its own secrets. */
  get ownShares(): { readonly own: Uint8Array; readonly pair: Uint8Array } {
    return this.#ownShares;
  }

  /** Seed of the client's own mask. */
  ownSeed(session: Uint8Array): Uint8Array {
    const { crypto, seeds, index } = this.#parts;
    assert(this.#ownSecret.length === KEY_BYTES, 'an own mask before its secret');
    return ownMaskSeed({ crypto, session, seeds }, this.#ownSecret, index);
  }

  /** Overwrites all secrets, and those shared with neighbours. */
  wipe(shared: Iterable<NeighbourSecrets>): void {
    for (const { channel, seed } of shared) {
      wipe(channel);
      wipe(seed);
    }
    wipe(this.#channelSecret);
    wipe(this.#maskSecret);
    wipe(this.#ownSecret);
    wipe(this.#ownShares.own);
    wipe(this.#ownShares.pair);
    this.#wipePolynomials();
  }

  get #maskPolynomials(): SecretPolynomials {
    return { secret: this.#maskSecret, coefficients: this.#maskCoefficients };
  }

  get #ownPolynomials(): SecretPolynomials {
    return { secret: this.#ownSecret, coefficients: this.#ownCoefficients };
  }

  #wipePolynomials(): void {
    for (const row of [...this.#maskCoefficients, ...this.#ownCoefficients]) wipe(row);
    this.#maskCoefficients = [];
    this.#ownCoefficients = [];
  }

  #draw(): Uint8Array {
    return this.#parts.randomBytes(KEY_BYTES);
  }
}
