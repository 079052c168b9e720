/**
 * The crypto providers in each configuration, for tests with published vectors; and the WebAssembly
 * of `engine/crypto` alone, without the library to which it falls back.
 *
 * @module
 */
import { createCmac } from '../../engine/crypto/aes-cmac.ts';
import { createFastAead } from '../../engine/crypto/fast-aead.ts';
import { createFastChacha20 } from '../../engine/crypto/fast-chacha20.ts';
import { createFastHashes } from '../../engine/crypto/fast-hash.ts';
import { createFastX25519 } from '../../engine/crypto/fast-x25519.ts';
import { createCryptoProvider, hasSodium } from '../../engine/crypto/index.ts';
import { tabCrypto } from '../../engine/crypto/tab.ts';
import { createVectorAes } from '../../engine/crypto/vector-aes.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';

/** Name and provider. */
export type NamedProvider = readonly [name: string, crypto: CryptoProvider];

/**
 * Every provider that this machine has, except the modelled one, which computes no cryptography.
 */
export const realProviders: readonly NamedProvider[] = [
  ['noble', createCryptoProvider('noble')],
  ['node for live', createCryptoProvider('node', { timing: 'constant' })],
  ['node for simulation', createCryptoProvider('node', { timing: 'simulation' })],
  ['tab', tabCrypto],
  ...(hasSodium() ? ([['sodium', createCryptoProvider('sodium')]] as const) : []),
];

/** Each set with each provider. */
export function onProviders<S extends object>(
  providers: readonly NamedProvider[],
  sets: readonly S[],
): readonly (S & { readonly provider: string; readonly crypto: CryptoProvider })[] {
  return providers.flatMap(([name, crypto]) =>
    sets.map((set) => ({ ...set, provider: name, crypto })),
  );
}

/** Fails, because the WebAssembly must not pass the call on. */
function forbidden(): never {
  throw new Error('the WebAssembly handed this call to its fallback');
}

/** The primitives that this project implements in WebAssembly. */
export type WasmPrimitives = Pick<
  CryptoProvider,
  'aead' | 'aesCmac' | 'blake2xb' | 'chacha20' | 'hkdfExpandSha256' | 'x25519'
>;

/** The WebAssembly alone; a call that it cannot compute throws. */
export const wasmAlone: WasmPrimitives = {
  ...createFastHashes({ hkdfExpandSha256: forbidden, blake2xb: forbidden }),
  chacha20: createFastChacha20(forbidden),
  x25519: createFastX25519(forbidden),
  aead: (_name, key) => {
    const nobody = { seal: forbidden, open: forbidden, wipe: () => undefined };
    return createFastAead(key, nobody, 'wiped');
  },
  aesCmac: (key) => createCmac(createVectorAes(key) ?? forbidden),
};
