/**
 * Numbers modulo the order of P-256, as bytes in network order (FIPS 186-5 appendix A; SEC 2
 * section 2.4.2).
 *
 * Not constant time: JavaScript's big integers take longer for longer numbers.
 *
 * @module
 */
import { p256 } from '@noble/curves/nist.js';
import { CURVE_KEY_LENGTH, checkLength } from './lengths.ts';

const { Fn } = p256.Point;

/** Order of the base point of P-256, about 2^256. */
export const P256_ORDER: bigint = Fn.ORDER;

/**
 * Checks a P-256 secret (FIPS 186-5 section 6.2.1: 1 to the order less 1).
 * @throws RangeError otherwise.
 */
export function checkP256Secret(secret: Uint8Array): void {
  checkLength('a secret key', secret, CURVE_KEY_LENGTH);
  if (Fn.isValidNot0(readBigEndian(secret))) return;
  throw new RangeError('a P-256 secret must be above 0 and below the order of the base point');
}

/** Reads a number from 32 bytes, the highest byte first. */
export function readBigEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, CURVE_KEY_LENGTH);
  let number = 0n;
  for (let at = 0; at < CURVE_KEY_LENGTH; at += 8) {
    number = (number << 64n) | view.getBigUint64(at);
  }
  return number;
}

/** Writes a number below 2^256 as 32 bytes, the highest first. */
export function writeBigEndian(number: bigint, target: Uint8Array, offset: number): void {
  const view = new DataView(target.buffer, target.byteOffset + offset, CURVE_KEY_LENGTH);
  for (let word = 0; word < 4; word++) {
    view.setBigUint64(24 - 8 * word, BigInt.asUintN(64, number >> BigInt(64 * word)));
  }
}

/** The inverse of a number that is not 0. */
export function invertModulo(number: bigint): bigint {
  return Fn.inv(number);
}
