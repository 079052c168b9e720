/**
 * Cryptography for protocols: the providers behind the interface `engine/host/crypto.ts`.
 *
 * | name     | what it is                                    | for                               |
 * | -------- | --------------------------------------------- | --------------------------------- |
 * | node     | `node:crypto`, the default                    | simulation and live, see `Timing` |
 * | noble    | pure JavaScript, the reference                | tests, machines without OpenSSL   |
 * | sodium   | libsodium, needs the package `sodium-native`  | live                              |
 * | modelled | no cryptography but hashes and streams        | large sweeps, named in the verdict|
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';
import type { Fallback } from './fallback.ts';
import { modelled } from './modelled.ts';
import { noble } from './noble.ts';
import { type CryptoTiming, createNode, nodeFallbacks } from './node.ts';
import { createSodium, sodiumFallbacks } from './sodium.ts';

export type { Fallback } from './fallback.ts';
export type { CryptoTiming } from './node.ts';
export { hasSodium } from './sodium.ts';

/** Names of the providers, in order of preference. */
export const PROVIDER_NAMES = ['node', 'noble', 'sodium', 'modelled'] as const;

/** The name of a provider, as files and flags write it. */
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** What the modelled provider does not leave to noble, although node does. */
const MODELLED: readonly Fallback['primitive'][] = ['edwards25519', 'mlDsa65', 'mlKem768'];

/** The settings of a provider. */
export interface ProviderOptions {
  /**
   * `constant`, the default, for real secrets; `simulation` for simulated ones, which lets the node
   * provider use faster methods whose time or memory would leak real ones. The other providers
   * ignore it.
   */
  readonly timing?: CryptoTiming;
}

/**
 * The provider with that name.
 * @throws Error if it is not available on this machine (sodium only), with the remedy.
 * @example provider('node', { timing: 'simulation' }).sha256(new Uint8Array(0)).length // 32
 */
export function provider(name: ProviderName, options: ProviderOptions = {}): CryptoProvider {
  switch (name) {
    case 'noble':
      return noble;
    case 'node':
      return createNode(options.timing ?? 'constant');
    case 'sodium':
      return createSodium();
    case 'modelled':
      return modelled;
  }
}

/** Lists what a provider leaves to noble, and for which inputs. */
export function nobleFallbacksOf(name: ProviderName): readonly Fallback[] {
  switch (name) {
    case 'noble':
      return [];
    case 'node':
      return nodeFallbacks;
    case 'modelled':
      // The provider has its own group, encapsulation and signatures.
      return nodeFallbacks.filter(({ primitive }) => !MODELLED.includes(primitive));
    case 'sodium':
      return sodiumFallbacks;
  }
}
