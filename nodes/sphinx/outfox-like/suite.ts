/**
 * The suite of the Outfox-like research format: an exchange by encapsulation, and keys under a label
 * of their own, so that no packet opens under both formats.
 *
 * @module
 */
import { deriveKeysUnder } from '../crypto.ts';
import type { Kem } from '../exchange.ts';
import type { SphinxSuite } from '../suite.ts';

/** What every function of this folder needs to know of its network. */
export interface OutfoxSuite extends SphinxSuite {
  readonly exchange: Kem;
}

const KEY_INFO = Uint8Array.from('orrery-outfox-like-v0', (character) => character.charCodeAt(0));

/**
 * Makes the suite over the lengths of another.
 * @throws RangeError when the exchange encapsulates nothing.
 */
export function outfoxSuite(suite: SphinxSuite): OutfoxSuite {
  const { exchange, crypto } = suite;
  if (exchange.kind !== 'kem') {
    throw new RangeError(`${exchange.name} is no encapsulation, which outfox-like packets need`);
  }
  return { ...suite, exchange, deriveKeys: (secret) => deriveKeysUnder(crypto, secret, KEY_INFO) };
}
