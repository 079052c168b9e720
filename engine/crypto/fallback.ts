/**
 * The words in which a provider says what it leaves to noble.
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';

/** One primitive that a provider leaves to noble. */
export interface Fallback {
  readonly primitive: Exclude<keyof CryptoProvider, 'name'>;
  /** For which inputs; left out when for all. */
  readonly when?: string;
}
