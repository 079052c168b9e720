/**
 * Vectors of integers modulo 2^b, 1 <= b <= 32: sums, the packed form of the wire, and the signed
 * numbers that they stand for (two's complement).
 *
 * Sums are taken modulo 2^32 and reduced once at the end, because 2^b divides 2^32.
 *
 * @module
 */

/** Bits and length of the vectors of a session. */
export interface RingVectorShape {
  /** Number of elements. */
  readonly length: number;
  /** Bits of an element, 1 … 32. */
  readonly bits: number;
}

// hot: measured below 1 ns per element. Int32Array, because sums of Uint32Array become doubles.
/** Adds `values` to `sum`, modulo 2^32. */
export function addVectorInto(sum: Uint32Array, values: Uint32Array): void {
  const target = new Int32Array(sum.buffer, sum.byteOffset, sum.length);
  const source = new Int32Array(values.buffer, values.byteOffset, values.length);
  const { length } = target;
  for (let index = 0; index < length; index += 1) {
    target[index] = ((target[index] as number) + (source[index] as number)) | 0;
  }
}

// hot: as addVectorInto.
/** Subtracts `values` from `sum`, modulo 2^32. */
export function subtractVectorInto(sum: Uint32Array, values: Uint32Array): void {
  const target = new Int32Array(sum.buffer, sum.byteOffset, sum.length);
  const source = new Int32Array(values.buffer, values.byteOffset, values.length);
  const { length } = target;
  for (let index = 0; index < length; index += 1) {
    target[index] = ((target[index] as number) - (source[index] as number)) | 0;
  }
}

/** The largest element: `bits` ones. */
export function largestRingElement(bits: number): number {
  return bits === 32 ? 0xffff_ffff : 2 ** bits - 1;
}

/** Reduces all elements modulo 2^bits. */
export function reduceRingElements(values: Uint32Array, bits: number): void {
  if (bits === 32) return;
  const mask = largestRingElement(bits);
  for (let index = 0; index < values.length; index += 1)
    values[index] = (values[index] as number) & mask;
}

/** Bytes of a packed vector. */
export function packedVectorBytes({ length, bits }: RingVectorShape): number {
  return Math.ceil((length * bits) / 8);
}

/**
 * Packs elements below 2^bits: element i at bit i * bits, least significant bit first; the rest of
 * the last byte is zero. At 32 bits that is plain little-endian, which every supported machine is.
 */
export function packRingVector(values: Uint32Array, bits: number): Uint8Array {
  const length = packedVectorBytes({ length: values.length, bits });
  if (bits === 32) return new Uint8Array(values.slice().buffer);
  // One word more than needed, so that the upper part of the last element has its place.
  const words = new Uint32Array(Math.ceil(length / 4) + 1);
  let word = 0;
  let offset = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    words[word] = (words[word] as number) | (value << offset);
    offset += bits;
    if (offset >= 32) {
      offset -= 32;
      word += 1;
      if (offset > 0) words[word] = value >>> (bits - offset);
    }
  }
  return new Uint8Array(words.buffer, 0, length).slice();
}

/** Unpacks a vector, or returns what is wrong with it. */
export function unpackRingVector(
  packed: Uint8Array,
  shape: RingVectorShape,
): Uint32Array | 'input-length' | 'padding-not-zero' {
  const { length, bits } = shape;
  if (packed.length !== packedVectorBytes(shape)) return 'input-length';
  const words = new Uint32Array(Math.ceil(packed.length / 4) + 1);
  new Uint8Array(words.buffer).set(packed);
  if (bits === 32) return words.subarray(0, length);
  const usedBits = (length * bits) % 8;
  if (usedBits !== 0 && (packed[packed.length - 1] as number) >>> usedBits !== 0) {
    return 'padding-not-zero';
  }
  const mask = largestRingElement(bits);
  const values = new Uint32Array(length);
  let word = 0;
  let offset = 0;
  for (let index = 0; index < length; index += 1) {
    let value = (words[word] as number) >>> offset;
    offset += bits;
    if (offset >= 32) {
      offset -= 32;
      word += 1;
      if (offset > 0) value |= (words[word] as number) << (bits - offset);
    }
    values[index] = value & mask;
  }
  return values;
}

/** The signed number that an element stands for: from 2^(bits-1) on, it is negative. */
export function signedRingElement(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

/** All elements as signed numbers. */
export function signedRingElements(values: Uint32Array, bits: number): Float64Array {
  return Float64Array.from(values, (value) => signedRingElement(value, bits));
}

/** The element that stands for an integer, modulo 2^bits. */
export function ringElement(value: number, bits: number): number {
  const size = 2 ** bits;
  const rest = value % size;
  return rest < 0 ? rest + size : rest + 0;
}
