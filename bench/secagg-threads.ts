/**
 * Unmasking of a sum with lost clients, as in a live server: the jobs run on two threads of a pool, and
 * the main thread, which would read sockets, is watched for the longest time in which it does not run.
 *
 * `npm run bench -- secagg-threads`
 *
 * @module
 */
import { createCryptoProvider } from '../engine/crypto/index.ts';
import type { ComputeResult } from '../engine/host/compute.ts';
import { ComputePool } from '../engine/live/compute-pool.ts';
import { protocol } from '../nodes/federated/index.ts';
import type {
  SecaggJobName,
  SecaggJobTypes,
  SumMasksInput,
} from '../nodes/federated/secagg/jobs.ts';
import { addMaskSums, sumMasksJobInputs } from '../nodes/federated/secagg/mask-sum.ts';
import { type BenchResult, requireEqual, spreadOf } from './bench-result.ts';
import { limitOf, measureLimits } from './workloads/secagg-limits.ts';

export const name = 'secagg-threads';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const THREADS = 2;
const RUNS = 5;
/** 100 of 1,000 clients are lost, with 65 surviving neighbours each: 72 less a tenth. */
const LOST = 100;
const DEGREE = 65;
const SURVIVORS = 900;
const LENGTH = 100_000;
const BITS = 32;
const TICK_MS = 2;

const session = new Uint8Array(32).fill(5);
const publicKey = crypto.x25519PublicKey(new Uint8Array(32).fill(6));

interface Run {
  readonly wallMs: number;
  /** Processor time of all threads, divided by the least this machine needs. */
  readonly ratio: number;
  /** The longest time in which the main thread did not run, ms. */
  readonly silenceMs: number;
}

/** Runs a job on the pool. */
function perform<Name extends SecaggJobName>(
  pool: ComputePool,
  job: Name,
  input: SecaggJobTypes[Name]['input'],
): Promise<SecaggJobTypes[Name]['output']> {
  const call = { moduleUrl: protocol.moduleUrl, job, input, crypto: 'node' };
  return new Promise((resolve, reject) => {
    const done = (result: ComputeResult): void => {
      if (result.kind === 'done') resolve(result.output as SecaggJobTypes[Name]['output']);
      else reject(new Error(result.message));
    };
    pool.submit({ call, transfer: [], lane: 'data', isWanted: () => true, done });
  });
}

function ownSeeds(): SumMasksInput['streams'] {
  return Array.from({ length: SURVIVORS }, (_, index) => {
    const seed = new Uint8Array(32);
    new DataView(seed.buffer).setUint32(0, index);
    return { seed, sign: -1 };
  });
}

/** Computes the seeds of the pair masks, then the sum of all masks. */
async function unmask(pool: ComputePool): Promise<void> {
  const peers = Array.from({ length: DEGREE }, (_, index) => ({ index, maskKey: publicKey }));
  const secretOf = (index: number): Uint8Array => new Uint8Array(32).fill(index + 1);
  const derived = await Promise.all(
    Array.from({ length: LOST }, (_, index) => {
      const pairs = [{ index: 1_000 + index, secret: secretOf(index), peers }];
      return perform(pool, 'deriveSeeds', { session, own: [], pairs });
    }),
  );
  const pairs = derived.flatMap(({ pairs: [seeds] }) =>
    (seeds ?? []).flatMap((seed) => (seed === undefined ? [] : [{ seed, sign: 1 as const }])),
  );
  requireEqual('the number of pair masks', pairs.length, LOST * DEGREE);
  const jobs = sumMasksJobInputs([...ownSeeds(), ...pairs], LENGTH);
  const vector = new Uint32Array(LENGTH);
  await Promise.all(
    jobs.map(async (job) => addMaskSums(vector, [await perform(pool, 'sumMasks', job)], BITS)),
  );
}

/** One run between two measurements of the limits, with a clock on the main thread. */
async function measured(pool: ComputePool): Promise<Run> {
  const before = measureLimits(crypto);
  let [last, silenceMs] = [performance.now(), 0];
  const clock = setInterval(() => {
    const now = performance.now();
    silenceMs = Math.max(silenceMs, now - last - TICK_MS);
    last = now;
  }, TICK_MS);
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await unmask(pool);
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(clock);
  const after = measureLimits(crypto);
  const elements = (LOST * DEGREE + SURVIVORS) * LENGTH;
  const work = { elements, agreements: LOST * DEGREE };
  const mean = (limitOf(work, before) + limitOf(work, after)) / 2;
  return { wallMs, ratio: (user + system) / mean, silenceMs };
}

/**
 * Measures wall time, processor time relative to the least this machine needs
 * (workloads/secagg-limits.ts), and the longest time in which the main thread did not run.
 */
export async function run(): Promise<BenchResult[]> {
  const pool = new ComputePool(THREADS);
  await pool.warm([protocol.moduleUrl]);
  await measured(pool);
  const runs: Run[] = [];
  for (let count = 0; count < RUNS; count += 1) runs.push(await measured(pool));
  await pool.close();
  const of = (read: (run: Run) => number): ReturnType<typeof spreadOf> => spreadOf(runs.map(read));
  const ms = { unit: 'ms' } as const;
  return [
    { name: 'unmask on two threads', ...ms, ...of(({ wallMs }) => wallMs), target: 2_500 },
    { name: 'processor time over its limit', unit: 'x', ...of(({ ratio }) => ratio), target: 1.3 },
    { name: 'longest silence of the server', ...ms, ...of((one) => one.silenceMs), target: 50 },
  ];
}
