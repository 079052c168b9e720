/**
 * Small settings of every circuit, and a report's way through all aggregators, for tests.
 *
 * @module
 */
import { provider } from '../../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import {
  type Circuit,
  countCircuit,
  histogramCircuit,
  multihotCircuit,
  sumCircuit,
  sumVecCircuit,
} from '../../../../../nodes/federated/prio3/circuits.ts';
import { type Field, rootOfUnity } from '../../../../../nodes/federated/prio3/field.ts';
import { randLength } from '../../../../../nodes/federated/prio3/lengths.ts';
import { type Outcome, taken } from '../../../../../nodes/federated/prio3/outcome.ts';
import {
  aggregate,
  type Prio3,
  prio3,
  type Report,
  type ReportSeeds,
  unshard,
  verifierSharesToMessage,
  verifyInit,
  verifyNext,
} from '../../../../../nodes/federated/prio3/vdaf.ts';

export const CRYPTO: CryptoProvider = provider('node', { timing: 'simulation' });
/** Known to aggregators only. */
export const KEY = new Uint8Array(32).fill(9);

/** A circuit with a measurement, and elements that are none. */
export interface Sample {
  readonly name: string;
  readonly vdaf: Prio3;
  /** Elements of a measurement in range. */
  readonly honest: readonly bigint[];
  /** What the honest report adds. */
  readonly adds: readonly number[];
  /** Elements out of range, as near as they get. */
  readonly lies: readonly (readonly bigint[])[];
}

function sample<M>(
  name: string,
  circuit: Circuit<M>,
  rest: { measurement: M; adds: readonly number[]; lies: readonly (readonly bigint[])[] },
): Sample {
  const vdaf = prio3({ crypto: CRYPTO, circuit, shares: 2, context: Uint8Array.of(1, 2) });
  const honest = circuit.encode(rest.measurement);
  if (honest === undefined) throw new Error(`${name}: no measurement`);
  return { name, vdaf, honest, adds: rest.adds, lies: rest.lies };
}

const count = countCircuit();
const sum = sumCircuit({ max: 100 });
const vector = sumVecCircuit({ length: 3, max: 5, chunk: 2 });
const minusOne = ({ modulus }: Field): bigint => modulus - 1n;

/**
 * Three elements that are no bits, with checks that add up to 0: x^2 - x is 2 for 2, and -1 - i and
 * -1 + i for the roots i and -i of -1.
 */
export function cancelling(field: Field): [bigint, bigint, bigint] {
  const root = rootOfUnity(field, 4);
  return [root, field.modulus - root, 2n];
}

export const SAMPLES: readonly Sample[] = [
  sample('count', count, {
    measurement: 1,
    adds: [1],
    lies: [[2n], [minusOne(count.field)], [1_000_000n]],
  }),
  sample('sum', sum, {
    measurement: 77,
    adds: [77],
    // Seven bits, with weights 1 to 32 and 37: 101 and -1 need an element that is no bit.
    lies: [
      [2n, 1n, 1n, 1n, 1n, 1n, 1n],
      [minusOne(sum.field), 0n, 0n, 0n, 0n, 0n, 0n],
      [0n, 0n, 0n, 0n, 0n, 0n, 2n],
      [...cancelling(sum.field), 0n, 0n, 0n, 0n],
    ],
  }),
  sample('sum vector', vector, {
    measurement: [0, 5, 2],
    adds: [0, 5, 2],
    // Three bits for each, with weights 1, 2, 2.
    lies: [
      [2n, 1n, 1n, 0n, 0n, 0n, 0n, 0n, 0n],
      [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, minusOne(vector.field)],
      [...cancelling(vector.field), 0n, 0n, 0n, 0n, 0n, 0n],
    ],
  }),
  sample('histogram', histogramCircuit({ length: 4, chunk: 2 }), {
    measurement: 2,
    adds: [0, 0, 1, 0],
    // Two votes, none, and one vote that is a 2 beside a -1.
    lies: [
      [1n, 0n, 1n, 0n],
      [0n, 0n, 0n, 0n],
      [2n, minusOne(vector.field), 0n, 0n],
    ],
  }),
  sample('multihot', multihotCircuit({ length: 4, maxWeight: 2, chunk: 2 }), {
    measurement: [true, false, false, true],
    adds: [1, 0, 0, 1],
    // Weight bits 1 and 1: three that hold; a weight that says less; an element 2.
    lies: [
      [1n, 1n, 1n, 0n, 1n, 1n],
      [1n, 1n, 0n, 0n, 1n, 0n],
      [2n, 0n, 0n, 0n, 1n, 1n],
    ],
  }),
];

/** Nonce and randomness of a report, told apart by a number. */
export function seedsOf({ circuit, shares }: Prio3, number: number): ReportSeeds {
  const drawn = CRYPTO.shake256(
    Uint8Array.of(number & 0xff, number >> 8),
    16 + randLength(circuit, shares),
  );
  return { nonce: drawn.slice(0, 16), rand: drawn.slice(16) };
}

/** What aggregators keep for one report, and the verifier shares that they send. */
export interface Begun {
  readonly states: readonly { output: readonly bigint[]; seed: Uint8Array }[];
  readonly shares: readonly Uint8Array[];
}

/** The first step of all aggregators. */
export function begin(
  vdaf: Prio3,
  nonce: Uint8Array,
  { publicShare, inputShares }: Report,
): Outcome<Begun> {
  const states = [];
  const shares = [];
  for (const [aggregator, inputShare] of inputShares.entries()) {
    const begun = verifyInit(vdaf, { key: KEY, aggregator, nonce, publicShare, inputShare });
    if (!begun.ok) return begun;
    states.push(begun.value.state);
    shares.push(begun.value.share);
  }
  return taken({ states, shares });
}

/** What a report adds, after all steps, or where it is refused. */
export function verified(
  vdaf: Prio3,
  nonce: Uint8Array,
  report: Report,
): Outcome<readonly number[]> {
  const begun = begin(vdaf, nonce, report);
  return begun.ok ? concluded(vdaf, begun.value) : begun;
}

/** What a report adds, after the steps that follow the first. */
export function concluded(vdaf: Prio3, { states, shares }: Begun): Outcome<readonly number[]> {
  const message = verifierSharesToMessage(vdaf, shares);
  if (!message.ok) return message;
  const aggregates = [];
  for (const state of states) {
    const output = verifyNext(vdaf, state, message.value);
    if (!output.ok) return output;
    aggregates.push(aggregate(vdaf, [output.value]));
  }
  const result = unshard(vdaf, aggregates);
  return result.ok ? taken(result.value.map(Number)) : result;
}
