/**
 * How a provider describes what it leaves to noble.
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';

/** One primitive that a provider leaves to noble. */
export interface NobleFallback {
  readonly primitive: Exclude<keyof CryptoProvider, 'name'>;
  /** The inputs concerned; absent if all are. */
  readonly when?: string;
}
