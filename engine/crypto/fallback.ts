/**
 * How a provider describes the primitives for which it uses noble.
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';

/** One primitive for which a provider uses noble. */
export interface NobleFallback {
  readonly primitive: Exclude<keyof CryptoProvider, 'name'>;
  /** The inputs for which noble is used; absent if it is used for all inputs. */
  readonly when?: string;
}
