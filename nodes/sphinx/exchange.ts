/**
 * Key exchanges of Sphinx: non-interactive (NIKE), where one element is blinded from hop to hop
 * (katzenpost, core/sphinx/sphinx.go), and by encapsulation (KEM), where each hop has a ciphertext
 * of its own (core/sphinx/kemsphinx.go).
 *
 * This module has X25519 in both forms and the combiner of two KEMs; `exchanges.ts` lists all
 * exchanges. No randomness is drawn: ephemeral secrets and coins are arguments.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatByteList, concatBytes } from '../_kit/bytes.ts';
import { type KemName, type NikeName, X25519_LENGTH } from './geometry.ts';

/** Length of the secret that each exchange yields, in bytes. */
const SECRET_LENGTH = 32;

/** A node's private key, loaded once per epoch and used for every packet. */
export interface NodePrivateKey {
  readonly publicKey: Uint8Array;
  /**
   * The secret shared through an element from a packet.
   * @returns 32 bytes, or undefined when the element is a low-order point.
   */
  secretOf(element: Uint8Array): Uint8Array | undefined;
  /** Discards the private key: from then on it yields no shared secret. */
  wipe(): void;
}

/** A key exchange whose element can be blinded: public keys are elements. */
export interface Nike {
  readonly kind: 'nike';
  readonly name: NikeName;
  readonly elementLength: number;
  readonly publicKeyLength: number;
  readonly privateKeyLength: number;
  /** Length of an ephemeral secret, in bytes. */
  readonly coinsLength: number;
  openKey(privateKey: Uint8Array): NodePrivateKey;
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** Multiplies an element, to share a secret or to blind the element; undefined when the result is all zero. */
  multiply(scalar: Uint8Array, element: Uint8Array): Uint8Array | undefined;
}

/** The result of an encapsulation: the shared secret, and the ciphertext for the receiver. */
export interface Encapsulation {
  readonly secret: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** A key exchange by encapsulation: elements are ciphertexts. */
export interface Kem {
  readonly kind: 'kem';
  readonly name: KemName;
  readonly elementLength: number;
  readonly publicKeyLength: number;
  readonly privateKeyLength: number;
  /** Length of the randomness of one encapsulation, in bytes. */
  readonly coinsLength: number;
  openKey(privateKey: Uint8Array): NodePrivateKey;
  /** @returns undefined when the public key is malformed or of low order. */
  encapsulate(publicKey: Uint8Array, coins: Uint8Array): Encapsulation | undefined;
}

/** Either kind of key exchange. */
export type SphinxKeyExchange = Nike | Kem;

/** X25519 (RFC 7748) as a non-interactive exchange; the multiplication clamps scalars. */
export function x25519Nike(crypto: CryptoProvider): Nike {
  return {
    kind: 'nike',
    name: 'x25519',
    elementLength: X25519_LENGTH,
    publicKeyLength: X25519_LENGTH,
    privateKeyLength: X25519_LENGTH,
    coinsLength: X25519_LENGTH,
    openKey(privateKey): NodePrivateKey {
      const own = crypto.x25519Key(privateKey);
      return {
        publicKey: own.publicKey,
        secretOf: (element) => own.sharedSecret(element),
        wipe: () => own.wipe(),
      };
    },
    publicKey: (privateKey) => crypto.x25519PublicKey(privateKey),
    multiply: (scalar, element) => crypto.x25519(scalar, element),
  };
}

/**
 * X25519 as an encapsulation: the ciphertext is an ephemeral public key (katzenpost/hpqc,
 * kem/adapter).
 */
export function x25519Kem(crypto: CryptoProvider): Kem {
  return {
    kind: 'kem',
    name: 'x25519',
    elementLength: X25519_LENGTH,
    publicKeyLength: X25519_LENGTH,
    privateKeyLength: X25519_LENGTH,
    coinsLength: X25519_LENGTH,
    openKey(privateKey): NodePrivateKey {
      const own = crypto.x25519Key(privateKey);
      const { publicKey } = own;
      return {
        publicKey,
        secretOf(ciphertext): Uint8Array | undefined {
          const shared = own.sharedSecret(ciphertext);
          return shared && adaptedSecret(crypto, [publicKey, ciphertext], shared);
        },
        wipe: () => own.wipe(),
      };
    },
    encapsulate(publicKey, coins): Encapsulation | undefined {
      const shared = crypto.x25519(coins, publicKey);
      if (shared === undefined) return undefined;
      const ciphertext = crypto.x25519PublicKey(coins);
      return { secret: adaptedSecret(crypto, [publicKey, ciphertext], shared), ciphertext };
    },
  };
}

/**
 * The shared secret of the adapted KEM: BLAKE2Xb, keyed with the raw secret, of the receiver's public key
 * followed by the ciphertext (katzenpost/hpqc, kem/adapter).
 */
function adaptedSecret(
  crypto: CryptoProvider,
  message: readonly [publicKey: Uint8Array, ciphertext: Uint8Array],
  shared: Uint8Array,
): Uint8Array {
  return crypto.blake2xb(concatByteList(message), SECRET_LENGTH, shared);
}

/** The two KEMs to combine, and the name of the combination. */
export interface HybridOptions {
  readonly name: KemName;
  readonly crypto: CryptoProvider;
  /** The KEM that comes first in public keys, private keys, coins and ciphertexts. */
  readonly first: Kem;
  readonly second: Kem;
}

/**
 * Two KEMs as one: the secret is safe as long as one of the two KEMs is. `MLKEM768-X25519` has X25519 as
 * first and ML-KEM-768 as second (katzenpost/hpqc, kem/combiner).
 */
export function hybridKem(options: HybridOptions): Kem {
  const { name, crypto, first, second } = options;
  return {
    kind: 'kem',
    name,
    elementLength: first.elementLength + second.elementLength,
    publicKeyLength: first.publicKeyLength + second.publicKeyLength,
    privateKeyLength: first.privateKeyLength + second.privateKeyLength,
    coinsLength: first.coinsLength + second.coinsLength,
    openKey(privateKey): NodePrivateKey {
      const one = first.openKey(privateKey.subarray(0, first.privateKeyLength));
      const two = second.openKey(privateKey.subarray(first.privateKeyLength));
      return {
        publicKey: concatBytes(one.publicKey, two.publicKey),
        secretOf(ciphertext): Uint8Array | undefined {
          const firstSecret = one.secretOf(ciphertext.subarray(0, first.elementLength));
          const secondSecret = two.secretOf(ciphertext.subarray(first.elementLength));
          if (firstSecret === undefined || secondSecret === undefined) return undefined;
          return combineSecrets(crypto, [firstSecret, secondSecret], ciphertext);
        },
        wipe(): void {
          one.wipe();
          two.wipe();
        },
      };
    },
    encapsulate(publicKey, coins): Encapsulation | undefined {
      const { publicKeyLength, coinsLength } = first;
      const one = first.encapsulate(
        publicKey.subarray(0, publicKeyLength),
        coins.subarray(0, coinsLength),
      );
      const two = second.encapsulate(
        publicKey.subarray(publicKeyLength),
        coins.subarray(coinsLength),
      );
      if (one === undefined || two === undefined) return undefined;
      const ciphertext = concatBytes(one.ciphertext, two.ciphertext);
      const secret = combineSecrets(crypto, [one.secret, two.secret], ciphertext);
      return { secret, ciphertext };
    },
  };
}

/**
 * The combiner: XOR of the BLAKE2b-256 hashes of each secret with all ciphertexts (katzenpost/hpqc,
 * kem/util, split PRF).
 * @param ciphertext All ciphertexts, joined.
 */
export function combineSecrets(
  crypto: CryptoProvider,
  secrets: readonly Uint8Array[],
  ciphertext: Uint8Array,
): Uint8Array {
  const combined = new Uint8Array(SECRET_LENGTH);
  for (const secret of secrets) {
    const part = crypto.blake2b(concatBytes(secret, ciphertext), SECRET_LENGTH);
    for (let index = 0; index < SECRET_LENGTH; index++) {
      combined[index] = (combined[index] as number) ^ (part[index] as number);
    }
  }
  return combined;
}
