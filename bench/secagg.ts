/**
 * The expensive steps of secure aggregation, compared with the least time that this machine needs for
 * the same amount of key stream, additions and key agreements, measured in the same minute. All on
 * one thread.
 *
 * `npm run bench -- secagg`
 *
 * @module
 */
import { createCryptoProvider } from '../engine/crypto/index.ts';
import {
  SECAGG_JOBS,
  type SecaggJobName,
  type SecaggJobTypes,
  type SumMasksInput,
} from '../nodes/federated/secagg/jobs.ts';
import { sumMasksJobInputs } from '../nodes/federated/secagg/mask-sum.ts';
import { holderPoint } from '../nodes/federated/secagg/shamir.ts';
import {
  type BenchResult,
  cpuTimeUs,
  requireEqual,
  type Spread,
  spreadOf,
} from './bench-result.ts';

import { type Limits, limitOf, measureLimits, type Work } from './workloads/secagg-limits.ts';
import { sumOfSession } from './workloads/secagg-session.ts';

export const name = 'secagg';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const RUNS = 5;
const US_PER_MS = 1_000;

const secret = new Uint8Array(32).fill(5);
const publicKey = crypto.x25519PublicKey(new Uint8Array(32).fill(6));

function perform<Name extends SecaggJobName>(
  job: Name,
  input: SecaggJobTypes[Name]['input'],
): SecaggJobTypes[Name]['output'] {
  return SECAGG_JOBS[job].run(input, crypto) as SecaggJobTypes[Name]['output'];
}

function seedsOf(count: number): SumMasksInput['streams'] {
  return Array.from({ length: count }, (_, index) => {
    const seed = new Uint8Array(32);
    new DataView(seed.buffer).setUint32(0, index);
    return { seed, sign: index % 2 === 0 ? 1 : -1 };
  });
}

/** Sums masks; the streams come in pairs of opposite sign, so that a part of the sum is known. */
function sumMasks(streams: SumMasksInput['streams'], length: number): void {
  for (const job of sumMasksJobInputs(streams, length)) {
    requireEqual('the length of a part', perform('sumMasks', job).sum.length, job.count);
  }
}

const MASK: Work = { elements: 128 * 1_000_000, agreements: 0 };
const GATE_PEERS = 32;
const GATE_ELEMENTS = 1_000_000;
const LOST = 100;
const DEGREE = 65;
const SURVIVORS = 900;
const UNMASK_LENGTH = 100_000;
const UNMASK: Work = {
  elements: (LOST * DEGREE + SURVIVORS) * UNMASK_LENGTH,
  agreements: LOST * DEGREE,
};

/** 100 of 1,000 clients are lost, with 65 surviving neighbours each: 72 less a tenth. */
function unmask(): void {
  const peers = Array.from({ length: DEGREE }, (_, index) => ({
    index: 200 + index,
    maskKey: publicKey,
  }));
  const streams = [...seedsOf(SURVIVORS)];
  for (let index = 0; index < LOST; index += 1) {
    const input = {
      session: secret,
      own: [],
      pairs: [{ index, secret, peers }],
    };
    for (const seed of perform('deriveSeeds', input).pairs[0] ?? []) {
      if (seed !== undefined) streams.push({ seed, sign: 1 });
    }
  }
  requireEqual('the number of masks', streams.length, UNMASK.elements / UNMASK_LENGTH);
  sumMasks(streams, UNMASK_LENGTH);
}

/** CPU time of a step, ms, and its multiple of the limits measured before it and after it. */
function compare(work: Work, step: () => void): { readonly ms: Spread; readonly ratio: Spread } {
  step();
  const pairs = Array.from({ length: RUNS }, () => {
    const before = measureLimits(crypto);
    const us = cpuTimeUs(step);
    const after = measureLimits(crypto);
    const limitUs = (limitOf(work, before) + limitOf(work, after)) / 2;
    return { ms: us / US_PER_MS, ratio: us / limitUs };
  });
  return {
    ms: spreadOf(pairs.map(({ ms }) => ms)),
    ratio: spreadOf(pairs.map(({ ratio }) => ratio)),
  };
}

/** Rebuilds 1,000 secrets with a threshold of 67: the other work of a server besides unmasking. */
function rebuild(): void {
  const points = Array.from({ length: 68 }, (_, index) => holderPoint(index));
  const shares = points.map((x) => new Uint8Array(32).fill(x));
  const secrets = Array.from({ length: 1_000 }, (_, index) => ({ index, shares }));
  const [first] = perform('rebuildSecrets', { threshold: 67, groups: [{ points, secrets }] });
  requireEqual('the length of a secret', first?.secret.length ?? 0, 32);
}

/** Runs a session of ten clients with 10 MB each; their state machines are connected without a network. */
function tenClients(): void {
  const config = {
    ...{ random: new Uint8Array(16), round: 1, n: 10, k: 9, t: 7, m: 2_600_000, bits: 32 },
    mode: 'semi-honest',
  } as const;
  requireEqual('the sum', sumOfSession(config, crypto), 55);
}

/** Numbers of lost clients, up to a tenth: beyond it, many neighbours are lost, too, whose masks need no removal. */
const CURVE_LOST = [0, 4, 8, 12, 16, 20] as const;
const CURVE = {
  ...{ random: new Uint8Array(16), round: 1, n: 200, k: 60, t: 31, m: 20_000, bits: 32 },
  mode: 'semi-honest',
} as const;

/** Time of the server in one session, and the longest job of the server or of a client, ms. */
function session(lost: number): { readonly server: number; readonly longest: number } {
  let [server, longest] = [0, 0];
  sumOfSession(CURVE, crypto, {
    lost,
    onTime: (of, us, isJob) => {
      if (of === 'server') server += us / US_PER_MS;
      if (isJob) longest = Math.max(longest, us / US_PER_MS);
    },
  });
  return { server, longest };
}

/** How a server's time grows with lost clients, and how far it is from a straight line. */
function lossCurve(): readonly BenchResult[] {
  const rounds = Array.from({ length: RUNS }, () => CURVE_LOST.map(session));
  // The least times count, since other work makes a run slower and nothing makes it faster.
  const times = CURVE_LOST.map((_, at) => least(rounds.map((round) => round[at]?.server ?? 0)));
  const longest = least(rounds.flat().map((one) => one.longest));
  const { slope, start } = lineThrough(CURVE_LOST, times);
  const off = times.map((time, at) => Math.abs(time / (start + slope * (CURVE_LOST[at] ?? 0)) - 1));
  return [
    { name: 'server of 200, nobody lost', unit: 'ms', value: times[0] ?? Number.NaN },
    { name: 'server of 200, 20 lost', unit: 'ms', value: times.at(-1) ?? Number.NaN },
    { name: 'server, for each lost client', unit: 'ms', value: slope },
    { name: 'server, farthest from a line', unit: '%', value: 100 * Math.max(...off), target: 15 },
    { name: 'longest job of a session of 200', unit: 'ms', value: longest, target: 50 },
  ];
}

function least(values: readonly number[]): number {
  return Math.min(...values);
}

/** The line through some points by least squares. */
function lineThrough(
  xs: readonly number[],
  ys: readonly number[],
): { readonly slope: number; readonly start: number } {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((value, at) => (value - x) * ((ys[at] ?? 0) - y)));
  const slope = covariance / mean(xs.map((value) => (value - x) ** 2));
  return { slope, start: y - slope * x };
}

/** Measures the masking of elements, which every client and the server do, for `npm run speed`. */
export function measureMaskStep(): BenchResult {
  const step = (): void => sumMasks(seedsOf(GATE_PEERS), GATE_ELEMENTS);
  step();
  const ms = spreadOf(Array.from({ length: RUNS }, () => cpuTimeUs(step) / US_PER_MS));
  return { name: 'mask 1,000,000 elements, 32 neighbours', unit: 'ms', ...ms };
}

/** Measures the limits, then each step and its multiple of the limits. */
export function run(): BenchResult[] {
  const limits = Array.from({ length: RUNS + 1 }, () => measureLimits(crypto)).slice(1);
  const rates = (cost: (limit: Limits) => number): Spread =>
    spreadOf(limits.map((limit) => cost(limit)));
  const mask = compare(MASK, () => sumMasks(seedsOf(128), 1_000_000));
  const lost = compare(UNMASK, unmask);
  const rebuilt = spreadOf(Array.from({ length: RUNS }, () => cpuTimeUs(rebuild) / US_PER_MS));
  const whole = spreadOf(Array.from({ length: RUNS }, () => cpuTimeUs(tenClients) / US_PER_MS));
  return [
    { name: 'key stream', unit: 'GB/s', ...rates(({ stream }) => 4 / stream / US_PER_MS) },
    { name: 'additions', unit: 'M/s', ...rates(({ addition }) => 1 / addition) },
    { name: 'agreements', unit: '/s', ...rates(({ agreement }) => 1e6 / agreement) },
    { name: 'mask 1,000,000 elements, 128 neighbours', unit: 'ms', ...mask.ms },
    { name: 'mask, over its limit', unit: 'x', ...mask.ratio, target: 1.3 },
    { name: 'unmask 100 lost of 1,000, 100,000 elements', unit: 'ms', ...lost.ms },
    { name: 'unmask, over its limit', unit: 'x', ...lost.ratio, target: 1.3 },
    { name: 'rebuild 1,000 secrets, threshold 67', unit: 'ms', ...rebuilt },
    { name: 'session of 10 clients, 2,600,000 elements', unit: 'ms', ...whole, target: 2_000 },
    ...lossCurve(),
  ];
}
