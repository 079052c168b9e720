/**
 * The two prime fields of Prio3 (draft-irtf-cfrg-vdaf section 6.1). Elements are whole numbers from 0
 * to modulus - 1. Arithmetic is that of BigInt, whose time depends on the values: acceptable for a
 * testbed, not against somebody who measures it.
 *
 * @module
 */
import { type Outcome, refused, taken } from './outcome.ts';

/** A prime field with roots of unity whose orders are powers of 2. */
export interface Field {
  readonly modulus: bigint;
  /** Bytes of an element, little-endian. */
  readonly size: 8 | 16;
  /** An element of order 2^orderBits. */
  readonly generator: bigint;
  readonly orderBits: number;
}

/** A field by its modulus 2^orderBits * cofactor + 1, in which 7 has full order. */
function createField(size: 8 | 16, orderBits: number, cofactor: bigint): Field {
  const modulus = (cofactor << BigInt(orderBits)) + 1n;
  const bare = { modulus, size, generator: 7n, orderBits };
  return { ...bare, generator: power(bare, 7n, cofactor) };
}

/** The field of Count and Sum, 64 bits. */
export const FIELD_64: Field = createField(8, 32, 4294967295n);
/** The field of the vectors, 128 bits. */
export const FIELD_128: Field = createField(16, 66, 4611686018427387897n);

/** The sum of two elements. */
export function add({ modulus }: Field, a: bigint, b: bigint): bigint {
  const sum = a + b;
  return sum >= modulus ? sum - modulus : sum;
}

/** The difference of two elements. */
export function subtract({ modulus }: Field, a: bigint, b: bigint): bigint {
  return a >= b ? a - b : a - b + modulus;
}

/** The product of two elements. */
export function multiply({ modulus }: Field, a: bigint, b: bigint): bigint {
  return (a * b) % modulus;
}

/** An element to an exponent of at least 0. */
export function power(field: Field, base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = multiply(field, result, square);
    square = multiply(field, square, square);
  }
  return result;
}

/** The inverse of an element; that of 0 is given as 0. */
export function inverse(field: Field, element: bigint): bigint {
  return power(field, element, field.modulus - 2n);
}

/** A root of unity of the given order, a power of 2 up to 2^orderBits. */
export function rootOfUnity(field: Field, order: number): bigint {
  return power(field, field.generator, (1n << BigInt(field.orderBits)) / BigInt(order));
}

/** The sum of vectors of one length, element by element. */
export function addVectors(field: Field, a: readonly bigint[], b: readonly bigint[]): bigint[] {
  return a.map((element, i) => add(field, element, b[i] as bigint));
}

/** The difference of vectors of one length, element by element. */
export function subtractVectors(
  field: Field,
  a: readonly bigint[],
  b: readonly bigint[],
): bigint[] {
  return a.map((element, i) => subtract(field, element, b[i] as bigint));
}

/** Bytes of a vector. */
export function encodeVector({ size }: Field, elements: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(elements.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, element] of elements.entries()) {
    view.setBigUint64(i * size, element & 0xffff_ffff_ffff_ffffn, true);
    if (size === 16) view.setBigUint64(i * size + 8, element >> 64n, true);
  }
  return bytes;
}

/** The number at an offset, which may be above the modulus. */
export function numberAt({ size }: Field, view: DataView, offset: number): bigint {
  const low = view.getBigUint64(offset, true);
  return size === 8 ? low : low | (view.getBigUint64(offset + 8, true) << 64n);
}

/** A vector of `count` elements from its bytes; refuses other lengths and elements not reduced. */
export function decodeVector(field: Field, bytes: Uint8Array, count: number): Outcome<bigint[]> {
  if (bytes.length !== count * field.size) return refused('length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements: bigint[] = [];
  for (let offset = 0; offset < bytes.length; offset += field.size) {
    const element = numberAt(field, view, offset);
    if (element >= field.modulus) return refused('element');
    elements.push(element);
  }
  return taken(elements);
}
