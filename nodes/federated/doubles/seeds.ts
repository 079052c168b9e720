/**
 * DEFECTIVE DOUBLES, never for traffic: published mistakes in the derivation of mask seeds. Clients
 * and server make the same mistake, so that masks still cancel.
 *
 * @module
 */
import { writeUint32 } from '../../_kit/bytes.ts';
import { KEY_BYTES } from '../secagg/geometry.ts';
import type { ClientIndexPair } from '../secagg/mask.ts';
import { PROTOCOL_SEED_RULE, type SeedRule } from '../secagg/seeds.ts';

/**
 * Draws masks from the clients' indices, which are public. The sum is right, but anybody can remove
 * the masks from any input.
 */
export const PUBLIC_SEED_RULE: SeedRule = {
  ...PROTOCOL_SEED_RULE,
  secret: (_agreed, ends) => publicPairSecret(ends),
};

/**
 * Seeds have only `bits` bits, as with a generator that takes no longer seeds (32 bits in Flower's
 * SecAgg+). The sum is right, but a search finds the seed of a pair mask.
 */
export function shortSeedRule(bits: number): SeedRule {
  return {
    ...PROTOCOL_SEED_RULE,
    seed: (derived) => shortSeed((folded(derived) >>> 0) % 2 ** bits),
  };
}

/** Makes bytes, instead of a secret, from the indices of two clients. */
export function publicPairSecret({ from, to }: ClientIndexPair): Uint8Array {
  const secret = new Uint8Array(KEY_BYTES);
  writeUint32(secret, 0, Math.min(from, to));
  writeUint32(secret, 4, Math.max(from, to));
  return secret;
}

/** A seed that is this number, followed by zeros. */
export function shortSeed(value: number): Uint8Array {
  const seed = new Uint8Array(KEY_BYTES);
  writeUint32(seed, 0, value);
  return seed;
}

function folded(seed: Uint8Array): number {
  const view = new DataView(seed.buffer, seed.byteOffset, KEY_BYTES);
  let folding = 0;
  for (let offset = 0; offset < KEY_BYTES; offset += 4) folding ^= view.getUint32(offset);
  return folding;
}
