/**
 * Cryptography for protocols: the providers behind the interface `engine/host/crypto.ts`.
 *
 * | name     | what it is                                    | for                               |
 * | -------- | --------------------------------------------- | --------------------------------- |
 * | node     | `node:crypto`, the default                    | both, see {@link CryptoTiming}    |
 * | noble    | pure JavaScript, the reference                | tests, machines without OpenSSL   |
 * | sodium   | libsodium, needs the package `sodium-native`  | live                              |
 * | modelled | AEAD, MAC, most keys without their security   | large sweeps, named in the verdict|
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';
import type { NobleFallback } from './fallback.ts';
import { createModelledCrypto } from './modelled.ts';
import { nobleCrypto } from './noble.ts';
import { type CryptoTiming, createNodeCrypto, nodeCryptoFallbacks } from './node.ts';
import { createSodiumCrypto, sodiumFallbacks } from './sodium.ts';

export type { NobleFallback } from './fallback.ts';
export type { CryptoTiming } from './node.ts';
export { hasSodium } from './sodium.ts';

/** Names of the providers, in order of preference. */
export const CRYPTO_PROVIDER_NAMES = ['node', 'noble', 'sodium', 'modelled'] as const;

/** The name of a provider, as files and flags write it. */
export type CryptoProviderName = (typeof CRYPTO_PROVIDER_NAMES)[number];

const modelledCrypto = createModelledCrypto(createNodeCrypto('simulation'));
/** Primitives that the modelled provider implements itself, although the node provider uses noble for them. */
const MODELLED: readonly NobleFallback['primitive'][] = ['edwards25519', 'mlDsa65', 'mlKem768'];

/** The settings with which a crypto provider is created. */
export interface CryptoProviderOptions {
  /**
   * `constant`, the default, is for real secrets. `simulation` is for simulated secrets and lets the node
   * provider use faster methods that would leak real secrets by their time or memory. Other providers
   * ignore the option.
   */
  readonly timing?: CryptoTiming;
}

/**
 * The provider with that name.
 * @throws Error if it is not available on this machine (sodium only), with the remedy.
 * @example createCryptoProvider('node', { timing: 'simulation' }).sha256(new Uint8Array(0)).length // 32
 */
export function createCryptoProvider(
  name: CryptoProviderName,
  options: CryptoProviderOptions = {},
): CryptoProvider {
  switch (name) {
    case 'noble':
      return nobleCrypto;
    case 'node':
      return createNodeCrypto(options.timing ?? 'constant');
    case 'sodium':
      return createSodiumCrypto();
    case 'modelled':
      return modelledCrypto;
  }
}

/** Lists the primitives for which a provider uses noble, and for which inputs. */
export function nobleFallbacksOf(name: CryptoProviderName): readonly NobleFallback[] {
  switch (name) {
    case 'noble':
      return [];
    case 'node':
      return nodeCryptoFallbacks;
    case 'modelled':
      // The modelled provider has its own group, encapsulation and signatures.
      return nodeCryptoFallbacks.filter(({ primitive }) => !MODELLED.includes(primitive));
    case 'sodium':
      return sodiumFallbacks;
  }
}
