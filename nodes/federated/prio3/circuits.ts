/**
 * What Prio3 can add up, each with the circuit that all measurements in range make 0
 * (draft-irtf-cfrg-vdaf section 7.4): a count, a sum, a vector of sums, a histogram, a vector of
 * counts. Circuits are affine but for their gadget, which has degree 2.
 *
 * @module
 */
import { add, FIELD_64, FIELD_128, type Field, multiply, subtract } from './field.ts';
import { innerProduct } from './polynomial.ts';

/** Runs the gadget, or takes its output from a proof. */
export type GadgetCall = (inputs: readonly bigint[]) => bigint;

/** What a circuit runs on, beside the measurement. */
export interface CircuitInput {
  readonly joint: readonly bigint[];
  /** The constant 1 as one of the shares: 1 over the number of shares. */
  readonly one: bigint;
}

/** A circuit for measurements of type M. */
export interface Circuit<M> {
  /** Number of the algorithm on the wire. */
  readonly algorithm: number;
  readonly field: Field;
  /** Elements of an encoded measurement, of the aggregate, of the joint randomness. */
  readonly measurementLength: number;
  readonly outputLength: number;
  readonly jointLength: number;
  /** How many results `run` has; all are 0 for a measurement in range. */
  readonly results: number;
  /** Inputs of the gadget, and how often it is called. */
  readonly arity: number;
  readonly calls: number;
  gadget(inputs: readonly bigint[]): bigint;
  run(measurement: readonly bigint[], input: CircuitInput, call: GadgetCall): bigint[];
  /** The elements of a measurement; undefined if it is out of range. */
  encode(measurement: M): bigint[] | undefined;
  /** What of an encoded measurement is added up. */
  truncate(measurement: readonly bigint[]): bigint[];
}

/** How a whole number from 0 to `max` is made of bits of which any choice is in range. */
interface Range {
  readonly max: number;
  readonly bits: number;
  readonly weights: readonly bigint[];
}

function rangeOf(max: number): Range {
  atLeastOne('the largest value', max);
  const bits = max.toString(2).length;
  const weights = Array.from({ length: bits - 1 }, (_, i) => 1n << BigInt(i));
  weights.push(BigInt(max) - (1n << BigInt(bits - 1)) + 1n);
  return { max, bits, weights };
}

function encodeRange({ max, bits, weights }: Range, value: number): bigint[] | undefined {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) return undefined;
  const last = weights[bits - 1] as bigint;
  const above = BigInt(value) >> BigInt(bits - 1) > 0n;
  const rest = above ? BigInt(value) - last : BigInt(value);
  return weights.map((_, i) => (i === bits - 1 ? BigInt(above) : (rest >> BigInt(i)) & 1n));
}

/** Refuses settings of which no circuit can be made. */
function atLeastOne(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`${what} of a circuit is a whole number from 1, not ${value}`);
}

/** Measurements 0 and 1; the aggregate is how many are 1. */
export function countCircuit(): Circuit<number> {
  const field = FIELD_64;
  return {
    algorithm: 1,
    field,
    measurementLength: 1,
    outputLength: 1,
    jointLength: 0,
    results: 1,
    arity: 2,
    calls: 1,
    gadget: ([a, b]) => multiply(field, a as bigint, b as bigint),
    run: ([m], _, call) => [subtract(field, call([m as bigint, m as bigint]), m as bigint)],
    encode: (m) => (m === 0 || m === 1 ? [BigInt(m)] : undefined),
    truncate: (m) => [...m],
  };
}

/**
 * Whole numbers from 0 to `max`; the aggregate is their sum.
 * @throws RangeError when `max` is not a whole number from 1 to 2^53-1.
 */
export function sumCircuit({ max }: { readonly max: number }): Circuit<number> {
  const field = FIELD_64;
  const range = rangeOf(max);
  return {
    algorithm: 2,
    field,
    measurementLength: range.bits,
    outputLength: 1,
    jointLength: 0,
    results: range.bits,
    arity: 1,
    calls: range.bits,
    gadget: ([x]) => multiply(field, x as bigint, subtract(field, x as bigint, 1n)),
    run: (m, _, call) => m.map((bit) => call([bit])),
    encode: (value) => encodeRange(range, value),
    truncate: (m) => [innerProduct(field, m, range.weights)],
  };
}

/** The parts that circuits which check bits in chunks have in common. */
interface Chunked
  extends Pick<
    Circuit<never>,
    'arity' | 'calls' | 'field' | 'gadget' | 'jointLength' | 'measurementLength'
  > {
  /** 0 if all elements are 0 or 1; otherwise 0 for few joint randomnesses. */
  check(bits: readonly bigint[], input: CircuitInput, call: GadgetCall): bigint;
}

/** A circuit over `length` bits, `chunk` of them in one call of the gadget. */
function chunked(length: number, chunk: number): Chunked {
  atLeastOne('the length of chunks', chunk);
  const field = FIELD_128;
  const calls = Math.ceil(length / chunk);
  return {
    field,
    measurementLength: length,
    jointLength: calls,
    arity: 2 * chunk,
    calls,
    gadget(inputs: readonly bigint[]): bigint {
      let sum = 0n;
      for (let i = 0; i < inputs.length; i += 2) {
        sum += (inputs[i] as bigint) * (inputs[i + 1] as bigint);
      }
      return sum % field.modulus;
    },
    check(bits: readonly bigint[], { joint, one }: CircuitInput, call: GadgetCall): bigint {
      let sum = 0n;
      for (let i = 0; i < calls; i += 1) {
        const r = joint[i] as bigint;
        const inputs: bigint[] = [];
        for (let j = 0, factor = r; j < chunk; j += 1, factor = multiply(field, factor, r)) {
          const bit = bits[i * chunk + j] ?? 0n;
          inputs.push(multiply(field, factor, bit), subtract(field, bit, one));
        }
        sum = add(field, sum, call(inputs));
      }
      return sum;
    },
  };
}

/** Settings of a vector of sums. */
export interface SumVecSettings {
  readonly length: number;
  /** Largest value of an element. */
  readonly max: number;
  readonly chunk: number;
}

/**
 * Vectors of whole numbers from 0 to `max`; the aggregate is their sum.
 * @throws RangeError when a setting is not a whole number from 1.
 */
export function sumVecCircuit({ length, max, chunk }: SumVecSettings): Circuit<readonly number[]> {
  atLeastOne('the length', length);
  const range = rangeOf(max);
  const { bits, weights } = range;
  const { check, ...base } = chunked(length * bits, chunk);
  return {
    ...base,
    algorithm: 3,
    outputLength: length,
    results: 1,
    run: (m, input, call) => [check(m, input, call)],
    encode(values): bigint[] | undefined {
      if (values.length !== length) return undefined;
      const elements: bigint[] = [];
      for (const value of values) {
        const encoded = encodeRange(range, value);
        if (encoded === undefined) return undefined;
        for (const one of encoded) elements.push(one);
      }
      return elements;
    },
    truncate: (m) =>
      Array.from({ length }, (_, i) =>
        innerProduct(base.field, m.slice(i * bits, (i + 1) * bits), weights),
      ),
  };
}

/** The sum of elements. */
function total(field: Field, elements: readonly bigint[]): bigint {
  return elements.reduce((sum, element) => add(field, sum, element), 0n);
}

/**
 * Numbers of buckets, from 0; the aggregate is how many chose each.
 * @throws RangeError when a setting is not a whole number from 1.
 */
export function histogramCircuit(settings: {
  readonly length: number;
  readonly chunk: number;
}): Circuit<number> {
  const { length, chunk } = settings;
  atLeastOne('the length', length);
  const { check, ...base } = chunked(length, chunk);
  return {
    ...base,
    algorithm: 4,
    outputLength: length,
    results: 2,
    run: (m, input, call) => [
      check(m, input, call),
      subtract(base.field, total(base.field, m), input.one),
    ],
    encode(bucket): bigint[] | undefined {
      if (!Number.isSafeInteger(bucket) || bucket < 0 || bucket >= length) return undefined;
      return Array.from({ length }, (_, i) => BigInt(i === bucket));
    },
    truncate: (m) => [...m],
  };
}

/**
 * Vectors of truth values of which at most `maxWeight` hold; the aggregate counts each.
 * @throws RangeError when a setting is not a whole number from 1, or the weight above the length.
 */
export function multihotCircuit(settings: {
  readonly length: number;
  readonly maxWeight: number;
  readonly chunk: number;
}): Circuit<readonly boolean[]> {
  const { length, maxWeight, chunk } = settings;
  atLeastOne('the length', length);
  const range = rangeOf(maxWeight);
  if (maxWeight > length) {
    throw new RangeError(`the weight ${maxWeight} is above the length ${length}`);
  }
  const { check, ...base } = chunked(length + range.bits, chunk);
  const { field } = base;
  return {
    ...base,
    algorithm: 5,
    outputLength: length,
    results: 2,
    run(m, input, call): bigint[] {
      const weight = innerProduct(field, m.slice(length), range.weights);
      return [check(m, input, call), subtract(field, total(field, m.slice(0, length)), weight)];
    },
    encode(flags): bigint[] | undefined {
      if (flags.length !== length) return undefined;
      const weight = encodeRange(range, flags.filter(Boolean).length);
      return weight && [...flags.map(BigInt), ...weight];
    },
    truncate: (m) => m.slice(0, length),
  };
}
