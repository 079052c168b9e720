/**
 * A group in which logarithms are public: the integers modulo the order of edwards25519, under
 * addition. For `crypto: modelled`, where a run draws a million verifiable delays.
 *
 * A point shows its logarithm, so every equation of ECVRF holds: an honest proof verifies and a
 * changed one fails, but anyone can forge one. There are no points of small order. Lengths, the
 * meaning of undefined and the bytes of the identity (01 00 … 00) are those of the real group.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import type { CryptoProvider } from '../host/crypto.ts';
import type { Edwards25519 } from '../host/crypto-groups.ts';
import {
  EDWARDS25519_ORDER,
  edwards25519,
  readLittleEndian,
  writeLittleEndian,
} from './edwards25519.ts';
import { CURVE_KEY_LENGTH, checkLength } from './lengths.ts';

/** Makes a model of edwards25519 with its sizes and equations, but without its security. */
export function createModelledGroup({ sha512 }: Pick<CryptoProvider, 'sha512'>): Edwards25519 {
  return {
    ...edwards25519,
    isPoint: (point) => decode(point) !== undefined,
    // The logarithm of the base point is 1.
    scalarMultBase: (scalar) => encode(scalarOf(scalar)),
    scalarMult: (point, scalar): Uint8Array | undefined => {
      const factor = scalarOf(scalar);
      return change(point, (value) => value * factor);
    },
    add: (a, b) => combine(a, b, (left, right) => left + right),
    subtract: (a, b) => combine(a, b, (left, right) => left + 2n * EDWARDS25519_ORDER - right),
    clearCofactor: (point) => change(point, (value) => value * 8n),
    encodeToCurve: (message, domain): Uint8Array => {
      const digest = sha512(concatBytes(domain, message));
      return encode(readLittleEndian(digest));
    },
  };
}

function decode(point: Uint8Array): bigint | undefined {
  if (point.length !== CURVE_KEY_LENGTH) return undefined;
  const value = readLittleEndian(point);
  return value < EDWARDS25519_ORDER ? value + EDWARDS25519_ORDER - 1n : undefined;
}

/** Encodes a point as its logarithm plus one, so that the identity has the same bytes as in the real group. */
function encode(logarithm: bigint): Uint8Array {
  return writeLittleEndian((logarithm + 1n) % EDWARDS25519_ORDER);
}

function change(point: Uint8Array, operation: (value: bigint) => bigint): Uint8Array | undefined {
  const value = decode(point);
  return value === undefined ? undefined : encode(operation(value));
}

function combine(
  a: Uint8Array,
  b: Uint8Array,
  operation: (left: bigint, right: bigint) => bigint,
): Uint8Array | undefined {
  const right = decode(b);
  if (right === undefined) return undefined;
  return change(a, (left) => operation(left, right));
}

function scalarOf(bytes: Uint8Array): bigint {
  checkLength('a scalar', bytes, CURVE_KEY_LENGTH);
  return readLittleEndian(bytes);
}
