/**
 * The group of edwards25519 over @noble/curves, for every provider (RFC 8032 section 5.1, RFC 9380).
 *
 * Not constant time: JavaScript's big integers take longer for larger numbers. Suitable for
 * verifying, for proofs with simulated keys, and for proofs with live keys where nobody can time single
 * multiplications.
 *
 * @module
 */
import { ed25519, ed25519_hasher } from '@noble/curves/ed25519.js';
import type { Edwards25519 } from '../host/crypto-groups.ts';
import { CURVE_KEY_LENGTH, checkLength } from './lengths.ts';

type Point = InstanceType<typeof ed25519.Point>;

const { Point } = ed25519;

/** Order of the base point: 2^252 + 27742317777372353535851937790883648493. */
export const EDWARDS25519_ORDER: bigint = Point.Fn.ORDER;

/** Length of the longest number to reduce, in bytes: the length of a SHA-512 digest. */
const REDUCE_LENGTH_MAX = 64;

/** The group edwards25519 over @noble/curves, as {@link Edwards25519} describes it. */
export const edwards25519: Edwards25519 = {
  isPoint: (point) => decode(point) !== undefined,
  scalarMultBase: (scalar) => multiply(Point.BASE, scalarOf(scalar) % EDWARDS25519_ORDER).toBytes(),
  scalarMult(point, scalar): Uint8Array | undefined {
    const factor = scalarOf(scalar);
    const decoded = decode(point);
    return decoded && multiplyExactly(decoded, factor).toBytes();
  },
  add: (a, b) => combine(a, b, (left, right) => left.add(right)),
  subtract: (a, b) => combine(a, b, (left, right) => left.subtract(right)),
  clearCofactor: (point) => decode(point)?.clearCofactor().toBytes(),
  encodeToCurve: (message, domain) =>
    ed25519_hasher.encodeToCurve(message, { DST: domain }).toBytes(),
  isReducedScalar: (scalar) =>
    scalar.length === CURVE_KEY_LENGTH && readLittleEndian(scalar) < EDWARDS25519_ORDER,
  reduceScalar(number): Uint8Array {
    if (number.length > REDUCE_LENGTH_MAX) {
      throw new RangeError(`a number to reduce has up to 64 bytes, got ${number.length}`);
    }
    return writeLittleEndian(readLittleEndian(number) % EDWARDS25519_ORDER);
  },
  multiplyAdd: (a, b, c) =>
    writeLittleEndian((scalarOf(a) * scalarOf(b) + scalarOf(c)) % EDWARDS25519_ORDER),
};

/** Decodes a point (RFC 8032 section 5.1.3); undefined for other bytes. */
function decode(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== CURVE_KEY_LENGTH) return undefined;
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    // noble throws for a y without an x, for y >= p, and for x = 0 with the sign bit set.
    return undefined;
  }
}

function combine(
  a: Uint8Array,
  b: Uint8Array,
  operation: (left: Point, right: Point) => Point,
): Uint8Array | undefined {
  const left = decode(a);
  const right = decode(b);
  if (left === undefined || right === undefined) return undefined;
  return operation(left, right).toBytes();
}

/** Multiplies by any factor below the order; noble itself refuses the factor 0. */
function multiply(point: Point, factor: bigint): Point {
  return factor === 0n ? Point.ZERO : point.multiply(factor);
}

/**
 * Multiplies without reducing the factor modulo the order of the base point, which a point with a component of small
 * order does not have. The factor is split as 16 * high + low, so that both parts are below the order.
 */
function multiplyExactly(point: Point, factor: bigint): Point {
  if (factor < EDWARDS25519_ORDER) return multiply(point, factor);
  const high = multiply(point, factor >> 4n);
  const shifted = high.double().double().double().double();
  return shifted.add(point.multiplyUnsafe(factor & 15n));
}

function scalarOf(bytes: Uint8Array): bigint {
  checkLength('a scalar', bytes, CURVE_KEY_LENGTH);
  return readLittleEndian(bytes);
}

/** Reads a little-endian number. */
export function readLittleEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let number = 0n;
  let at = bytes.length;
  while (at >= 8) {
    at -= 8;
    number = (number << 64n) | view.getBigUint64(at, true);
  }
  while (at > 0) {
    at -= 1;
    number = (number << 8n) | BigInt(view.getUint8(at));
  }
  return number;
}

/** Writes a number as 32 bytes, little-endian. */
export function writeLittleEndian(number: bigint): Uint8Array {
  const bytes = new Uint8Array(CURVE_KEY_LENGTH);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < 4; word++) {
    view.setBigUint64(8 * word, BigInt.asUintN(64, number >> BigInt(64 * word)), true);
  }
  return bytes;
}
