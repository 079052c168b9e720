/**
 * The optional {@link CryptoProvider} over libsodium (`sodium-native`): hashes, Curve25519 and
 * ChaCha20. Other primitives that packets need come from OpenSSL: HMAC, HKDF, AES,
 * BLAKE2s, SHA-384, SHA-3, P-256.
 *
 * Both libraries are constant time. The primitives by noble are not: see {@link sodiumFallbacks}.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { AeadKey, CryptoProvider, X25519Key } from '../host/crypto.ts';
import type { SigningKey, VerifyingKey } from '../host/signatures.ts';
import { isStrictEd25519Key, isStrictEd25519Signature } from './ed25519-strict.ts';
import type { NobleFallback } from './fallback.ts';
import {
  AEAD_KEY_LENGTH,
  CURVE_KEY_LENGTH,
  checkChachaCounter,
  checkLength,
  checkTargetRoom,
  NONCE_LENGTH,
  TAG_LENGTH,
} from './lengths.ts';
import { nobleCrypto } from './noble.ts';
import { createNodeCrypto } from './node.ts';
import { rejectingVerifyingKey, wipedKeyError } from './signing-key.ts';
import { type LoadedSodium, loadSodium, type SodiumBinding } from './sodium-binding.ts';
import { openX25519Key } from './x25519-key.ts';

/** Shortest BLAKE2b output and key that `crypto_generichash` accepts, in bytes. */
const GENERIC_HASH_MIN = 16;

/** Functions that libsodium lacks or its binding does not export, for which noble is used. */
export const sodiumFallbacks: readonly NobleFallback[] = [
  { primitive: 'blake2b', when: 'length or key is shorter than 16' },
  { primitive: 'blake3' },
  { primitive: 'blake3DeriveKey' },
  { primitive: 'edwards25519' },
  { primitive: 'mlKem768' },
  { primitive: 'mlDsa65' },
  { primitive: 'aesCmac' },
];

/** True when the provider can be made on this machine. */
export function hasSodium(): boolean {
  return loadSodium().binding !== undefined;
}

/**
 * Makes the crypto provider on libsodium.
 * @throws Error if `sodium-native` is not installed or has no binary for this platform.
 */
export function createSodiumCrypto(source: LoadedSodium = loadSodium()): CryptoProvider {
  if (source.binding === undefined) {
    const help = 'install the optional package sodium-native, or choose crypto: node';
    throw new Error(`crypto: sodium is not available here; ${help}`, { cause: source.cause });
  }
  const sodium = source.binding;
  const openssl = createNodeCrypto('constant');
  return {
    ...nobleCrypto,
    name: 'sodium',
    blake2s: openssl.blake2s,
    hmacSha256: openssl.hmacSha256,
    hmacSha384: openssl.hmacSha384,
    hmacSha512: openssl.hmacSha512,
    hkdfSha256: openssl.hkdfSha256,
    hkdfSha512: openssl.hkdfSha512,
    hkdfExpandSha256: openssl.hkdfExpandSha256,
    pbkdf2Sha256: openssl.pbkdf2Sha256,
    sha384: openssl.sha384,
    sha3_256: openssl.sha3_256,
    shake256: openssl.shake256,
    sha512Over256: openssl.sha512Over256,
    blake2xb: openssl.blake2xb,
    aesCtr: openssl.aesCtr,
    aesCtrStream: openssl.aesCtrStream,
    aesBlock: openssl.aesBlock,
    polyval: openssl.polyval,
    running: openssl.running,
    legacy: openssl.legacy,
    aesKeyWrap: openssl.aesKeyWrap,
    aesKeyUnwrap: openssl.aesKeyUnwrap,
    aez: openssl.aez,
    sha256: (data) => filled(32, (out) => sodium.crypto_hash_sha256(out, data)),
    sha512: (data) => filled(64, (out) => sodium.crypto_hash_sha512(out, data)),
    blake2b: (data, length, key) => blake2b(sodium, data, { length, key }),
    x25519PublicKey: (secret) => publicKeyOf(sodium, secret),
    x25519: (secret, publicKey) => sharedSecret(sodium, secret, publicKey),
    x25519Key: (secret): X25519Key =>
      openX25519Key(
        {
          x25519: (own, publicKey) => sharedSecret(sodium, own, publicKey),
          x25519PublicKey: (own) => publicKeyOf(sodium, own),
        },
        secret,
      ),
    ed25519PublicKey: (secret) => keyPair(sodium, secret).publicKey,
    ed25519Sign: (secret, message): Uint8Array => {
      const key = openEd25519(sodium, secret);
      const signature = key.sign(message);
      key.wipe();
      return signature;
    },
    ed25519Verify: (publicKey, message, signature) =>
      openEd25519Verifier(sodium, publicKey).verify(message, signature),
    ed25519Key: (secret) => openEd25519(sodium, secret),
    ed25519Verifier: (publicKey) => openEd25519Verifier(sodium, publicKey),
    p256PublicKey: openssl.p256PublicKey,
    p256Sign: openssl.p256Sign,
    p256Verify: openssl.p256Verify,
    p256Key: openssl.p256Key,
    p256Verifier: openssl.p256Verifier,
    p384Verifier: openssl.p384Verifier,
    p521Verifier: openssl.p521Verifier,
    aead: (name, key): AeadKey => {
      checkLength(`a key of ${name}`, key, AEAD_KEY_LENGTH[name]);
      return name === 'chacha20-poly1305' ? createAead(sodium, key) : openssl.aead(name, key);
    },
    chacha20: (key, nonce, counter, data): Uint8Array => {
      checkLength('a ChaCha20 key', key, 32);
      checkLength('a nonce', nonce, NONCE_LENGTH);
      checkChachaCounter(counter, data.length);
      return filled(data.length, (out) =>
        sodium.crypto_stream_chacha20_ietf_xor_ic(out, data, nonce, counter, key),
      );
    },
    equal: (a, b) => a.length === b.length && (a.length === 0 || sodium.sodium_memcmp(a, b)),
  };
}

function filled(length: number, fill: (out: Uint8Array) => void): Uint8Array {
  const out = new Uint8Array(length);
  fill(out);
  return out;
}

function blake2b(
  sodium: SodiumBinding,
  data: Uint8Array,
  options: { readonly length: number; readonly key: Uint8Array | undefined },
): Uint8Array {
  const { length, key } = options;
  const hasKey = key !== undefined && key.length > 0;
  const isShortKey = hasKey && key.length < GENERIC_HASH_MIN;
  if (length < GENERIC_HASH_MIN || length > 64 || isShortKey || (key?.length ?? 0) > 64) {
    return nobleCrypto.blake2b(data, length, key);
  }
  return filled(length, (out) =>
    hasKey ? sodium.crypto_generichash(out, data, key) : sodium.crypto_generichash(out, data),
  );
}

function publicKeyOf(sodium: SodiumBinding, secret: Uint8Array): Uint8Array {
  checkLength('a secret key', secret, CURVE_KEY_LENGTH);
  return filled(32, (out) => sodium.crypto_scalarmult_base(out, secret));
}

function sharedSecret(
  sodium: SodiumBinding,
  secret: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array | undefined {
  checkLength('a secret key', secret, CURVE_KEY_LENGTH);
  if (publicKey.length !== CURVE_KEY_LENGTH) return undefined;
  try {
    return filled(32, (out) => sodium.crypto_scalarmult(out, secret, publicKey));
  } catch {
    // libsodium refuses the all-zero result of a point of low order (RFC 7748 section 6.1).
    return undefined;
  }
}

function keyPair(
  sodium: SodiumBinding,
  seed: Uint8Array,
): { publicKey: Uint8Array; secretKey: Uint8Array } {
  checkLength('a secret key', seed, CURVE_KEY_LENGTH);
  const publicKey = new Uint8Array(32);
  const secretKey = new Uint8Array(64);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
  return { publicKey, secretKey };
}

/** Opens a secret for signing; keeps the expanded secret, with which libsodium signs. */
function openEd25519(sodium: SodiumBinding, seed: Uint8Array): SigningKey {
  const { publicKey, secretKey } = keyPair(sodium, seed);
  let isOpen = true;
  return {
    publicKey,
    sign(message): Uint8Array {
      if (!isOpen) throw wipedKeyError();
      return filled(64, (out) => sodium.crypto_sign_detached(out, message, secretKey));
    },
    wipe(): void {
      isOpen = false;
      wipe(secretKey);
    },
  };
}

function openEd25519Verifier(sodium: SodiumBinding, publicKey: Uint8Array): VerifyingKey {
  if (!isStrictEd25519Key(publicKey)) return rejectingVerifyingKey;
  const own = new Uint8Array(publicKey);
  return {
    verify: (message, signature) =>
      isStrictEd25519Signature(signature) &&
      sodium.crypto_sign_verify_detached(signature, message, own),
  };
}

function createAead(sodium: SodiumBinding, key: Uint8Array): AeadKey {
  const copy = new Uint8Array(key);
  return {
    seal(nonce, associatedData, plaintext, target): number {
      checkLength('a nonce', nonce, NONCE_LENGTH);
      const length = plaintext.length + TAG_LENGTH;
      checkTargetRoom(target, length);
      sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
        target.subarray(0, length),
        plaintext,
        associatedData.length === 0 ? null : associatedData,
        null,
        nonce,
        copy,
      );
      return length;
    },
    open(nonce, associatedData, sealed, target): number {
      checkLength('a nonce', nonce, NONCE_LENGTH);
      const length = sealed.length - TAG_LENGTH;
      if (length < 0) return -1;
      checkTargetRoom(target, length);
      try {
        sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
          target.subarray(0, length),
          null,
          sealed,
          associatedData.length === 0 ? null : associatedData,
          nonce,
          copy,
        );
        return length;
      } catch {
        // The binding throws when the tag is wrong; lengths were checked above.
        return -1;
      }
    },
    wipe: () => wipe(copy),
  };
}
