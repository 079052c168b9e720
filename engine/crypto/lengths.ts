/**
 * Checks of the lengths that a caller is responsible for (keys, nonces, targets): a wrong one is
 * our own mistake and throws. Lengths that may come from the network are not checked here.
 *
 * @module
 */
import type { AeadName, Pbkdf2Input } from '../host/crypto.ts';

/** Length of an AEAD tag, in bytes. */
export const TAG_LENGTH = 16;

/** Length of a block of AES and of POLYVAL, in bytes. */
export const BLOCK_LENGTH = 16;

/** Length of an AEAD nonce, in bytes. */
export const NONCE_LENGTH = 12;

/** Length of an X25519, Ed25519 or P-256 secret and of an X25519 or Ed25519 key, in bytes. */
export const CURVE_KEY_LENGTH = 32;

/** Length of an Ed25519 or P-256 signature, in bytes. */
export const SIGNATURE_LENGTH = 64;

/** Lengths of a coordinate and of a number below the order, in bytes, by curve of ECDSA (FIPS 186-5 section 6.1.1). */
export const ECDSA_NUMBER_LENGTH = { p256: 32, p384: 48, p521: 66 } as const;

/** Name of a curve of ECDSA: `p256`, `p384` or `p521`. */
export type EcdsaCurve = keyof typeof ECDSA_NUMBER_LENGTH;

/** True of bytes with the form of an uncompressed point of a curve (SEC 1 section 2.3.3). */
export function isUncompressedPoint(curve: EcdsaCurve, bytes: Uint8Array): boolean {
  return bytes.length === 1 + 2 * ECDSA_NUMBER_LENGTH[curve] && bytes[0] === 0x04;
}

/** Key lengths of the AEADs, in bytes. */
export const AEAD_KEY_LENGTH: Readonly<Record<AeadName, number>> = {
  'chacha20-poly1305': 32,
  'aes-128-gcm': 16,
  'aes-256-gcm': 32,
};

/** Checks a length. @param what Name of the bytes for the message. @throws RangeError if it is not `expected`. */
export function checkLength(what: string, bytes: Uint8Array, expected: number): void {
  if (bytes.length === expected) return;
  throw new RangeError(`${what} must have ${expected} bytes, got ${bytes.length}`);
}

/** Checks the length of an output. @throws RangeError if `target` has less than `needed` bytes. */
export function checkTargetRoom(target: Uint8Array, needed: number): void {
  if (target.length >= needed) return;
  throw new RangeError(`the target has ${target.length} bytes, ${needed} are needed`);
}

/** Checks a range of bytes. @throws RangeError unless `buffer` has `length` bytes from `offset` on. */
export function checkRange(buffer: Uint8Array, offset: number, length: number): void {
  const isWhole = Number.isInteger(offset) && Number.isInteger(length);
  if (isWhole && offset >= 0 && length >= 0 && offset + length <= buffer.length) return;
  throw new RangeError(`${length} bytes from ${offset} on are not in ${buffer.length} bytes`);
}

/** Checks the input of POLYVAL. @throws RangeError unless the bytes are whole blocks of 16. */
export function checkBlocks(bytes: Uint8Array): void {
  if (bytes.length % BLOCK_LENGTH === 0) return;
  throw new RangeError(`blocks of ${BLOCK_LENGTH} bytes are needed, got ${bytes.length} bytes`);
}

/** Checks a context of ML-DSA. @throws RangeError if it has more than 255 bytes (FIPS 204 section 5.2). */
export function checkMlDsaContext(context: Uint8Array): void {
  if (context.length <= 255) return;
  throw new RangeError(`a context has up to 255 bytes, got ${context.length}`);
}

/** Checks an AES key. @throws RangeError unless it has 16 or 32 bytes. */
export function checkAesKey(key: Uint8Array): void {
  if (key.length === 16 || key.length === 32) return;
  throw new RangeError(`an AES key must have 16 or 32 bytes, got ${key.length}`);
}

/** Length of the shortest key that AES key wrap protects, in bytes (RFC 3394 section 2.2.1: n >= 2). */
const WRAPPABLE_KEY_MIN = 16;
/** Length of the longest key to wrap, in bytes: more than any key in use has, ML-KEM-1024 keys included. */
const WRAPPABLE_KEY_MAX = 4_096;
const SEMIBLOCK_LENGTH = 8;

/** Checks the key by which another key is wrapped. @throws RangeError unless it has 16, 24 or 32 bytes. */
export function checkWrappingKey(key: Uint8Array): void {
  if (key.length === 16 || key.length === 24 || key.length === 32) return;
  throw new RangeError(`a wrapping key must have 16, 24 or 32 bytes, got ${key.length}`);
}

/** Checks a key that is to be wrapped. @throws RangeError unless a key of its length can be wrapped. */
export function checkWrappableKey(key: Uint8Array): void {
  if (isWrappable(key.length)) return;
  const range = `${WRAPPABLE_KEY_MIN} to ${WRAPPABLE_KEY_MAX} bytes, a multiple of 8`;
  throw new RangeError(`a key to be wrapped must have ${range}, got ${key.length}`);
}

/** Whether a wrapped key can have that length; never throws, because wrapped keys come from the network. */
export function isWrappedLength(length: number): boolean {
  return isWrappable(length - SEMIBLOCK_LENGTH);
}

function isWrappable(length: number): boolean {
  if (length < WRAPPABLE_KEY_MIN || length > WRAPPABLE_KEY_MAX) return false;
  return length % SEMIBLOCK_LENGTH === 0;
}

const INT32_MAX = 0x7fff_ffff;

/** Checks the output length of a SHAKE. @throws RangeError unless it is 1 to 2^31-1 bytes. */
export function checkShakeOutputLength(length: number): void {
  if (Number.isInteger(length) && length >= 1 && length <= INT32_MAX) return;
  throw new RangeError(`an extendable output has 1 to ${INT32_MAX} bytes, not ${length}`);
}

/**
 * Checks the key of HKDF-Expand (RFC 5869 section 2.3: at least as long as the hash).
 * @throws RangeError when it is shorter.
 */
export function checkExpandKey(key: Uint8Array): void {
  if (key.length >= 32) return;
  throw new RangeError(`a pseudo-random key must have 32 bytes or more, got ${key.length}`);
}

/**
 * The last counter of RFC 8439 section 2.3, which stays unused: noble refuses it, OpenSSL does not.
 */
const CHACHA_COUNTER_END = 0xffff_ffff;
const CHACHA_BLOCK_LENGTH = 64;

/**
 * Checks that all ChaCha20 counters of a request stay below 2^32-1.
 * @throws RangeError otherwise: libraries differ in what they do then.
 */
export function checkChachaCounter(counter: number, dataLength: number): void {
  const isInRange = Number.isInteger(counter) && counter >= 0 && counter < CHACHA_COUNTER_END;
  const blocks = Math.ceil(dataLength / CHACHA_BLOCK_LENGTH);
  if (isInRange && counter + blocks <= CHACHA_COUNTER_END) return;
  throw new RangeError(`ChaCha20 from counter ${counter} over ${dataLength} bytes reaches 2^32-1`);
}

/**
 * Checks the length requested from HKDF (RFC 5869 section 2.3: at most 255 times the length of the hash).
 * @throws RangeError when it is more.
 */
export function checkHkdfLength(length: number, hashLength: number): void {
  if (Number.isInteger(length) && length >= 0 && length <= 255 * hashLength) return;
  throw new RangeError(`HKDF gives 0 to ${255 * hashLength} bytes, not ${length}`);
}

/** Checks the input of PBKDF2. @throws RangeError unless iterations and length are 1 to 2^31-1. */
export function checkPbkdf2({ iterations, length }: Pbkdf2Input): void {
  for (const number of [iterations, length])
    if (!Number.isInteger(number) || number < 1 || number > INT32_MAX)
      throw new RangeError(`PBKDF2 takes and gives 1 to ${INT32_MAX}, not ${number}`);
}
