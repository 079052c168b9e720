/**
 * The n-1 attack on a Poisson mix, with the strategy of nodes/mixnet and the alarm of
 * reports/privacy (docs/PRIVACY.md#attacks): all other inputs are blocked for tau, then the target
 * enters alone; loops of the mix that would return meanwhile are blocked too.
 *
 * @module
 */
import { roundToNanoseconds } from '../../../engine/core/sampling.ts';
import { drainTimeInMeanDelays } from '../../../reports/privacy/attacks/blending.ts';
import {
  loopAlarmInstants,
  loopOverdueAfterNs,
  type MixLoop,
} from '../../../reports/privacy/attacks/loop-alarm.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { MixBench } from './single-mix.ts';

/** Mean delay, ns: the unit of time. */
const MEAN_NS = 1e9;
/** Number of mean delays after which the state of a mix is practically stationary. */
const FILLING = 10;
/** A loop through three mixes, whose links together take a tenth of a mean delay. */
const LOOP = { hops: 3, meanDelayNs: MEAN_NS, transitNs: MEAN_NS / 10 };

/** The parameters of a blending attack, and the number of its runs. */
export interface BlendingAttackOptions {
  readonly rho: number;
  readonly epsilon: number;
  readonly runs: number;
}

/** Results of blending attacks, as shares of runs. */
export interface BlendingShares {
  /** Runs in which the mix was emptied, and runs in which its first output was the target. */
  readonly pools: { readonly empty: number; readonly right: number };
  /** Gives the share of runs that the alarm detected, for a number of loops per mean delay. */
  readonly loops: (loopsPerDelay: number) => { readonly detected: number };
}

/** Carries out the attack many times and counts the outcomes. */
export function runBlendingAttack(
  engine: SeededEngine,
  run: BlendingAttackOptions,
): BlendingShares {
  return {
    pools: engine.once('P12', () => drainPools(engine, run)),
    loops: (loopsPerDelay): { detected: number } => ({
      detected: detectedShare(engine, run, loopsPerDelay),
    }),
  };
}

/** How often the pool was empty, and how often the first output was the target. */
function drainPools(engine: SeededEngine, run: BlendingAttackOptions): BlendingShares['pools'] {
  const state = { last: -1 };
  const bench = new MixBench(engine, 'P12', {
    mixing: { strategy: 'poisson' },
    leaves: (item): void => {
      state.last = item;
    },
  });
  const [gaps, delays] = [bench.stream('gap'), bench.stream('delay')];
  const factor = engine.defects.mixes?.delayFactor ?? 1;
  const delayNs = (): number => roundToNanoseconds(delays.exponential(MEAN_NS) * factor);
  const { scheduler } = bench;
  const tauNs = roundToNanoseconds(drainTimeInMeanDelays(run) * MEAN_NS);
  let item = 0;
  const put = (): void => {
    bench.put(item, delayNs());
    item += 1;
  };
  let [empty, right] = [0, 0];
  for (let i = 0; i < run.runs; i += 1) {
    const blockedAt = scheduler.now + FILLING * MEAN_NS;
    for (;;) {
      const gap = roundToNanoseconds(gaps.exponential(MEAN_NS / run.rho));
      if (scheduler.now + gap > blockedAt) break;
      scheduler.runUntil(scheduler.now + gap);
      put();
    }
    scheduler.runUntil(blockedAt + tauNs);
    if (bench.size === 0) empty += 1;
    const target = item;
    put();
    state.last = -1;
    while (state.last < 0) scheduler.step();
    if (state.last === target) right += 1;
  }
  return { empty: empty / run.runs, right: right / run.runs };
}

function detectedShare(
  engine: SeededEngine,
  run: BlendingAttackOptions,
  loopsPerDelay: number,
): number {
  const random = engine.stream(`mix/P12/${loopsPerDelay}`, 'loops');
  const deadlineNs = loopOverdueAfterNs(LOOP);
  const tauNs = drainTimeInMeanDelays(run) * MEAN_NS;
  const areBlocked = engine.defects.mixes?.hasImmuneLoops !== true;
  // The alarm is raised by the first overdue loop, because false alarms do not matter here.
  const watch = {
    deadlineNs,
    windowNs: MEAN_NS,
    lossProbability: 0,
    falseAlarmsPerHour: Number.MAX_VALUE,
  };
  let detected = 0;
  for (let i = 0; i < run.runs; i += 1) {
    const loops: MixLoop[] = [];
    let at = -deadlineNs;
    for (;;) {
      at += random.exponential(MEAN_NS / loopsPerDelay);
      if (at > tauNs) break;
      let returnedAt = at + LOOP.transitNs;
      for (let hop = 0; hop < LOOP.hops; hop += 1) returnedAt += random.exponential(MEAN_NS);
      const isBlocked = areBlocked && returnedAt >= 0 && returnedAt < tauNs;
      loops.push(isBlocked ? { sentAt: at } : { sentAt: at, returnedAt });
    }
    if (loopAlarmInstants(loops, watch, 2 * deadlineNs + tauNs).length > 0) detected += 1;
  }
  return detected / run.runs;
}
