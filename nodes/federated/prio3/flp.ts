/**
 * The proof that an encoded measurement makes its circuit 0, checked on shares
 * (draft-irtf-cfrg-vdaf section 7.3). Each input of the gadget over all its calls is a polynomial,
 * given at roots of unity and blinded by its value at the first; the proof is the gadget applied to
 * these polynomials, likewise by values, and is checked at one random point.
 *
 * @module
 */
import type { Circuit } from './circuits.ts';
import { inverse, power } from './field.ts';
import { type Outcome, refused, taken } from './outcome.ts';
import { doubling, innerProduct, lastValue, weightsAt } from './polynomial.ts';

/** The part of a circuit that has nothing to do with the form of measurements. */
export type AnyCircuit = Omit<Circuit<never>, 'encode'>;

/** Values of one wire: a power of 2 that has room for a blind and all calls. */
function wireLength({ calls }: AnyCircuit): number {
  let length = 2;
  while (length < 1 + calls) length *= 2;
  return length;
}

/** Elements of a proof. */
export function proofLength(circuit: AnyCircuit): number {
  return circuit.arity + 2 * (wireLength(circuit) - 1) + 1;
}

/** Elements of a verifier share. */
export function verifierLength({ arity }: AnyCircuit): number {
  return 2 + arity;
}

/** Elements of query randomness: the point, and factors of the results if there are several. */
export function queryLength({ results }: AnyCircuit): number {
  return results === 1 ? 1 : 1 + results;
}

/** All wires, and how a call is put on them: `record` gives its place. */
interface Wires {
  readonly wires: readonly bigint[][];
  readonly length: number;
  record(inputs: readonly bigint[]): number;
}

/** Wires that begin with blinds. */
function wiresOf(circuit: AnyCircuit, blinds: readonly bigint[]): Wires {
  const length = wireLength(circuit);
  const wires = Array.from({ length: circuit.arity }, (_, j) => {
    const wire = new Array<bigint>(length).fill(0n);
    wire[0] = blinds[j] as bigint;
    return wire;
  });
  let calls = 0;
  const record = (inputs: readonly bigint[]): number => {
    calls += 1;
    for (const [j, wire] of wires.entries()) wire[calls] = inputs[j] as bigint;
    return calls;
  };
  return { wires, record, length };
}

/** The proof for an encoded measurement; `blinds` are as many as the gadget has inputs. */
export function prove(
  circuit: AnyCircuit,
  measurement: readonly bigint[],
  blinds: readonly bigint[],
  joint: readonly bigint[],
): bigint[] {
  const { wires, record, length } = wiresOf(circuit, blinds);
  circuit.run(measurement, { joint, one: 1n }, (inputs) => {
    record(inputs);
    return circuit.gadget(inputs);
  });
  const values = wires.map(doubling(circuit.field, length));
  const proof = [...blinds];
  for (let i = 0; i < 2 * length - 1; i += 1) {
    proof.push(circuit.gadget(values.map((wire) => wire[i] as bigint)));
  }
  return proof;
}

/** One aggregator's shares, and what all aggregators know. */
export interface Query {
  readonly measurement: readonly bigint[];
  readonly proof: readonly bigint[];
  readonly randomness: readonly bigint[];
  readonly joint: readonly bigint[];
  readonly shares: number;
}

/** The verifier share; refused if the point is one at which wires were given. */
export function query(circuit: AnyCircuit, asked: Query): Outcome<bigint[]> {
  const { field, arity } = circuit;
  const point = asked.randomness.at(-1) as bigint;
  const { wires, record, length } = wiresOf(circuit, asked.proof);
  if (power(field, point, BigInt(length)) === 1n) return refused('query-point');
  const values = asked.proof.slice(arity);
  values.push(lastValue(field, values));
  const one = inverse(field, BigInt(asked.shares));
  const results = circuit.run(
    asked.measurement,
    { joint: asked.joint, one },
    (inputs) => values[2 * record(inputs)] as bigint,
  );
  const result =
    results.length === 1 ? (results[0] as bigint) : innerProduct(field, results, asked.randomness);
  const weights = weightsAt(field, length, point);
  const atPoint = wires.map((wire) => innerProduct(field, wire, weights));
  const gadget = innerProduct(field, values, weightsAt(field, 2 * length, point));
  return taken([result, ...atPoint, gadget]);
}

/** Whether the sum of all verifier shares shows a measurement in range. */
export function decide(circuit: AnyCircuit, verifier: readonly bigint[]): boolean {
  const inputs = verifier.slice(1, -1);
  return verifier[0] === 0n && circuit.gadget(inputs) === verifier.at(-1);
}
