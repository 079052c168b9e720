/**
 * Helpers for the Sphinx tests: providers, the small geometry of the vectors, and fixed randomness.
 *
 * @module
 */
import { createCryptoProvider, hasSodium } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { fromHex } from '../../../../nodes/_kit/bytes.ts';
import {
  createSuite,
  type SphinxKeyExchange,
  type SphinxSuite,
} from '../../../../nodes/sphinx/index.ts';

/** Every provider except the modelled one. */
export const providers: readonly (readonly [string, CryptoProvider])[] = [
  ['noble', createCryptoProvider('noble')],
  ['node for live', createCryptoProvider('node', { timing: 'constant' })],
  ['node for simulation', createCryptoProvider('node', { timing: 'simulation' })],
  ...(hasSodium() ? ([['sodium', createCryptoProvider('sodium')]] as const) : []),
];

/** A node of a vector, with its values in hexadecimal. */
export interface HopVector {
  readonly id: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly commands: readonly string[];
}

/** The packets of the vectors: five hops, 103 bytes of payload, no room for a SURB. */
export function smallSuite(crypto: CryptoProvider, exchange: SphinxKeyExchange): SphinxSuite {
  return createSuite({
    crypto,
    exchange,
    nrHops: 5,
    userForwardPayloadLength: 103,
    withSurb: false,
  });
}

/** A source of randomness that returns the given bytes in order. */
export function concatInOrder(parts: readonly string[]): {
  take(length: number): Uint8Array;
  left(): number;
} {
  const bytes = fromHex(parts.join(''));
  let at = 0;
  return {
    take(length): Uint8Array {
      at += length;
      if (at > bytes.length) throw new RangeError('more randomness was taken than was given');
      return bytes.slice(at - length, at);
    },
    left: () => bytes.length - at,
  };
}
