/**
 * Batches, factors and saturation rates from fixed numbers, and a short live run that is really
 * measured.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import {
  fitCostLine,
  makeOperationSample,
  QUICK_PLAN,
  timeCalls,
} from '../../../../runner/calibration/batches.ts';
import {
  busierRate,
  busiestPoints,
  fitLineThrough,
} from '../../../../runner/calibration/busy-points.ts';
import {
  type FitPoint,
  fitDataFactor,
  fitFactors,
  measureLiveLoad,
  predictLoad,
} from '../../../../runner/calibration/in-place.ts';
import { findKnee, type KneeRun, runVirtualForKnee } from '../../../../runner/calibration/knee.ts';
import {
  compareKneeRound,
  judgeRounds,
  type KneeCheck,
} from '../../../../runner/calibration/knee-check.ts';
import { renderKneeCheck, renderProfile } from '../../../../runner/calibration/render.ts';
import {
  measureReceiveBuffer,
  measureSocketCosts,
} from '../../../../runner/calibration/socket-costs.ts';
import type { CpuChoice } from '../../../../scenarios/model.ts';
import { nodeFiles } from '../../../../scenarios/open/node-files.ts';
import { cpuChoice, readProfile } from '../../../../scenarios/profiles/profile-file.ts';
import { load, registry } from '../fixture.ts';
import { fixtureProfile, writeProfile } from './fixture.ts';

const choice = (scale: number): CpuChoice =>
  cpuChoice(readProfile(nodeFiles, writeProfile(fixtureProfile(scale))), 'one');

const WORKING = { delivery: 1, latencyP50Ns: 1_000, latencyP95Ns: 2_000 };
const BUSY = { ratePerSecond: 120, live: 0.5, predicted: 0.5 };

describe('benchmarks', () => {
  it('keep the median batch with its interval and the p99 batch', () => {
    const batches = Array.from({ length: 50 }, (_, index) => 101 + index);
    // The ranks 18 and 33 of 50 enclose the median with a probability of 95 %, by the binomial
    // distribution.
    expect(makeOperationSample(64, batches)).toEqual({
      bytes: 64,
      nsMedian: 125,
      nsLow: 118,
      nsHigh: 133,
      nsP99: 150,
      batches: 50,
    });
  });

  it('give a cost per byte that never falls, and no negative start', () => {
    const at = (bytes: number, ns: number): ReturnType<typeof makeOperationSample> =>
      makeOperationSample(bytes, [ns]);
    expect(fitCostLine([at(100, 150), at(300, 250)])).toEqual({ ns: 100, nsPerByte: 0.5 });
    expect(fitCostLine([at(100, 250), at(300, 150)])).toEqual({ ns: 200, nsPerByte: 0 });
    expect(fitCostLine([at(100, 10), at(300, 410)])).toEqual({ ns: 0, nsPerByte: 1.05 });
  });

  it('measure more for more work', () => {
    const spin = (rounds: number): number => {
      let sum = 0;
      for (let i = 0; i < rounds; i += 1) sum += Math.sqrt(i);
      return sum;
    };
    const plan = { warmup: 200, batches: 9, calls: 200 };
    const [short, long] = [1_000, 8_000].map(
      (rounds) =>
        makeOperationSample(
          0,
          timeCalls(() => void spin(rounds), plan),
        ).nsMedian,
    );
    expect(long).toBeGreaterThan(3 * (short ?? 0));
  });

  it('measure real sockets of loopback and the room of their buffers', async () => {
    const { send, receive } = await measureSocketCosts({ ...QUICK_PLAN, warmup: 100, batches: 5 });
    // With only five batches, the line fitted over the lengths may start at 0, but the cost of a
    // datagram is never 0.
    for (const { nsMedian } of [...send.samples, ...receive.samples]) {
      expect(nsMedian).toBeGreaterThan(200);
      expect(nsMedian).toBeLessThan(1_000_000);
    }
    const rooms = await measureReceiveBuffer();
    expect(rooms.map(({ bytes }) => bytes)).toEqual([128, 512, 1_024, 1_472]);
    for (const { datagrams } of rooms) expect(datagrams).toBeGreaterThan(10);
  });
});

describe('factors in place', () => {
  const point = (control: number, data: number, cpu: number): FitPoint => ({
    alone: { control, data },
    live: { cpu, waited: 0, deliveredPerSecond: 0 },
    ratePerSecond: 0,
  });

  it('bring the model of both lanes to what was measured', () => {
    const points = [0.1, 0.3, 0.5].map((data) => point(0.02, data, 0.02 * 2 + data * 1.25));
    expect(fitFactors(points)).toEqual({ control: 2, data: 1.25 });
  });

  it('do not take idle wake-ups for the cost of timers', () => {
    const points = [0.1, 0.3, 0.5].map((data) => point(0.01, data, 0.2 + data));
    expect(fitFactors(points).control).toBe(3);
    expect(fitFactors(points).data).toBeGreaterThan(1.3);
  });

  it('are never negative: one lane explains what the other cannot', () => {
    const factors = fitFactors([point(0.02, 0.2, 0.2), point(0.02, 0.4, 0.45)]);
    expect(factors.control).toBe(1);
    expect(factors.data).toBeGreaterThan(0.9);
    expect(factors.data).toBeLessThan(1.1);
    expect(fitFactors([point(0, 0.5, 0.6)])).toEqual({ control: 1, data: 1.2 });
    expect(fitDataFactor([point(0.1, 0.2, 0.6), point(0.1, 0.4, 1)], 2)).toBe(2);
    expect(fitDataFactor([], 2)).toBe(1);
  });
});

describe('the search for a busy process', () => {
  const at = (ratePerSecond: number, cpu: number): FitPoint => ({
    alone: { control: 0, data: 0.5 },
    live: { cpu, waited: 0, deliveredPerSecond: ratePerSecond },
    ratePerSecond,
  });

  it('goes to the rate that would take nine tenths of a core, by a third at most', () => {
    expect(busierRate(at(1_000, 0.8))).toBe(1_150);
    expect(busierRate(at(1_000, 0.3))).toBe(1_300);
    expect(busierRate(at(1_000, 0.849))).toBe(1_084);
    expect(busierRate(at(1_000, 0.86))).toBeUndefined();
  });

  it('continues the model beyond its saturation in a straight line, with what does not grow', () => {
    const low = { ratePerSecond: 1_000, load: { control: 0.02, data: 0.15 } };
    const high = { ratePerSecond: 3_000, load: { control: 0.04, data: 0.35 } };
    const loadAt = fitLineThrough(low, high);
    expect(loadAt(3_000)).toEqual(high.load);
    expect(loadAt(13_000).data).toBeCloseTo(1.35, 9);
    expect(loadAt(13_000).control).toBeCloseTo(0.14, 9);
  });

  it('keeps the busiest runs, since an idle process wakes up for each packet', () => {
    const points = [at(100, 0.5), at(150, 0.7), at(180, 0.82), at(200, 0.9)];
    expect(busiestPoints(points)).toEqual(points.slice(2));
    expect(busiestPoints([])).toEqual([]);
  });
});

describe('a knee', () => {
  const world = (knee: number): ((rate: number) => Promise<KneeRun>) => {
    return (ratePerSecond) => {
      const delivery = Math.min(1, knee / ratePerSecond);
      return Promise.resolve({ ratePerSecond, delivery, latencyP50Ns: 1_000, latencyP95Ns: 2_000 });
    };
  };
  const search = { from: 1_000, growth: 1.5, resolution: 1.02, isStopped: (): boolean => false };

  it.each([300, 1_000, 7_777])('is found within the resolution at %i/s', async (knee) => {
    const found = await findKnee({ ...search, tries: 1, run: world(knee) });
    expect(found.ratePerSecond).toBeLessThanOrEqual(knee * 1.0011);
    expect(found.ratePerSecond).toBeGreaterThan(knee / 1.021);
    expect(found.failedPerSecond).toBeGreaterThan(knee);
  });

  it('is where a backlog begins to grow, even when buffers still hold it', async () => {
    const run = (ratePerSecond: number): Promise<KneeRun> => {
      const latencyP95Ns = ratePerSecond > 5_000 ? 400_000_000 : 10_000_000;
      return Promise.resolve({ ratePerSecond, delivery: 1, latencyP50Ns: 1_000, latencyP95Ns });
    };
    const found = await findKnee({ ...search, tries: 1, run });
    expect(found.ratePerSecond).toBeLessThanOrEqual(5_000);
    expect(found.ratePerSecond).toBeGreaterThan(5_000 / 1.021);
  });

  it('does not believe one run of three that failed for reasons of its own', async () => {
    let runs = 0;
    const run = world(7_777);
    const flaky = (rate: number): Promise<KneeRun> => {
      runs += 1;
      return run(runs % 3 === 0 ? 1e9 : rate).then((one) => ({ ...one, ratePerSecond: rate }));
    };
    const found = await findKnee({ ...search, tries: 3, run: flaky });
    expect(found.ratePerSecond).toBeGreaterThan(7_777 / 1.021);
  });

  it('predicted by a profile with half the costs is outside 15 %, by the true one inside', async () => {
    const scenario = (rate: number): ReturnType<typeof load> =>
      load('hello.yaml', {
        duration: '3s',
        warmup: '1s',
        kpis: '{}',
        'traffic.0.rate': `${rate}/s`,
        topology:
          '{ name: pair, nodes: [{ name: alice, run: ping }, { name: bob, run: ping }], links: [{ ends: alice <-> bob, rate: 1Gbit/s, delay: 5ms }] }',
      });
    const kneeOf = (scale: number): ReturnType<typeof findKnee> => {
      const cpu = choice(scale);
      const run = (rate: number): Promise<KneeRun> =>
        Promise.resolve(runVirtualForKnee(scenario(rate), rate, { cpu, registry }));
      return findKnee({ ...search, from: 2_000, resolution: 1.1, tries: 1, run });
    };
    // The world with scale 1 plays the role of the real machine.
    const [real, half] = [await kneeOf(1), await kneeOf(0.5)];
    const at = { ...WORKING, ratePerSecond: 100 };
    const round = (predicted: typeof real): ReturnType<typeof compareKneeRound> =>
      compareKneeRound(1.2, { live: real, predicted }, { live: at, predicted: at, busy: BUSY });
    const asWritten = { dataFactor: 1.3, ratePerSecond: 999_999 };
    const flagged = judgeRounds(asWritten, [round(half)]);
    expect(flagged.knee.difference).toBeGreaterThan(0.5);
    expect(flagged.pass).toBe(false);
    const text = renderKneeCheck(flagged);
    expect(text).toMatch(/median of 1 round .*\n *highest rate.*OUTSIDE/);
    expect(text).toMatch(/own factor, data x 1.3, predicts 999 999\/s \(\+25 \d+ %\);/);
    expect(text).toMatch(/ it was 1.2\.\n.*calibrate again/);
    const held = judgeRounds(asWritten, [round(real)]);
    expect(held.pass).toBe(true);
    const fresh = { ...asWritten, ratePerSecond: real.ratePerSecond };
    expect(renderKneeCheck(judgeRounds(fresh, [round(real)]))).not.toContain('calibrate again');
    // One disturbed round of three does not decide; two do.
    expect(judgeRounds(asWritten, [round(real), round(half), round(real)]).pass).toBe(true);
    expect(judgeRounds(asWritten, [round(half), round(real), round(half)]).pass).toBe(false);
  });

  it('that costs another share of a core than predicted is no prediction that held', () => {
    const at = { ...WORKING, ratePerSecond: 100 };
    const knee = { ratePerSecond: 9_000, runs: [] };
    const knees = { live: knee, predicted: knee };
    const judge = (cpu: number): KneeCheck => {
      const runs = { live: at, predicted: at, busy: { ...BUSY, predicted: cpu } };
      return judgeRounds({ dataFactor: 1, ratePerSecond: 9_000 }, [
        compareKneeRound(1, knees, runs),
      ]);
    };
    expect(judge(0.55).pass).toBe(true);
    const costly = judge(0.6);
    expect(costly.cpu).toEqual({ difference: expect.closeTo(0.2, 9), isInside: false });
    expect(costly.pass).toBe(false);
    expect(renderKneeCheck(costly)).toMatch(/core at 120\/s +50.0 % +60.0 % +\+20/);
    expect(renderKneeCheck(costly)).toMatch(/processor time +\+20.* OUTSIDE/);
  });

  it('that no live run showed is no prediction that held', () => {
    const at = { ...WORKING, ratePerSecond: 100 };
    const none = { ratePerSecond: 0, runs: [] };
    const some = { ratePerSecond: 9_000, runs: [] };
    const dead = compareKneeRound(
      1,
      { live: none, predicted: some },
      { live: at, predicted: at, busy: BUSY },
    );
    const check = judgeRounds({ dataFactor: 1, ratePerSecond: 9_000 }, [dead]);
    expect(check.knee).toEqual({ difference: null, isInside: false });
    expect(check.pass).toBe(false);
    expect(judgeRounds({ dataFactor: 1, ratePerSecond: 9_000 }, []).pass).toBe(false);
  });
});

describe('a live run', () => {
  it('is measured: what it carried, and what it took of a core', {
    retry: 1,
    timeout: 20_000,
  }, async () => {
    const scenario = load('hello.yaml', {
      duration: '2s',
      warmup: '500ms',
      kpis: '{}',
      'traffic.0.rate': '200/s',
    });
    const signal = new AbortController().signal;
    const live = await measureLiveLoad(scenario, { registry, signal });
    expect(live.deliveredPerSecond).toBeGreaterThan(150);
    expect(live.cpu).toBeGreaterThan(0);
    expect(live.cpu).toBeLessThan(1.5);
    const model = predictLoad(scenario, choice(0.01), registry);
    expect(model.data).toBeGreaterThan(0);
    expect(model.control).toBeLessThan(model.data);
  });
});

describe('a profile for people', () => {
  it('shows each operation alone and in place, and the live runs behind it', () => {
    const text = renderProfile(fixtureProfile());
    expect(text).toContain('Test CPU, 2 cores, node 20.0.0, 2026-01-02T03:04:05Z, load 0.1 before');
    expect(text).toMatch(
      /receive +100 +60.0 us +60.0 us..60.0 us +120 us +30.0 us +60.0 us \+ 0.5 ns\/B/,
    );
    expect(text).toContain('the busiest run used 20.0 % of a core');
    expect(text).toMatch(/1 000 +999 +20.0 % +5.0 % +11.0 % +20.0 % +used/);
  });
});
