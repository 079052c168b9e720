/**
 * Calls of the crypto provider that take microseconds to milliseconds and happen a few times per
 * session or round: key derivation, agreements, signatures, encapsulation, points of a curve.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEED_BYTES = 64;

/**
 * Calls to time, by the name under which the processor model charges them. Each repetition passes
 * another key, so that no result can be reused.
 */
export type RareCryptoCalls = Readonly<Record<string, (key: Uint8Array) => unknown>>;

/**
 * All rare calls of a provider.
 * @param keys At least two secrets of 32 bytes.
 */
export function rareCryptoCalls(
  crypto: CryptoProvider,
  keys: readonly Uint8Array[],
): RareCryptoCalls {
  const [, own = new Uint8Array(KEY_BYTES)] = keys;
  const peer = crypto.x25519PublicKey(own);
  const wrapped = crypto.aesKeyWrap(own, peer);
  return {
    x25519: (key) => crypto.x25519(key, peer),
    x25519PublicKey: (key) => crypto.x25519PublicKey(key),
    hkdfSha256: (key) => crypto.hkdfSha256({ key, length: KEY_BYTES }),
    hkdfSha512: (key) => crypto.hkdfSha512({ key, length: KEY_BYTES }),
    hkdfExpandSha256: (key) => crypto.hkdfExpandSha256({ key, length: 5 * KEY_BYTES }),
    sha512Over256: (key) => crypto.sha512Over256(key),
    blake2xb: (key) => crypto.blake2xb(key, KEY_BYTES, peer),
    chacha20: (key) => crypto.chacha20(key, peer.subarray(0, NONCE_BYTES), 0, peer),
    hmacSha256: (key) => crypto.hmacSha256(key, peer),
    blake2s: (key) => crypto.blake2s(key),
    aead: (key) => crypto.aead('chacha20-poly1305', key),
    aesKeyWrap: (key) => crypto.aesKeyWrap(key, peer),
    aesKeyUnwrap: () => crypto.aesKeyUnwrap(own, wrapped),
    aesCmac: (key) => crypto.aesCmac(key.subarray(0, TAG_BYTES)),
    ...signatures(crypto, own),
    ...encapsulation(crypto),
    ...latticeSignatures(crypto, own),
    ...points(crypto, own),
  };
}

function signatures(crypto: CryptoProvider, own: Uint8Array): RareCryptoCalls {
  const [edPublic, edSignature] = [crypto.ed25519PublicKey(own), crypto.ed25519Sign(own, own)];
  const [pPublic, pSignature] = [crypto.p256PublicKey(own), crypto.p256Sign(own, own)];
  assert(crypto.ed25519Verify(edPublic, own, edSignature), 'ed25519 verifies what it has signed');
  assert(crypto.p256Verify(pPublic, own, pSignature), 'p256 verifies what it has signed');
  return {
    ed25519PublicKey: (key) => crypto.ed25519PublicKey(key),
    ed25519Sign: (key) => crypto.ed25519Sign(key, own),
    ed25519Verify: () => crypto.ed25519Verify(edPublic, own, edSignature),
    p256PublicKey: (key) => crypto.p256PublicKey(key),
    p256Sign: (key) => crypto.p256Sign(key, own),
    p256Verify: () => crypto.p256Verify(pPublic, own, pSignature),
    ...openedSignatures(crypto, own),
  };
}

/** Calls that sign and verify with key objects that are opened once, outside the measurement. */
function openedSignatures(crypto: CryptoProvider, own: Uint8Array): RareCryptoCalls {
  const [edKey, pKey] = [crypto.ed25519Key(own), crypto.p256Key(own)];
  const [edSignature, pSignature] = [edKey.sign(own), pKey.sign(own)];
  const [edPublic, pPublic] = [
    crypto.ed25519Verifier(edKey.publicKey),
    crypto.p256Verifier(pKey.publicKey),
  ];
  return {
    ed25519Verifier: () => crypto.ed25519Verifier(edKey.publicKey),
    ed25519KeySign: (message) => edKey.sign(message),
    ed25519KeyVerify: () => edPublic.verify(own, edSignature),
    p256Verifier: () => crypto.p256Verifier(pKey.publicKey),
    p256KeySign: (message) => pKey.sign(message),
    p256KeyVerify: () => pPublic.verify(own, pSignature),
  };
}

function encapsulation({ mlKem768 }: CryptoProvider): RareCryptoCalls {
  const seed = new Uint8Array(SEED_BYTES);
  const key = mlKem768.openKey(seed);
  assert(key !== undefined, 'a seed of 64 bytes opens a key');
  const sealed = mlKem768.encapsulate(key.publicKey, seed.subarray(0, KEY_BYTES));
  assert(sealed !== undefined, 'the own public key is valid');
  return {
    mlKem768Key: () => mlKem768.openKey(seed),
    encapsulate: (coins) => mlKem768.encapsulate(key.publicKey, coins),
    decapsulate: () => key.decapsulate(sealed.ciphertext),
  };
}

function latticeSignatures({ mlDsa65 }: CryptoProvider, own: Uint8Array): RareCryptoCalls {
  const [key, input] = [mlDsa65.openKey(own), { message: own }];
  const signature = key.sign(input, own);
  assert(mlDsa65.verify(key.publicKey, input, signature), 'ML-DSA verifies what it has signed');
  return {
    mlDsa65Key: (seed) => mlDsa65.openKey(seed),
    // The number of attempts that a signature takes depends on its random input (`coins`), so the
    // keys serve in turn as that input.
    mlDsa65Sign: (coins) => key.sign(input, coins),
    mlDsa65Verify: () => mlDsa65.verify(key.publicKey, input, signature),
  };
}

function points({ edwards25519 }: CryptoProvider, own: Uint8Array): RareCryptoCalls {
  const point = edwards25519.scalarMultBase(edwards25519.reduceScalar(own));
  return {
    scalarMultBase: (key) => edwards25519.scalarMultBase(edwards25519.reduceScalar(key)),
    scalarMult: (key) => edwards25519.scalarMult(point, edwards25519.reduceScalar(key)),
    encodeToCurve: (key) => edwards25519.encodeToCurve(key, own),
  };
}
