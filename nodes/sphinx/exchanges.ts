/**
 * The key exchanges that a network can choose from, by name (ML-KEM-768: FIPS 203).
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import {
  type Encapsulation,
  hybridKem,
  type Kem,
  type NodePrivateKey,
  type SphinxKeyExchange,
  x25519Kem,
  x25519Nike,
} from './exchange.ts';
import { ML_KEM_768_CIPHERTEXT_LENGTH } from './geometry.ts';

/** Length of an ML-KEM-768 encapsulation key, in bytes (FIPS 203 table 3). */
const ML_KEM_768_PUBLIC_KEY_LENGTH = 1184;
/** Length of the private key in its seed form (d and z), in bytes (FIPS 203 section 7.1). */
const ML_KEM_768_SEED_LENGTH = 64;
/** Length of the random message of an encapsulation, in bytes (FIPS 203 section 7.2). */
const ML_KEM_768_COINS_LENGTH = 32;

/**
 * Names of the exchanges: `x25519` is non-interactive, the others are encapsulations. `mlkem768-x25519`
 * combines the two before it; its secrets are safe as long as one of the two is.
 */
export const KEY_EXCHANGE_NAMES = ['x25519', 'x25519-kem', 'mlkem768', 'mlkem768-x25519'] as const;

/** The name of an exchange in a file. */
export type KeyExchangeOption = (typeof KEY_EXCHANGE_NAMES)[number];

/** Creates the named exchange over a provider. */
export function createKeyExchange(
  crypto: CryptoProvider,
  name: KeyExchangeOption,
): SphinxKeyExchange {
  switch (name) {
    case 'x25519':
      return x25519Nike(crypto);
    case 'x25519-kem':
      return x25519Kem(crypto);
    case 'mlkem768':
      return mlKem768Kem(crypto);
    case 'mlkem768-x25519':
      return mlKem768X25519Kem(crypto);
  }
}

/** ML-KEM-768; a private key is its seed of 64 bytes. */
function mlKem768Kem({ mlKem768 }: CryptoProvider): Kem {
  return {
    kind: 'kem',
    name: 'MLKEM768',
    elementLength: ML_KEM_768_CIPHERTEXT_LENGTH,
    publicKeyLength: ML_KEM_768_PUBLIC_KEY_LENGTH,
    privateKeyLength: ML_KEM_768_SEED_LENGTH,
    coinsLength: ML_KEM_768_COINS_LENGTH,
    openKey(privateKey): NodePrivateKey {
      const key = mlKem768.openKey(privateKey);
      if (key === undefined) throw new RangeError('a private key of ML-KEM-768 has 64 bytes');
      return {
        publicKey: key.publicKey,
        secretOf: (ciphertext) => key.decapsulate(ciphertext),
        wipe: () => key.wipe(),
      };
    },
    encapsulate: (publicKey, coins): Encapsulation | undefined =>
      mlKem768.encapsulate(publicKey, coins),
  };
}

/** X25519 first, then ML-KEM-768, in keys, coins and ciphertexts (`MLKEM768-X25519`). */
function mlKem768X25519Kem(crypto: CryptoProvider): Kem {
  const name = 'MLKEM768-X25519';
  return hybridKem({ name, crypto, first: x25519Kem(crypto), second: mlKem768Kem(crypto) });
}
