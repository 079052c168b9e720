/**
 * A vector as one report of Prio3: what a client computes, and what each of two aggregators computes
 * for every client.
 *
 * `npm run bench -- prio3`
 *
 * @module
 */
import { provider } from '../engine/crypto/index.ts';
import { sumVecCircuit } from '../nodes/federated/prio3/circuits.ts';
import { randLength } from '../nodes/federated/prio3/lengths.ts';
import type { Outcome } from '../nodes/federated/prio3/outcome.ts';
import {
  aggregate,
  prio3,
  shard,
  unshard,
  verifierSharesToMessage,
  verifyInit,
  verifyNext,
} from '../nodes/federated/prio3/vdaf.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

export const name = 'prio3';

const crypto = provider('node', { timing: 'simulation' });
const key = new Uint8Array(32).fill(1);
const nonce = new Uint8Array(16).fill(3);
const US_PER_S = 1_000_000;

/** A vector, and how often it is measured after one warm-up. */
interface Shape {
  readonly length: number;
  readonly bits: number;
  readonly chunk: number;
  readonly runs: number;
}

const SHAPES: readonly Shape[] = [
  { length: 10_000, bits: 16, chunk: 400, runs: 5 },
  { length: 100_000, bits: 1, chunk: 316, runs: 5 },
  { length: 100_000, bits: 16, chunk: 1_265, runs: 1 },
];

/** CPU time of a client, and of the leader, which of both aggregators has more to do. */
interface Times {
  readonly client: number;
  readonly leader: number;
  readonly bytes: number;
}

/** Lines of client, leader and share for every vector. */
export function run(): readonly BenchResult[] {
  return SHAPES.flatMap((shape) => {
    if (shape.runs > 1) once(shape);
    const times = Array.from({ length: shape.runs }, () => once(shape));
    const title = `${shape.length} x ${shape.bits} bits, chunks of ${shape.chunk}`;
    const client = spreadOf(times.map((one) => one.client));
    const leader = spreadOf(times.map((one) => one.leader));
    return [
      { name: `client, ${title}`, unit: 's', ...client },
      { name: `leader, ${title}`, unit: 's', ...leader },
      { name: `leader share, ${title}`, unit: 'MB', value: (times[0]?.bytes ?? 0) / 1e6 },
    ];
  });
}

function taken<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`void: refused, ${outcome.reason}`);
  return outcome.value;
}

/** CPU time of work, s, and what it made. */
function timed<T>(work: () => T): readonly [number, T] {
  let made: T | undefined;
  const us = cpuTimeUs(() => {
    made = work();
  });
  return [us / US_PER_S, made as T];
}

function once({ length, bits, chunk }: Shape): Times {
  const circuit = sumVecCircuit({ length, max: 2 ** bits - 1, chunk });
  const vdaf = prio3({ crypto, circuit, shares: 2, context: new Uint8Array(0) });
  const values = Array.from({ length }, (_, i) => (i * 40_503) % 2 ** bits);
  const rand = crypto.shake256(nonce, randLength(circuit, 2));
  const [client, report] = timed(() => taken(shard(vdaf, values, { nonce, rand })));
  const { publicShare, inputShares } = report;
  const [begun, rest] = inputShares.map((inputShare, aggregator) =>
    timed(() => taken(verifyInit(vdaf, { key, aggregator, nonce, publicShare, inputShare }))),
  );
  if (begun === undefined || rest === undefined) throw new Error('void: no two shares');
  const both = [begun[1], rest[1]];
  const [decision, message] = timed(() =>
    taken(
      verifierSharesToMessage(
        vdaf,
        both.map(({ share }) => share),
      ),
    ),
  );
  const sums = both.map(({ state }) => {
    return timed(() => aggregate(vdaf, [taken(verifyNext(vdaf, state, message))]));
  });
  const result = taken(
    unshard(
      vdaf,
      sums.map(([, share]) => share),
    ),
  );
  requireEqual('the sum', result.map(Number).join(), values.join());
  return {
    client,
    leader: begun[0] + decision + (sums[0]?.[0] ?? 0),
    bytes: inputShares[0]?.length ?? 0,
  };
}
