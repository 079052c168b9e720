/** Fields and polynomials of Prio3, against sums and products written out. */
import { describe, expect, it } from 'vitest';
import { openStream } from '../../../../../engine/core/stream.ts';
import {
  addVectors,
  decodeVector,
  encodeVector,
  FIELD_64,
  FIELD_128,
  type Field,
  inverse,
  multiply,
  power,
  rootOfUnity,
  subtractVectors,
} from '../../../../../nodes/federated/prio3/field.ts';
import {
  doubling,
  innerProduct,
  lastValue,
  weightsAt,
} from '../../../../../nodes/federated/prio3/polynomial.ts';
import { reduced } from '../../../../../nodes/federated/prio3/xof.ts';

const FIELDS = [
  { name: '64 bits', field: FIELD_64, modulus: 2n ** 64n - 2n ** 32n + 1n },
  { name: '128 bits', field: FIELD_128, modulus: 2n ** 128n - 28n * 2n ** 64n + 1n },
];

/** Elements drawn from all of the field. */
function elements(field: Field, count: number): bigint[] {
  const random = openStream(7, 'test', 'prio3');
  return Array.from({ length: count }, () => {
    let value = 0n;
    for (let i = 0; i < 5; i += 1) value = (value << 32n) + BigInt(random.below(2 ** 32));
    return value % field.modulus;
  });
}

/** The value of a polynomial, from its highest coefficient on. */
function valueAt(field: Field, coefficients: readonly bigint[], point: bigint): bigint {
  return coefficients.reduceRight((sum, of) => (sum * point + of) % field.modulus, 0n);
}

function valuesAtRoots(field: Field, coefficients: readonly bigint[], size: number): bigint[] {
  const root = rootOfUnity(field, size);
  return Array.from({ length: size }, (_, i) =>
    valueAt(field, coefficients, power(field, root, BigInt(i))),
  );
}

describe.each(FIELDS)('the field of $name', ({ field, modulus }) => {
  it('has its published modulus, and roots of exactly their orders', () => {
    expect(field.modulus).toBe(modulus);
    for (const order of [2, 4, 1_024, 2 ** 32]) {
      const root = rootOfUnity(field, order);
      expect(power(field, root, BigInt(order))).toBe(1n);
      expect(power(field, root, BigInt(order / 2))).toBe(modulus - 1n);
    }
  });

  it('divides what it multiplied, and gives 0 for the inverse of 0', () => {
    for (const element of elements(field, 50)) {
      expect(multiply(field, element, inverse(field, element))).toBe(1n);
    }
    expect(inverse(field, 0n)).toBe(0n);
  });

  it('adds and subtracts at both ends of its range', () => {
    const top = modulus - 1n;
    expect(addVectors(field, [top, top, 0n], [1n, top, top])).toEqual([0n, top - 1n, top]);
    expect(subtractVectors(field, [0n, top, 0n], [1n, top, top])).toEqual([top, 0n, 1n]);
  });

  it('writes elements little-endian and reads exactly those below the modulus', () => {
    const vector = [...elements(field, 20), 0n, 1n, modulus - 1n];
    const bytes = encodeVector(field, vector);
    expect(bytes.length).toBe(vector.length * field.size);
    expect(encodeVector(field, [258n]).subarray(0, 3)).toEqual(Uint8Array.of(2, 1, 0));
    expect(decodeVector(field, bytes, vector.length)).toEqual({ ok: true, value: vector });
    expect(decodeVector(field, encodeVector(field, [modulus]), 1)).toEqual({
      ok: false,
      reason: 'element',
    });
    for (const count of [vector.length - 1, vector.length + 1]) {
      expect(decodeVector(field, bytes, count)).toEqual({ ok: false, reason: 'length' });
    }
  });

  it('draws elements without those that are too large', () => {
    const stream = encodeVector(field, [5n, modulus, modulus - 1n, modulus + 3n, 9n, 11n]);
    expect(reduced(field, stream, 3)).toEqual([5n, modulus - 1n, 9n]);
    expect(reduced(field, stream, 9)).toEqual([5n, modulus - 1n, 9n, 11n]);
  });
});

describe.each(FIELDS)('polynomials over the field of $name', ({ field }) => {
  it.each([2, 4, 8, 64])('of %d values get twice as many', (size) => {
    const coefficients = elements(field, size);
    const values = valuesAtRoots(field, coefficients, size);
    expect(doubling(field, size)(values)).toEqual(valuesAtRoots(field, coefficients, 2 * size));
  });

  it.each([2, 8, 64])('of %d values are evaluated anywhere', (size) => {
    const coefficients = elements(field, size);
    const values = valuesAtRoots(field, coefficients, size);
    const points = [0n, 1n, rootOfUnity(field, size), rootOfUnity(field, 2 * size), 12_345n];
    for (const point of points) {
      const weights = weightsAt(field, size, point);
      expect(innerProduct(field, values, weights)).toBe(valueAt(field, coefficients, point));
    }
  });

  it.each([2, 4, 64])('of %d values but the last have it from their degree', (size) => {
    const values = valuesAtRoots(field, elements(field, size - 1), size);
    expect(lastValue(field, values.slice(0, -1))).toBe(values.at(-1));
  });
});
