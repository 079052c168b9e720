/**
 * Seeds of masks from the secrets that clients agree on; with the defects of doubles.ts.
 *
 * @module
 */
import type { CryptoProvider, X25519Key } from '../../../engine/host/crypto.ts';
import { writeUint32 } from '../../_kit/bytes.ts';
import type { SeedDouble } from './doubles.ts';
import { KEY_LENGTH } from './geometry.ts';
import { type Ends, pairSeed, selfSeed } from './mask.ts';

/** What seeds depend on, beside secrets. */
export interface SeedContext {
  readonly crypto: CryptoProvider;
  readonly session: Uint8Array;
  readonly double: SeedDouble | undefined;
}

/** Seed of the mask that two clients share; undefined for a key of low order. */
export function agreeSeed(
  context: SeedContext,
  secret: X25519Key,
  peer: Ends & { readonly key: Uint8Array },
): Uint8Array | undefined {
  const shared = secret.sharedSecret(peer.key);
  if (shared === undefined) return undefined;
  const { double } = context;
  const material = double?.kind === 'public-masks' ? publicSecret(peer) : shared;
  return shortened(pairSeed(context, material, peer), double);
}

/** Seed of a client's own mask. */
export function ownSeed(context: SeedContext, secret: Uint8Array, index: number): Uint8Array {
  return shortened(selfSeed(context, secret, index), context.double);
}

/** The defect `public-masks`: what stands for a secret follows from the numbers of the clients. */
export function publicSecret({ from, to }: Ends): Uint8Array {
  const secret = new Uint8Array(KEY_LENGTH);
  writeUint32(secret, 0, Math.min(from, to));
  writeUint32(secret, 4, Math.max(from, to));
  return secret;
}

/** The defect `short-seeds`: a seed with all but `bits` bits zero, below 2^bits. */
export function shortSeed(value: number): Uint8Array {
  const seed = new Uint8Array(KEY_LENGTH);
  writeUint32(seed, 0, value);
  return seed;
}

function shortened(seed: Uint8Array, double: SeedDouble | undefined): Uint8Array {
  if (double?.kind !== 'short-seeds') return seed;
  const view = new DataView(seed.buffer, seed.byteOffset, KEY_LENGTH);
  let folded = 0;
  for (let offset = 0; offset < KEY_LENGTH; offset += 4) folded ^= view.getUint32(offset);
  return shortSeed((folded >>> 0) % 2 ** double.bits);
}
