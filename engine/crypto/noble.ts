/**
 * The reference {@link CryptoProvider}: every primitive by @noble, pure JavaScript, no native code.
 *
 * The other providers are compared with this one and fall back to it. It is the slowest: an AEAD of
 * 1,000 bytes costs about 14 us, an X25519 about 1 ms. noble's AES uses tables and is not constant
 * time against an attacker on the same machine.
 *
 * @module
 */
import { aeskw, cmac, ctr, gcm } from '@noble/ciphers/aes.js';
import { chacha20, chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { expand, hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256, sha384, sha512, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { type CHash, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { areSecretsEqual, wipe } from '../core/secrets.ts';
import type {
  AeadKey,
  AeadName,
  CryptoProvider,
  HkdfInput,
  MacKey,
  WideBlockCipher,
} from '../host/crypto.ts';
import { isSameBytes } from '../pure/same-bytes.ts';
import { Aez } from './aez/aez.ts';
import { AEZ_KEY_LENGTH } from './aez/tweaked-aes.ts';
import { isStrictEd25519 } from './ed25519-strict.ts';
import { edwards25519 } from './edwards25519.ts';
import { blake2xb } from './hash/blake2xb.ts';
import {
  AEAD_KEY_LENGTH,
  CURVE_KEY_LENGTH,
  checkAesKey,
  checkChachaCounter,
  checkExpandKey,
  checkHkdfLength,
  checkLength,
  checkPbkdf2,
  checkShakeOutputLength,
  checkTargetRoom,
  checkWrappableKey,
  checkWrappingKey,
  ECDSA_NUMBER_LENGTH,
  type EcdsaCurve,
  isUncompressedPoint,
  isWrappedLength,
  NONCE_LENGTH,
  TAG_LENGTH,
} from './lengths.ts';
import { mlDsa65 } from './ml-dsa.ts';
import { mlKem768 } from './ml-kem.ts';
import {
  createNobleBlockCipher,
  createNobleCtr,
  nobleLegacyHashes,
  nobleRunningHashes,
} from './noble-states.ts';
import { checkP256Secret } from './p256-scalar.ts';
import { polyval } from './polyval.ts';
import { openSigningKey, openVerifyingKey } from './signing-key.ts';
import { openX25519Key } from './x25519-key.ts';

/** The curves of ECDSA. */
const ECDSA = { p256, p384, p521 } as const;

/** The reference provider, in pure JavaScript: the others must give the same bytes and verdicts. */
export const nobleCrypto: CryptoProvider = {
  name: 'noble',
  sha256: (data) => sha256(data),
  sha384: (data) => sha384(data),
  sha512: (data) => sha512(data),
  sha3_256: (data) => sha3_256(data),
  shake256: (data, length): Uint8Array => {
    checkShakeOutputLength(length);
    return shake256(data, { dkLen: length });
  },
  blake2b: (data, length, key) =>
    blake2b(
      data,
      key === undefined || key.length === 0 ? { dkLen: length } : { dkLen: length, key },
    ),
  sha512Over256: (data) => sha512_256(data),
  blake2xb: (data, length, key = new Uint8Array(0)) => blake2xb(data, length, key),
  blake2s: (data) => blake2s(data),
  blake3: (data, length) => blake3(data, { dkLen: length }),
  blake3DeriveKey: (context, material, length) =>
    blake3(material, { context: utf8ToBytes(context), dkLen: length }),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  hmacSha384: (key, data) => hmac(sha384, key, data),
  hmacSha512: (key, data) => hmac(sha512, key, data),
  hkdfSha256: (input) => deriveKey(sha256, 32, input),
  hkdfSha512: (input) => deriveKey(sha512, 64, input),
  hkdfExpandSha256: ({ key, info, length }): Uint8Array => {
    checkExpandKey(key);
    checkHkdfLength(length, 32);
    return expand(sha256, key, info, length);
  },
  pbkdf2Sha256: (input): Uint8Array => {
    checkPbkdf2(input);
    const { password, salt, iterations: c, length: dkLen } = input;
    return pbkdf2(sha256, password, salt, { c, dkLen });
  },
  x25519PublicKey: (secret) => x25519.getPublicKey(checkedSecret(secret)),
  x25519: sharedSecret,
  x25519Key: (secret) => openX25519Key(nobleCrypto, secret),
  ed25519PublicKey: (secret) => ed25519.getPublicKey(checkedSecret(secret)),
  ed25519Sign: (secret, message) => ed25519.sign(message, checkedSecret(secret)),
  ed25519Verify: verifyEd25519,
  ed25519Key: (secret) =>
    openSigningKey(
      { publicKey: nobleCrypto.ed25519PublicKey, sign: nobleCrypto.ed25519Sign },
      secret,
    ),
  ed25519Verifier: (publicKey) => openVerifyingKey(verifyEd25519, publicKey),
  p256PublicKey: (secret): Uint8Array => {
    checkP256Secret(secret);
    return p256.getPublicKey(secret, false);
  },
  p256Sign: (secret, message): Uint8Array => {
    checkP256Secret(secret);
    // RFC 6979 leaves r and s as they are computed: no normalisation to a low s, no extra entropy.
    return p256.sign(message, secret, { lowS: false, extraEntropy: false });
  },
  p256Verify: verifyOn('p256'),
  p256Key: (secret) =>
    openSigningKey({ publicKey: nobleCrypto.p256PublicKey, sign: nobleCrypto.p256Sign }, secret),
  p256Verifier: (publicKey) => openVerifyingKey(verifyOn('p256'), publicKey),
  p384Verifier: (publicKey) => openVerifyingKey(verifyOn('p384'), publicKey),
  p521Verifier: (publicKey) => openVerifyingKey(verifyOn('p521'), publicKey),
  edwards25519,
  mlKem768,
  mlDsa65,
  aead: createAead,
  aesCmac: (key): MacKey => {
    checkLength('an AES-CMAC key', key, 16);
    const copy = new Uint8Array(key);
    return { tag: (message, out) => out.set(cmac(message, copy)) };
  },
  aez: (key): WideBlockCipher => {
    checkLength('an AEZ key', key, AEZ_KEY_LENGTH);
    return new Aez(key);
  },
  aesKeyWrap: (wrappingKey, key): Uint8Array => {
    checkWrappingKey(wrappingKey);
    checkWrappableKey(key);
    return aeskw(wrappingKey).encrypt(key);
  },
  aesKeyUnwrap: unwrapKey,
  aesCtr: (key, counter, data): Uint8Array => {
    checkAesKey(key);
    checkLength('an AES-CTR counter block', counter, 16);
    return ctr(key, counter).encrypt(data);
  },
  aesCtrStream: createNobleCtr,
  aesBlock: createNobleBlockCipher,
  polyval,
  running: nobleRunningHashes,
  legacy: nobleLegacyHashes,
  chacha20: (key, nonce, counter, data): Uint8Array => {
    checkChachaCounter(counter, data.length);
    return chacha20(key, nonce, data, undefined, counter);
  },
  equal: areSecretsEqual,
};

function deriveKey(hash: CHash, hashLength: number, input: HkdfInput): Uint8Array {
  checkHkdfLength(input.length, hashLength);
  return hkdf(hash, input.key, input.salt, input.info, input.length);
}

function checkedSecret(secret: Uint8Array): Uint8Array {
  checkLength('a secret key', secret, CURVE_KEY_LENGTH);
  return secret;
}

function sharedSecret(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  checkedSecret(secret);
  if (publicKey.length !== CURVE_KEY_LENGTH) return undefined;
  try {
    return x25519.getSharedSecret(secret, publicKey);
  } catch {
    // noble throws on the all-zero result of a point of low order (RFC 7748 section 6.1).
    return undefined;
  }
}

function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictEd25519(publicKey, signature)) return false;
  const r = signature.subarray(0, CURVE_KEY_LENGTH);
  const s = littleEndian(signature.subarray(CURVE_KEY_LENGTH));
  if (s >= ed25519.Point.Fn.ORDER) return false;
  let key: ReturnType<typeof ed25519.Point.fromBytes>;
  try {
    key = ed25519.Point.fromBytes(publicKey);
  } catch {
    // The key is not the coordinate of a point of the curve.
    return false;
  }
  // RFC 8032 section 5.1.7 without the cofactor, by which noble's own `ed25519.verify` multiplies. R
  // is compared as bytes, so it need not be decoded.
  const k = ed25519.Point.Fn.create(littleEndian(sha512(concatBytes(r, publicKey, message))));
  const expected = ed25519.Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k));
  return isSameBytes(expected.toBytes(), r);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index] as number);
  }
  return value;
}

function verifyOn(curve: EcdsaCurve): CryptoProvider['p256Verify'] {
  return (publicKey, message, signature) => {
    if (!isUncompressedPoint(curve, publicKey)) return false;
    if (signature.length !== 2 * ECDSA_NUMBER_LENGTH[curve]) return false;
    try {
      return ECDSA[curve].verify(signature, message, publicKey, { lowS: false });
    } catch {
      // The key is not a point of the curve.
      return false;
    }
  };
}

function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  checkWrappingKey(wrappingKey);
  if (!isWrappedLength(wrapped.length)) return undefined;
  try {
    // noble returns a view that begins after the integrity check value; a result must have its own memory.
    const view = aeskw(wrappingKey).decrypt(wrapped);
    const key = view.slice();
    wipe(view);
    return key;
  } catch {
    // RFC 3394 section 2.2.3: the integrity check value is wrong; lengths were checked above.
    return undefined;
  }
}

function createAead(name: AeadName, key: Uint8Array): AeadKey {
  checkLength(`a key of ${name}`, key, AEAD_KEY_LENGTH[name]);
  const copy = new Uint8Array(key);
  const cipher = name === 'chacha20-poly1305' ? chacha20poly1305 : gcm;
  return {
    seal(nonce, associatedData, plaintext, target): number {
      checkLength('a nonce', nonce, NONCE_LENGTH);
      const length = plaintext.length + TAG_LENGTH;
      checkTargetRoom(target, length);
      target.set(cipher(copy, nonce, associatedData).encrypt(plaintext));
      return length;
    },
    open(nonce, associatedData, sealed, target): number {
      checkLength('a nonce', nonce, NONCE_LENGTH);
      const length = sealed.length - TAG_LENGTH;
      if (length < 0) return -1;
      checkTargetRoom(target, length);
      try {
        target.set(cipher(copy, nonce, associatedData).decrypt(sealed));
        return length;
      } catch {
        // noble throws when the tag is wrong; lengths were checked above.
        return -1;
      }
    },
    wipe: () => wipe(copy),
  };
}
