/**
 * Polynomials given by their values at all roots of unity of one order, a power of 2.
 *
 * @module
 */
import { add, type Field, inverse, multiply, power, rootOfUnity, subtract } from './field.ts';

/** Values at the powers of `root` of the polynomial with these coefficients. */
function transform(field: Field, coefficients: readonly bigint[], root: bigint): bigint[] {
  const size = coefficients.length;
  if (size === 1) return [...coefficients];
  const square = multiply(field, root, root);
  const even = transform(
    field,
    coefficients.filter((_, i) => i % 2 === 0),
    square,
  );
  const odd = transform(
    field,
    coefficients.filter((_, i) => i % 2 === 1),
    square,
  );
  const values = new Array<bigint>(size);
  for (let i = 0, at = 1n; i < size / 2; i += 1, at = multiply(field, at, root)) {
    const term = multiply(field, at, odd[i] as bigint);
    values[i] = add(field, even[i] as bigint, term);
    values[i + size / 2] = subtract(field, even[i] as bigint, term);
  }
  return values;
}

/** The values at the roots of twice the order, which hold the given ones at even places. */
export function doubled(field: Field, values: readonly bigint[]): bigint[] {
  const size = values.length;
  const back = inverse(field, rootOfUnity(field, size));
  const scale = inverse(field, BigInt(size));
  const step = rootOfUnity(field, 2 * size);
  let factor = scale;
  const shifted = transform(field, values, back).map((coefficient) => {
    const result = multiply(field, coefficient, factor);
    factor = multiply(field, factor, step);
    return result;
  });
  const odd = transform(field, shifted, rootOfUnity(field, size));
  return values.flatMap((value, i) => [value, odd[i] as bigint]);
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
  const nodes = [1n];
  while (nodes.length < size) nodes.push(multiply(field, nodes.at(-1) as bigint, root));
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
  for (const [i, element] of a.entries()) sum += element * (b[i] as bigint);
  return sum % field.modulus;
}
