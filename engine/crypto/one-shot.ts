/**
 * Hashes and HMAC (RFC 2104) with a single OpenSSL call each, without a Node object per call.
 *
 * Making an object costs more than hashing a short message. Collecting the object costs again: its
 * OpenSSL memory is released in a pause of the garbage collector, during which all packets of a thread wait.
 * The digest comes as a `binary` string, which is twice as fast as a `Buffer` and small enough for V8's heap. Like the
 * bytes of a `Buffer`, the string stays in memory until it is collected.
 *
 * @module
 */

import { createHmac, hash } from 'node:crypto';
import { wipeRange } from '../core/secrets.ts';

/** Hash functions with their block sizes in bytes (FIPS 180-4 figure 1). */
const BLOCK_LENGTH = { sha256: 64, sha384: 128, sha512: 128 } as const;
const INNER_PADDING = 0x36;
const OUTER_PADDING = 0x5c;
/** Length of the longest message that is hashed in one call, in bytes; a buffer for longer ones would gain little. */
const MESSAGE_LENGTH_MAX = 4_096;
const BLOCK_LENGTH_MAX = 128;
const DIGEST_LENGTH_MAX = 64;

/** The padded key and the message after it; one buffer for all calls of a thread, wiped after each call. */
const inner = new Uint8Array(BLOCK_LENGTH_MAX + MESSAGE_LENGTH_MAX);
const outer = new Uint8Array(BLOCK_LENGTH_MAX + DIGEST_LENGTH_MAX);

/** Hashes a message. @param algorithm OpenSSL's name of the hash function. */
export function hashMessage(algorithm: string, message: Uint8Array): Uint8Array {
  const text = hash(algorithm, message, 'binary');
  const digest = new Uint8Array(text.length);
  write(text, digest, 0);
  return digest;
}

// hot: once per packet and hop of a mix.
/** Computes the HMAC of a message with a single OpenSSL call for each of its two hashes. */
export function computeHmac(
  algorithm: keyof typeof BLOCK_LENGTH,
  key: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const block = BLOCK_LENGTH[algorithm];
  if (key.length > block || message.length > MESSAGE_LENGTH_MAX) {
    return new Uint8Array(createHmac(algorithm, key).update(message).digest());
  }
  pad(inner, { key, block, padding: INNER_PADDING });
  pad(outer, { key, block, padding: OUTER_PADDING });
  inner.set(message, block);
  const innerEnd = block + message.length;
  const text = hash(algorithm, inner.subarray(0, innerEnd), 'binary');
  write(text, outer, block);
  const outerEnd = block + text.length;
  const digest = hashMessage(algorithm, outer.subarray(0, outerEnd));
  wipeRange(inner, 0, innerEnd);
  wipeRange(outer, 0, outerEnd);
  return digest;
}

/** Writes the key, padded with zeros to a block, each byte XORed with `padding` (RFC 2104 section 2). */
function pad(
  target: Uint8Array,
  { key, block, padding }: { key: Uint8Array; block: number; padding: number },
): void {
  target.fill(padding, 0, block);
  for (let index = 0; index < key.length; index++) {
    target[index] = padding ^ (key[index] as number);
  }
}

function write(text: string, target: Uint8Array, at: number): void {
  for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index);
}
