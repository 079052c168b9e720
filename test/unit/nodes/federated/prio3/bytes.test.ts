/** What a client sends with Prio3, beside what it sends with secure aggregation. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sumVecCircuit } from '../../../../../nodes/federated/prio3/circuits.ts';
import {
  inputShareLength,
  messageLength,
  publicShareLength,
  reportLength,
  verifierShareLength,
} from '../../../../../nodes/federated/prio3/lengths.ts';
import {
  type Prio3,
  prio3,
  shardEncoded,
  verifierSharesToMessage,
} from '../../../../../nodes/federated/prio3/vdaf.ts';
import { MESSAGE } from '../../../../../nodes/federated/secagg/messages.ts';
import { configOf, Session } from '../secagg/session.ts';
import { begin, CRYPTO, SAMPLES, seedsOf } from './reports.ts';

const README = readFileSync(
  new URL('../../../../../nodes/federated/README.md', import.meta.url),
  'utf8',
);
const SHARES = 2;
const context = new Uint8Array(0);

/** A vector of `length` numbers of `bits` bits, with the chunks that the table states. */
interface Shape {
  readonly length: number;
  readonly bits: number;
  readonly chunk: number;
}

const SHAPES: readonly Shape[] = [
  { length: 10_000, bits: 1, chunk: 100 },
  { length: 10_000, bits: 16, chunk: 400 },
  { length: 100_000, bits: 1, chunk: 316 },
  { length: 100_000, bits: 16, chunk: 1_265 },
];

const circuitOf = ({ length, bits, chunk }: Shape): ReturnType<typeof sumVecCircuit> =>
  sumVecCircuit({ length, max: 2 ** bits - 1, chunk });

/** Bytes of the masked input of one client, as it was sent in a session of three. */
const masked = new Map<string, number>();
function maskedInput(m: number, bits: number): number {
  const key = `${m}/${bits}`;
  const known = masked.get(key);
  if (known !== undefined) return known;
  const session = new Session({ config: configOf({ n: 3, k: 2, t: 2, m, bits }) }).run();
  const sent = session.messages.find(
    ({ type, way }) => type === MESSAGE.maskedInput && way === 'up',
  );
  const bytes = sent?.bytes.length ?? Number.NaN;
  masked.set(key, bytes);
  return bytes;
}

const number = (value: number): string => value.toLocaleString('en-US');

/** The row of the table for a shape. */
function rowOf(shape: Shape): string {
  const circuit = circuitOf(shape);
  const inputs = [16, 32].map((bits) => maskedInput(shape.length, bits));
  const leader = inputShareLength(circuit, 0);
  const cells = [
    ...[number(shape.length), `${shape.bits}`, number(shape.chunk)],
    ...inputs.map(number),
    ...[leader, inputShareLength(circuit, 1), publicShareLength(circuit, SHARES)].map(number),
    ...inputs.map((bytes) => (leader / bytes).toFixed(1)),
  ];
  return `| ${cells.join(' | ')} |`;
}

describe('bytes of a client', () => {
  it.each(SHAPES)('are those of the README: $length numbers of $bits bits', (shape) => {
    const row = rowOf(shape);
    const start = row.split('|').slice(0, 4).join('|');
    expect(README.split('\n').find((line) => line.startsWith(start))).toBe(row);
  });

  it('are about 64 times the masked input for 16 bits in a ring of 32, and not for 1 bit', () => {
    for (const length of [10_000, 100_000]) {
      const circuits = SHAPES.filter((shape) => shape.length === length);
      const [one, sixteen] = circuits.map(
        (shape) => inputShareLength(circuitOf(shape), 0) / maskedInput(length, 32),
      );
      expect(sixteen).toBeGreaterThan(64);
      expect(sixteen).toBeLessThan(65);
      expect(one).toBeLessThan(4.25);
    }
  });

  it('are fewer with chunks near the root of all bits than far from it', () => {
    const shape = { length: 10_000, bits: 16 };
    const bytes = (chunk: number): number => inputShareLength(circuitOf({ ...shape, chunk }), 0);
    expect(bytes(400)).toBeLessThan(bytes(100));
    expect(bytes(400)).toBeLessThan(bytes(1_600));
  });
});

/** Lengths of all that is sent for a report, as announced and as made. */
function lengthsOf(
  vdaf: Prio3,
  elements: readonly bigint[],
): { announced: number[]; made: number[] } {
  const { circuit, shares } = vdaf;
  const seeds = seedsOf(vdaf, 2);
  const report = shardEncoded(vdaf, elements, seeds);
  if (!report.ok) throw new Error(report.reason);
  const begun = begin(vdaf, seeds.nonce, report.value);
  if (!begun.ok) throw new Error(begun.reason);
  const message = verifierSharesToMessage(vdaf, begun.value.shares);
  if (!message.ok) throw new Error(message.reason);
  const { publicShare, inputShares } = report.value;
  const sent = [publicShare, ...inputShares];
  const all = [...sent, ...begun.value.shares, message.value].map(({ length }) => length);
  return {
    announced: [
      reportLength(circuit, shares),
      publicShareLength(circuit, shares),
      ...inputShares.map((_, j) => inputShareLength(circuit, j)),
      ...inputShares.map(() => verifierShareLength(circuit)),
      messageLength(circuit),
    ],
    made: [sent.reduce((sum, { length }) => sum + length, 0), ...all],
  };
}

describe('lengths', () => {
  it.each(SAMPLES)('are those of the messages: $name', ({ vdaf, honest }) => {
    for (const shares of [2, 3]) {
      const { announced, made } = lengthsOf(prio3({ ...vdaf, shares }), honest);
      expect(announced).toEqual(made);
    }
  });

  // The fourth row takes 15 s; `npm run bench -- prio3` has it.
  it.each(SHAPES.slice(0, 3))('are those of $length numbers of $bits bits', (shape) => {
    const circuit = circuitOf(shape);
    const vdaf = prio3({ crypto: CRYPTO, circuit, shares: SHARES, context });
    const values = Array.from({ length: shape.length }, (_, i) => i % 2 ** shape.bits);
    const { announced, made } = lengthsOf(vdaf, circuit.encode(values) as bigint[]);
    expect(announced).toEqual(made);
  });
});
