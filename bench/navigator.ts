/**
 * One decision of a navigator, for three ways and for eight, the most that a frontier has. Also
 * measures two parts of the decision on the same costs: which ways no other way dominates, and sums
 * of weighted costs. Single decisions are timed by the wall clock, since the promise is a
 * percentile.
 *
 * `npm run bench -- navigator`
 *
 * @module
 */
import { openRandomStream } from '../engine/core/stream.ts';
import type { WayFacts } from '../nodes/_kit/way-chooser.ts';
import {
  COST_AXES,
  dominates,
  FRONTIER_MAX,
  Navigator,
  type WayCost,
  WEIGHTINGS,
} from '../nodes/navigator/index.ts';
import { type BenchResult, spreadOf } from './bench-result.ts';

export const name = 'navigator';

const ROUNDS = 5;
const DECISIONS = 20_000;
const WARM_UP = 5_000;
const SHARE = 0.99;
const NS_PER_MS = 1e6;
const NS_PER_US = 1e3;
/** Longest time that 99 of 100 decisions may take: 1 ms. */
const TARGET_US = 1_000;

/** Ways of random costs, all of them up and measured. */
function waysOf(count: number): {
  readonly facts: readonly WayFacts[];
  readonly costs: readonly WayCost[];
} {
  const random = openRandomStream(1, 'bench', 'costs');
  const costs = Array.from({ length: count }, () => ({
    latencyMs: 1 + random.below(30_000),
    energyMah: random.below(200) / 100,
    unreliability: random.below(100) / 100,
    epsilon: random.below(10) / 1e9,
  }));
  const facts = costs.map(({ latencyMs, unreliability }, index) => ({
    ...{ carrier: `way-${index}`, hides: index % 2 === 0, isUp: true, loss: unreliability },
    ...{ roundTripNs: 2 * latencyMs * NS_PER_MS, measuredNs: 0, heardNs: 0 },
  }));
  return { facts, costs };
}

/** Time within which 99 of 100 calls end, us. */
function p99Us(decide: (turn: number) => number): number {
  const took = new Float64Array(DECISIONS);
  let sum = 0;
  for (let turn = -WARM_UP; turn < DECISIONS; turn += 1) {
    const began = process.hrtime.bigint();
    sum += decide(turn);
    if (turn >= 0) took[turn] = Number(process.hrtime.bigint() - began) / NS_PER_US;
  }
  if (!Number.isFinite(sum)) throw new Error('void: a decision has no result');
  return took.sort()[Math.floor(DECISIONS * SHARE)] ?? Number.NaN;
}

/** Measures the decision and its two parts, each for three ways and for a full frontier. */
export function run(): BenchResult[] {
  return [3, FRONTIER_MAX].flatMap((count) => {
    const { facts, costs } = waysOf(count);
    const byName = Object.fromEntries(costs.map((cost, index) => [`way-${index}`, cost]));
    const navigator = new Navigator({ costs: byName });
    const wishes = [
      { priority: 0 },
      { priority: 1 },
      { priority: 2 },
      { priority: 1, private: true },
    ];
    const decide = (turn: number): number =>
      navigator.choose(turn, facts, wishes[turn & 3]).order[0] ?? Number.NaN;
    const dominance = (): number =>
      costs.filter((cost) => !costs.some((other) => dominates(other, cost))).length;
    const sums = (): number => {
      const scores = costs.map((cost) =>
        COST_AXES.reduce((sum, axis) => sum + WEIGHTINGS.balanced[axis] * cost[axis], 0),
      );
      return scores.indexOf(Math.min(...scores));
    };
    const lineOf = (what: string, measured: (turn: number) => number): BenchResult => ({
      ...{ name: `${what}, ${count} ways`, unit: 'us' },
      ...spreadOf(Array.from({ length: ROUNDS }, () => p99Us(measured))),
    });
    return [
      { ...lineOf('decision, p99', decide), target: TARGET_US },
      lineOf('of it, dominance, p99', dominance),
      lineOf('of it, weighted sums, p99', sums),
    ];
  });
}
