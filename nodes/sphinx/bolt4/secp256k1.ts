/**
 * The curve secp256k1 (SEC 2 section 2.4.1), as far as onions need it: multiplication of compressed
 * points and of scalars. The port has no such curve.
 *
 * It uses BigInt: a multiplication takes some milliseconds and is **not constant time**. For
 * checking a second packet format, not for keys that protect money.
 *
 * @module
 */
import { fromHex, toHex } from '../../_kit/bytes.ts';
import { POINT_LENGTH, SCALAR_LENGTH } from './geometry.ts';

/** The prime of the field: 2^256 - 2^32 - 977. */
const P = 2n ** 256n - 2n ** 32n - 977n;
/** The order of the group. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G_X = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
const G_Y = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n;

/** Jacobian coordinates: x = X / Z^2, y = Y / Z^3; Z = 0 is the point at infinity. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

const INFINITY: Point = { x: 1n, y: 1n, z: 0n };
const GENERATOR: Point = { x: G_X, y: G_Y, z: 1n };

/** The compressed public key of a secret, or undefined when the secret is 0 modulo n. */
export function publicPoint(secret: Uint8Array): Uint8Array | undefined {
  return encodePoint(multiply(GENERATOR, toScalar(secret)));
}

/** Multiplies a compressed point. @returns undefined for an invalid point or an infinite result. */
export function multiplyPoint(point: Uint8Array, scalar: Uint8Array): Uint8Array | undefined {
  const decoded = decodePoint(point);
  return decoded && encodePoint(multiply(decoded, toScalar(scalar)));
}

/** Multiplies scalars modulo n. */
export function multiplyScalars(left: Uint8Array, right: Uint8Array): Uint8Array {
  return toBytes((toScalar(left) * toScalar(right)) % N);
}

function toScalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`) % N;
}

function toBytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * SCALAR_LENGTH, '0'));
}

function modulo(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** SEC 1 section 2.3.4, compressed form only. */
function decodePoint(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== POINT_LENGTH) return undefined;
  const [sign] = bytes;
  if (sign !== 0x02 && sign !== 0x03) return undefined;
  const x = BigInt(`0x${toHex(bytes.subarray(1))}`);
  if (x >= P) return undefined;
  const square = modulo(x * x * x + 7n);
  // p = 3 modulo 4: this power is a square root if one exists.
  const root = power(square, (P + 1n) / 4n);
  if ((root * root) % P !== square) return undefined;
  const isOdd = (root & 1n) === 1n;
  return { x, y: isOdd === (sign === 0x03) ? root : P - root, z: 1n };
}

/** Encodes a point in compressed form (SEC 1 section 2.3.3). */
function encodePoint(point: Point): Uint8Array | undefined {
  if (point.z === 0n) return undefined;
  const inverse = power(point.z, P - 2n);
  const square = (inverse * inverse) % P;
  const y = (((point.y * square) % P) * inverse) % P;
  const bytes = new Uint8Array(POINT_LENGTH);
  bytes[0] = y & 1n ? 0x03 : 0x02;
  bytes.set(toBytes((point.x * square) % P), 1);
  return bytes;
}

function multiply(point: Point, scalar: bigint): Point {
  let sum = INFINITY;
  let doubled = point;
  for (let bits = scalar; bits > 0n; bits >>= 1n) {
    if (bits & 1n) sum = add(sum, doubled);
    doubled = double(doubled);
  }
  return sum;
}

/** Explicit-Formulas Database, short Weierstrass with a = 0, Jacobian: dbl-2009-l. */
function double({ x, y, z }: Point): Point {
  const a = (x * x) % P;
  const b = (y * y) % P;
  const c = (b * b) % P;
  const d = modulo(2n * ((x + b) * (x + b) - a - c));
  const e = 3n * a;
  const doubledX = modulo(e * e - 2n * d);
  return { x: doubledX, y: modulo(e * (d - doubledX) - 8n * c), z: (2n * y * z) % P };
}

/** Explicit-Formulas Database, Jacobian: add-2007-bl, with its exceptions. */
function add(left: Point, right: Point): Point {
  if (left.z === 0n) return right;
  if (right.z === 0n) return left;
  const leftSquare = (left.z * left.z) % P;
  const rightSquare = (right.z * right.z) % P;
  const u = (left.x * rightSquare) % P;
  const s = (((left.y * right.z) % P) * rightSquare) % P;
  const h = modulo(right.x * leftSquare - u);
  const r = modulo(((right.y * left.z) % P) * leftSquare - s);
  if (h === 0n) return r === 0n ? double(left) : INFINITY;
  const hSquare = (h * h) % P;
  const hCube = (h * hSquare) % P;
  const v = (u * hSquare) % P;
  const x = modulo(r * r - hCube - 2n * v);
  return { x, y: modulo(r * (v - x) - s * hCube), z: (((left.z * right.z) % P) * h) % P };
}
