/**
 * Cryptography for protocols: the providers behind the port `engine/host/crypto.ts`.
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';
import { noble } from './noble.ts';

/** Names of the providers. */
export type ProviderName = 'noble';

/** Gives the provider of that name. */
export function provider(_name: ProviderName): CryptoProvider {
  return noble;
}
