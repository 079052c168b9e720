/**
 * Seeds of masks from the secrets that clients agree on.
 *
 * @module
 */
import type { CryptoProvider, X25519Key } from '../../../engine/host/crypto.ts';
import { type Ends, pairSeed, selfSeed } from './mask.ts';

/** How seeds follow from secrets: the rule of all but defective doubles is {@link AGREED}. */
export interface SeedRule {
  /** What a seed is derived from: of two clients, or of one with itself. */
  readonly secret: (agreed: Uint8Array, ends: Ends) => Uint8Array;
  /** What a mask is drawn from. */
  readonly seed: (derived: Uint8Array) => Uint8Array;
}

/** As the protocol has it. */
export const AGREED: SeedRule = { secret: (agreed) => agreed, seed: (derived) => derived };

/** What seeds depend on, beside secrets. */
export interface SeedContext {
  readonly crypto: CryptoProvider;
  readonly session: Uint8Array;
  /** {@link AGREED} by default. */
  readonly seeds?: SeedRule | undefined;
}

/** Seed of the mask that two clients share; undefined for a key of low order. */
export function agreeSeed(
  context: SeedContext,
  secret: X25519Key,
  peer: Ends & { readonly key: Uint8Array },
): Uint8Array | undefined {
  const shared = secret.sharedSecret(peer.key);
  if (shared === undefined) return undefined;
  const { seeds = AGREED } = context;
  return seeds.seed(pairSeed(context, seeds.secret(shared, peer), peer));
}

/** Seed of a client's own mask. */
export function ownSeed(context: SeedContext, secret: Uint8Array, index: number): Uint8Array {
  const { seeds = AGREED } = context;
  return seeds.seed(selfSeed(context, secret, index));
}
