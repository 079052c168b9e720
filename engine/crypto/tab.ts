/**
 * The {@link CryptoProvider} of a browser's tab, for simulated secrets: noble, and what this project has in WebAssembly.
 * It gives the same bytes and verdicts as the others.
 *
 * @module
 */
import type { AeadKey, CryptoProvider, MacKey } from '../host/crypto.ts';
import { createFastAead } from './fast-aead.ts';
import { createFastAez } from './fast-aez.ts';
import { createFastChacha20 } from './fast-chacha20.ts';
import { createFastHashes } from './fast-hash.ts';
import { createFastPolyval } from './fast-polyval.ts';
import { createFastX25519 } from './fast-x25519.ts';
import { CURVE_KEY_LENGTH, checkLength } from './lengths.ts';
import { nobleCrypto } from './noble.ts';
import { createTableCmac } from './table-cmac.ts';
import { openX25519Key } from './x25519-key.ts';

/** The u-coordinate of the base point (RFC 7748 section 4.1). */
const BASE_POINT = new Uint8Array(CURVE_KEY_LENGTH).fill(9, 0, 1);
const x25519 = createFastX25519(nobleCrypto.x25519);

/** The provider that runs where there is no OpenSSL. */
export const tabCrypto: CryptoProvider = {
  ...nobleCrypto,
  name: 'tab',
  ...createFastHashes(nobleCrypto),
  x25519,
  x25519PublicKey,
  x25519Key: (secret) => openX25519Key({ x25519, x25519PublicKey }, secret),
  aead: (name, key): AeadKey => {
    const plain = nobleCrypto.aead(name, key);
    return name === 'chacha20-poly1305' ? createFastAead(key, plain, 'kept') : plain;
  },
  aesCmac: (key): MacKey => {
    checkLength('an AES-CMAC key', key, 16);
    return createTableCmac(key);
  },
  aez: createFastAez,
  chacha20: createFastChacha20(nobleCrypto.chacha20),
  polyval: createFastPolyval(nobleCrypto.polyval),
};

function x25519PublicKey(secret: Uint8Array): Uint8Array {
  // The base point has a large order, so the result is never zero.
  return x25519(secret, BASE_POINT) as Uint8Array;
}
