/**
 * The benchmark of the promised speeds: what makes a figure invalid, and how its multiples are
 * computed.
 */
import { describe, expect, it } from 'vitest';
import { DisturbedRound, requireEqual } from '../../../bench/bench-result.ts';
import { inTurnWithLoop, type MeasuredFigure } from '../../../bench/in-turn.ts';
import { checkFigure, tunnelFigure, unwrapFigure } from '../../../bench/promises.ts';
import { loopRatio } from '../../../bench/ratio.ts';
import { liveFigures } from '../../../bench/workloads/live-load.ts';
import { pipelineFigures, type Round } from '../../../bench/workloads/pipeline-rates.ts';
import { LogHistogram } from '../../../engine/measure/histogram.ts';
import type { SeedResult } from '../../../reports/model.ts';

describe('a promised speed', () => {
  it('R-002: is what the tunnel delivered in a minute of CPU time, if it carried its load', () => {
    expect(tunnelFigure(20_000, 1_000_000)).toMatchObject({
      value: 1_200_000,
      unit: 'packets/min',
    });
    expect(() => tunnelFigure(18_999, 1)).toThrow('void: only 18999 packets were delivered');
  });

  it('R-012: is the time of one check of a million', () => {
    expect(checkFigure(40_000)).toMatchObject({ value: 40, unit: 'ns/check' });
  });

  it('R-132: is four times what one core unwraps', () => {
    expect(unwrapFigure(7_000)).toMatchObject({ value: 28_000, note: '7000/s on one' });
  });
});

describe('the multiple of the calibration loop', () => {
  it.each([
    ['ns/check', 50, 5],
    ['us/packet', 2, 200],
    ['wall ms', 1, null],
    ['ms/packet', 1, 100_000],
    ['packets/s', 25_000, 250],
    ['packets/min', 750_000, 7_500],
    ['%', 80, null],
    ['x', 2, null],
  ])('of %s', (unit, value, ratio) => {
    expect(loopRatio({ unit, value }, 100)).toBe(ratio);
  });

  it('is that of the loop beside each figure, unless it has a reference of its own', async () => {
    let value = 0;
    const measure = (): readonly MeasuredFigure[] => {
      value += 1;
      return [
        { name: 'a', unit: 'us/packet', value },
        { name: 'b', unit: '%', value: 10 * value, ratio: value },
      ];
    };
    const [a, b] = await inTurnWithLoop([measure], 3);
    expect(a).toMatchObject({ value: 2, min: 1, max: 3, unit: 'us/packet' });
    expect(a?.ratio).toBeGreaterThan(0);
    expect(b).toMatchObject({ value: 20, ratio: 2 });
  });
});

describe('a round that other work on the machine disturbs', () => {
  const disturbedAt = (
    rounds: readonly number[],
  ): { taken: number; measure: () => MeasuredFigure[] } => {
    const state = {
      taken: 0,
      measure: (): MeasuredFigure[] => {
        state.taken += 1;
        if (rounds.includes(state.taken)) throw new DisturbedRound('void: the machine was busy');
        return [{ name: 'a', unit: '%', value: state.taken }];
      },
    };
    return state;
  };

  it('is measured again, and its figures are left out', async () => {
    const measured = disturbedAt([1, 3]);
    const [a] = await inTurnWithLoop([measured.measure], 2);
    expect(measured.taken).toBe(4);
    expect(a).toMatchObject({ min: 2, max: 4 });
  });

  it('is given up after three tries, and the figures of other rounds count', async () => {
    const [a] = await inTurnWithLoop([disturbedAt([1, 2, 3]).measure], 2);
    expect(a).toMatchObject({ min: 4, max: 4 });
    expect(await inTurnWithLoop([disturbedAt([1, 2, 3]).measure], 1)).toEqual([]);
  });

  it('is told from a workload that went wrong', async () => {
    const wrong = (): readonly MeasuredFigure[] => {
      requireEqual('packets', 1, 2);
      return [];
    };
    await expect(inTurnWithLoop([wrong], 1)).rejects.toThrow('void: packets is 1, not 2');
  });
});

const SECOND_US = 1_000_000;
function round(byWorker: readonly number[], change: Partial<Round['measured']> = {}): Round {
  const sent = byWorker.reduce((sum, count) => sum + count, 0);
  return { measured: { sent, seconds: 1, cpuUs: SECOND_US, mainUs: 1_000, ...change }, byWorker };
}

describe('the second worker', () => {
  const one = round([10_000]);
  const figure = (two: Round, name: string): number =>
    pipelineFigures(one, two).find((taken) => taken.name === name)?.value ?? Number.NaN;

  it('is void when the workers took turns with most of the packets', () => {
    expect(() => pipelineFigures(one, round([20_000, 0]))).toThrow('void');
    expect(() => pipelineFigures(one, round([14_001, 5_999]))).toThrow('void');
    expect(() => pipelineFigures(one, round([14_000, 6_000]))).not.toThrow();
    expect(() => pipelineFigures(one, round([20_000]))).toThrow('void');
  });

  it('R-197: is as efficient as the CPU time of its packets', () => {
    const two = (cpuUs: number): Round => round([10_000, 10_000], { cpuUs });
    expect(figure(two(2 * SECOND_US), 'second worker by CPU time')).toBeCloseTo(100);
    expect(figure(two(2.5 * SECOND_US), 'second worker by CPU time')).toBeCloseTo(80);
    expect(figure(two(2 * SECOND_US), 'cores busy with two workers')).toBe(2);
    const slow = { cpuUs: 2 * SECOND_US, seconds: 2 };
    expect(figure(round([10_000, 10_000], slow), 'cores busy with two workers')).toBe(1);
  });

  it('R-170: is projected to four workers up to what the main thread can feed', () => {
    const cheap = round([10_000, 10_000], { cpuUs: 2 * SECOND_US, mainUs: 100_000 });
    expect(figure(cheap, 'pipeline on four workers')).toBeCloseTo(40_000);
    const dear = round([10_000, 10_000], { cpuUs: 2 * SECOND_US, mainUs: 1_000_000 });
    expect(figure(dear, 'pipeline on four workers')).toBeCloseTo(20_000);
  });

  it('R-173: leaves the time of a packet at 80 % load to theory: 1.89 times its work', () => {
    const two = round([10_000, 10_000], { cpuUs: 2 * SECOND_US });
    expect(figure(two, 'processing at 80 % load of two cores')).toBeCloseTo(
      0.1 * (1 + 0.8 / 0.9),
      3,
    );
  });
});

describe('live figures', () => {
  it('have the rate that was carried beside the latency: an idle tunnel is quick', () => {
    const latency = new LogHistogram();
    latency.record(15_000_000);
    const data = { kind: 'histogram', data: latency.data() } as const;
    const metrics = (value: number): SeedResult['metrics'] => ({
      'gateway.throughput': { kind: 'counter', value },
      'gateway.latency': data,
      'gateway.processing': data,
    });
    const rate = (value: number): { readonly ratio: number } =>
      liveFigures({ metrics: metrics(value), measuredNs: 5e9 })[0] as { ratio: number };
    expect(rate(0).ratio).toBe(0);
    const nothing = {
      ...metrics(0),
      'gateway.latency': { kind: 'histogram', data: new LogHistogram().data() },
    } as const;
    expect(liveFigures({ metrics: nothing, measuredNs: 5e9 }).map(({ name }) => name)).toEqual([
      'live throughput at the published rate',
    ]);
    expect(rate(41_667).ratio).toBeCloseTo(1, 3);
  });

  it('R-004: have the work of the gateway on a packet, of which 95 of 100 take no longer', () => {
    const work = new LogHistogram();
    for (let packet = 0; packet < 100; packet += 1) work.record(packet < 90 ? 10_000 : 1_000_000);
    const data = { kind: 'histogram', data: work.data() } as const;
    const metrics = { 'gateway.latency': data, 'gateway.processing': data };
    const figures = liveFigures({ metrics, measuredNs: 5e9 });
    const [figure] = figures.filter(({ name }) => name.startsWith('live gateway, work'));
    expect(figure?.unit).toBe('us/packet');
    expect(Math.abs((figure?.value ?? 0) / 1_000 - 1)).toBeLessThan(0.05);
  });
});
