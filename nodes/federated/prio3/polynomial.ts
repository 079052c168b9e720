/**
 * Polynomials given by their values at all roots of unity of one order, a power of 2.
 *
 * @module
 */
import { add, type Field, inverse, multiply, power, rootOfUnity, subtract } from './field.ts';

/** Powers of an element from 0, times a factor. */
function powers(field: Field, base: bigint, { count, factor }: PowersAsked): bigint[] {
  const result: bigint[] = [];
  for (let i = 0, at = factor; i < count; i += 1, at = multiply(field, at, base)) result.push(at);
  return result;
}

interface PowersAsked {
  readonly count: number;
  readonly factor: bigint;
}

/** The permutation that a transform in place begins with: indices with their bits in reverse. */
function reversals(size: number): Uint32Array {
  const result = new Uint32Array(size);
  for (let i = 1; i < size; i += 1) {
    result[i] = ((result[i >> 1] as number) >> 1) + (i % 2 === 1 ? size / 2 : 0);
  }
  return result;
}

/** Makes of coefficients the values at all powers of a root, of which half are given, in place. */
function transform({ modulus }: Field, vector: bigint[], roots: readonly bigint[]): void {
  const size = vector.length;
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      // hot: 180 ns a turn in the field of 128 bits, of which the product and its remainder take 140.
      for (let i = 0; i < half; i += 1) {
        const low = vector[start + i] as bigint;
        const term =
          ((vector[start + i + half] as bigint) * (roots[i * stride] as bigint)) % modulus;
        const sum = low + term;
        vector[start + i] = sum >= modulus ? sum - modulus : sum;
        vector[start + i + half] = low >= term ? low - term : low - term + modulus;
      }
    }
  }
}

/**
 * Makes of the values at all roots of an order those at all roots of twice the order, which hold the
 * given ones at even places. Tables are made once for many polynomials.
 * @param size Order of the given roots, a power of 2 from 2.
 */
export function doubling(field: Field, size: number): (values: readonly bigint[]) => bigint[] {
  const root = rootOfUnity(field, size);
  const half = { count: size / 2, factor: 1n };
  const forth = powers(field, root, half);
  const back = powers(field, inverse(field, root), half);
  const scale = inverse(field, BigInt(size));
  // Coefficient i times w^i moves the polynomial by w: its values are those at odd places.
  const shifts = powers(field, rootOfUnity(field, 2 * size), { count: size, factor: scale });
  const places = reversals(size);
  return (values) => {
    const coefficients = Array.from(places, (place) => values[place] as bigint);
    transform(field, coefficients, back);
    const odd = Array.from(places, (place) =>
      multiply(field, coefficients[place] as bigint, shifts[place] as bigint),
    );
    transform(field, odd, forth);
    const result: bigint[] = [];
    for (let i = 0; i < size; i += 1) result.push(values[i] as bigint, odd[i] as bigint);
    return result;
  };
}

/**
 * The value missing at the last root, for a polynomial whose degree is one less than what as many
 * values as roots allow: its highest coefficient, the sum of value * root, is 0.
 */
export function lastValue(field: Field, values: readonly bigint[]): bigint {
  const root = rootOfUnity(field, values.length + 1);
  let sum = 0n;
  for (let i = values.length - 1; i >= 0; i -= 1) {
    sum = add(field, multiply(field, sum, root), values[i] as bigint);
  }
  return multiply(field, subtract(field, 0n, sum), root);
}

/**
 * Weights w so that the value at `point` is the sum of w_i * value_i (barycentric form over the
 * roots of unity of order `size`).
 */
export function weightsAt(field: Field, size: number, point: bigint): bigint[] {
  const root = rootOfUnity(field, size);
  const nodes = powers(field, root, { count: size, factor: 1n });
  const hit = nodes.indexOf(point);
  if (hit >= 0) return nodes.map((_, i) => (i === hit ? 1n : 0n));
  const height = subtract(field, power(field, point, BigInt(size)), 1n);
  const scale = multiply(field, height, inverse(field, BigInt(size)));
  const distances = inverses(
    field,
    nodes.map((node) => subtract(field, point, node)),
  );
  return nodes.map((node, i) =>
    multiply(field, scale, multiply(field, node, distances[i] as bigint)),
  );
}

/** Inverses of elements none of which is 0, with one inversion. */
function inverses(field: Field, elements: readonly bigint[]): bigint[] {
  const before: bigint[] = [];
  let product = 1n;
  for (const element of elements) {
    before.push(product);
    product = multiply(field, product, element);
  }
  let rest = inverse(field, product);
  const result = new Array<bigint>(elements.length);
  for (let i = elements.length - 1; i >= 0; i -= 1) {
    result[i] = multiply(field, rest, before[i] as bigint);
    rest = multiply(field, rest, elements[i] as bigint);
  }
  return result;
}

/** The sum of the products of two lists of one length. */
export function innerProduct(field: Field, a: readonly bigint[], b: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as bigint) * (b[i] as bigint);
  return sum % field.modulus;
}
