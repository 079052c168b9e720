/**
 * The suite of the Outfox-like research format: an encapsulation, and keys derived under another label than
 * Katzenpost's, so that no packet can be opened in both formats.
 *
 * @module
 */
import { deriveKeysWithLabel } from '../crypto.ts';
import type { Kem } from '../exchange.ts';
import type { SphinxSuite } from '../suite.ts';

/** A suite whose exchange is an encapsulation, as this format requires. */
export interface OutfoxSuite extends SphinxSuite {
  readonly exchange: Kem;
}

const KEY_INFO = Uint8Array.from('orrery-outfox-like-v0', (character) => character.charCodeAt(0));

/**
 * Creates the suite of this format with the provider, exchange and lengths of a plain suite.
 * @throws RangeError when the exchange is not an encapsulation.
 */
export function createOutfoxSuite(suite: SphinxSuite): OutfoxSuite {
  const { exchange, crypto } = suite;
  if (exchange.kind !== 'kem') {
    throw new RangeError(
      `${exchange.name} is not an encapsulation, which outfox-like packets need`,
    );
  }
  return {
    ...suite,
    exchange,
    deriveKeys: (secret) => deriveKeysWithLabel(crypto, secret, KEY_INFO),
  };
}
