/**
 * Signs with ECDSA over P-256 and SHA-256 (FIPS 186-5 section 6) by OpenSSL, with the deterministic nonce of
 * RFC 6979. Node offers signatures with random nonces only; but it makes public keys, and the point
 * that a signature needs is the public key of its nonce.
 *
 * Constant time: the nonce (HMAC) and its point (OpenSSL). Not constant time: the steps after that, which use big
 * integers. There, nonce and secret are first multiplied by a random secret number, so that the times of these steps
 * tell nothing about them. Bytes are wiped before a call returns, the
 * nonce in OpenSSL's memory included; big integers remain until they are collected.
 *
 * @module
 */
import { createECDH, type ECDH } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { assert } from '../core/assert.ts';
import { wipe } from '../core/secrets.ts';
import type { SigningKey } from '../host/signatures.ts';
import { CURVE_KEY_LENGTH, SIGNATURE_LENGTH } from './lengths.ts';
import { computeHmac, hashMessage } from './one-shot.ts';
import {
  checkP256Secret,
  invertModulo,
  P256_ORDER,
  readBigEndian,
  writeBigEndian,
} from './p256-scalar.ts';
import { openSigningKey } from './signing-key.ts';

/** The number 1, which replaces the secret in the shared object between calls. */
const ONE: Uint8Array = new Uint8Array(CURVE_KEY_LENGTH).with(CURVE_KEY_LENGTH - 1, 1);

/** One object for all calls of a thread; making an object costs as much as a multiplication. */
let exchange: ECDH | undefined;

/** The uncompressed public key of a secret. */
export function p256PublicKey(secret: Uint8Array): Uint8Array {
  checkP256Secret(secret);
  return multiplyBase(secret);
}

/** Opens a P-256 secret for signing. */
export function openP256SigningKey(secret: Uint8Array): SigningKey {
  return openSigningKey({ publicKey: p256PublicKey, sign: signP256 }, secret);
}

/** Signs a message; 64 bytes, r then s. */
export function signP256(secret: Uint8Array, message: Uint8Array): Uint8Array {
  checkP256Secret(secret);
  const digest = hashMessage('sha256', message);
  const nonces = new Nonces(secret, digest);
  const signature = signWith({ secret, digest, nonce: nonces.next(), blind: nonces.next() });
  nonces.wipe();
  return signature;
}

function multiplyBase(scalar: Uint8Array): Uint8Array {
  exchange ??= createECDH('prime256v1');
  exchange.setPrivateKey(scalar);
  const point = new Uint8Array(exchange.getPublicKey());
  // OpenSSL clears the scalar as soon as another one takes its place.
  exchange.setPrivateKey(ONE);
  return point;
}

interface Parts {
  readonly secret: Uint8Array;
  readonly digest: Uint8Array;
  readonly nonce: Uint8Array;
  readonly blind: Uint8Array;
}

/** Makes r and s (FIPS 186-5 section 6.4.1 steps 4 to 9), with s = (k b)^-1 (e b + r (d b)) for a secret b. */
function signWith({ secret, digest, nonce, blind }: Parts): Uint8Array {
  const b = readBigEndian(blind);
  const blindedNonce = (readBigEndian(nonce) * b) % P256_ORDER;
  const blindedSecret = (readBigEndian(secret) * b) % P256_ORDER;
  const r = readBigEndian(multiplyBase(nonce).subarray(1)) % P256_ORDER;
  const sum = (readBigEndian(digest) * b + r * blindedSecret) % P256_ORDER;
  // Step 11: both are 0 once in 2^256 signatures.
  assert(r > 0n, 'r of an ECDSA signature is not 0');
  assert(sum > 0n, 's of an ECDSA signature is not 0');
  const signature = new Uint8Array(SIGNATURE_LENGTH);
  writeBigEndian(r, signature, 0);
  writeBigEndian((invertModulo(blindedNonce) * sum) % P256_ORDER, signature, CURVE_KEY_LENGTH);
  return signature;
}

/** The numbers that RFC 6979 section 3.2 derives from a secret and a digest. */
class Nonces {
  #key: Uint8Array = new Uint8Array(CURVE_KEY_LENGTH);
  #value: Uint8Array = new Uint8Array(CURVE_KEY_LENGTH).fill(1);
  readonly #made: Uint8Array[] = [];

  constructor(secret: Uint8Array, digest: Uint8Array) {
    // RFC 6979 section 2.3.4: the digest is reduced modulo the order.
    const reduced = new Uint8Array(CURVE_KEY_LENGTH);
    writeBigEndian(readBigEndian(digest) % P256_ORDER, reduced, 0);
    // RFC 6979 section 3.2, steps d to g.
    this.#update(0, secret, reduced);
    this.#update(1, secret, reduced);
  }

  /** Step h: the next number above 0 and below the order; valid until {@link wipe}. */
  next(): Uint8Array {
    for (;;) {
      this.#value = this.#derive(this.#value);
      const candidate = readBigEndian(this.#value);
      if (candidate > 0n && candidate < P256_ORDER) return this.#value;
      this.#update(0);
    }
  }

  wipe(): void {
    for (const made of this.#made) wipe(made);
  }

  #update(separator: number, ...inputs: readonly Uint8Array[]): void {
    const text = concatBytes(this.#value, Uint8Array.of(separator), ...inputs);
    this.#key = this.#derive(text);
    this.#value = this.#derive(this.#value);
    wipe(text);
  }

  #derive(text: Uint8Array): Uint8Array {
    const tag = computeHmac('sha256', this.#key, text);
    this.#made.push(tag);
    return tag;
  }
}
