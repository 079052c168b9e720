/**
 * Derives the seeds of masks from the secrets of clients.
 *
 * @module
 */
import type { CryptoProvider, X25519Key } from '../../../engine/host/crypto.ts';
import { type ClientIndexPair, deriveOwnMaskSeed, derivePairMaskSeed } from './mask.ts';

/** How seeds are derived from secrets: all but defective doubles use {@link PROTOCOL_SEED_RULE}. */
export interface SeedRule {
  /**
   * Maps the secret from which a seed is derived: the agreed secret of two clients, or that of one
   * client (then `from` is `to`).
   */
  readonly secret: (agreed: Uint8Array, ends: ClientIndexPair) => Uint8Array;
  /** Maps the derived seed to the seed from which a mask is drawn. */
  readonly seed: (derived: Uint8Array) => Uint8Array;
}

/** The rule of the protocol: it changes neither secrets nor seeds. */
export const PROTOCOL_SEED_RULE: SeedRule = {
  secret: (agreed) => agreed,
  seed: (derived) => derived,
};

/** What the derivation of seeds needs beside secrets. */
export interface MaskSeedContext {
  readonly crypto: CryptoProvider;
  readonly session: Uint8Array;
  /** {@link PROTOCOL_SEED_RULE} by default. */
  readonly seeds?: SeedRule | undefined;
}

/** Seed of the mask that two clients share; undefined for a key of low order. */
export function agreePairMaskSeed(
  context: MaskSeedContext,
  secret: X25519Key,
  peer: ClientIndexPair & { readonly key: Uint8Array },
): Uint8Array | undefined {
  const shared = secret.sharedSecret(peer.key);
  if (shared === undefined) return undefined;
  const { seeds = PROTOCOL_SEED_RULE } = context;
  return seeds.seed(derivePairMaskSeed(context, seeds.secret(shared, peer), peer));
}

/** Seed of a client's own mask. */
export function ownMaskSeed(
  context: MaskSeedContext,
  secret: Uint8Array,
  index: number,
): Uint8Array {
  const { seeds = PROTOCOL_SEED_RULE } = context;
  return seeds.seed(deriveOwnMaskSeed(context, secret, index));
}
