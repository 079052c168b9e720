/** Closed forms, compared with the values of the specification. */
import { describe, expect, it } from 'vitest';
import { SeededEngine } from '../../../../runner/verify/base/seeded-engine.ts';
import {
  discreteService,
  erlangB,
  finiteQueueLoss,
  geometricService,
  gilbertError,
  meanWait,
  normalCdf,
  priorityWaits,
} from '../../../../runner/verify/base/theory.ts';
import { codelDropInstants, runCodelOverload } from '../../../../runner/verify/checks/shaping.ts';
import { vectorSets } from '../../../vectors-root.ts';

describe('closed forms (docs/VERIFICATION.md)', () => {
  it('mean waits of M/Geo/1, M/D/1 and a bimodal service', () => {
    expect(geometricService(1_000)).toEqual({ mean: 1_000, square: 1_999_000 });
    expect(meanWait(0.7, geometricService(1_000))).toBeCloseTo(2_332.167, 3);
    expect(meanWait(0.6, geometricService(1_000))).toBeCloseTo(1_499.25, 6);
    const constant = discreteService([{ value: 1_000, probability: 1 }]);
    expect(meanWait(0.8, constant)).toBeCloseTo(2_000, 9);
    const bimodal = discreteService([
      { value: 64, probability: 0.6 },
      { value: 1_500, probability: 0.4 },
    ]);
    expect(bimodal.mean).toBeCloseTo(638.4, 9);
    expect(bimodal.square).toBeCloseTo(902_457.6, 6);
    expect(meanWait(0.75, bimodal)).toBeCloseTo(2_120.436, 3);
  });

  it.each([
    { rho: 0.8, room: 5, loss: 0.0887713 },
    { rho: 0.7, room: 5, loss: 0.0571051 },
    { rho: 0.9, room: 10, loss: 0.0507804 },
  ])('loss of M/Geo/1/$room at rho $rho', ({ rho, room, loss }) => {
    expect(finiteQueueLoss(rho, 1_000, room)).toBeCloseTo(loss, 7);
  });

  it('a finite queue with K off by one loses 0.0664 or 0.1218', () => {
    expect(finiteQueueLoss(0.8, 1_000, 6)).toBeCloseTo(0.0664, 3);
    expect(finiteQueueLoss(0.8, 1_000, 4)).toBeCloseTo(0.1218, 3);
  });

  it('Erlang-B of 8 Erlang on 10 servers', () => {
    expect(erlangB(8, 10)).toBeCloseTo(0.1216611, 7);
    expect(erlangB(8, 0)).toBe(1);
  });

  it('waits of Cobham', () => {
    const waits = priorityWaits([
      { rho: 0.3, mean: 200, square: 40_000 },
      { rho: 0.5, mean: 1_000, square: 1_000_000 },
    ]);
    expect(waits[0]).toBeCloseTo(400, 9);
    expect(waits[1]).toBeCloseTo(2_000, 9);
  });

  it('the loss ratio of a Gilbert channel varies 8.80 times as much as independent losses', () => {
    const independent = Math.sqrt((0.02 * 0.98) / 1e6);
    expect((gilbertError(0.02, 5, 1e6) / independent) ** 2).toBeCloseTo(8.8, 2);
  });

  it('the normal law at 0 and 3 sigma', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(-3)).toBeCloseTo(0.0013498980316301, 13);
    expect(normalCdf(3)).toBeCloseTo(0.9986501019683699, 13);
  });

  it('CoDel drops at 125, 225, 296, 354, 404, 449 ms under overload 1.25', () => {
    const ms = codelDropInstants(450_000_000).map((ns) => ns / 1e6);
    expect(ms).toEqual([125, 225, 296, 354, 404, 449]);
  });
});

interface CodelVector {
  readonly sent: number;
  readonly forwarded: number;
  readonly dropped: number;
  readonly maxSojournNs: number;
  readonly drops: readonly (readonly [number, number])[];
}

/** RFC 8289 section 5, computed independently. */
const OVERLOAD: CodelVector = {
  sent: 6250,
  forwarded: 5491,
  dropped: 759,
  maxSojournNs: 496000000,
  drops: [
    [125000000, 125],
    [225000000, 226],
    [296000000, 298],
    [354000000, 357],
    [404000000, 408],
    [449000000, 454],
  ],
};

describe('CoDel under overload', () => {
  const overloads = vectorSets('simulation/codel-overload.json', OVERLOAD);
  it.each(overloads)(
    'drops the listed packets at the listed instants, $set',
    ({ file: vector }) => {
      const run = runCodelOverload(new SeededEngine(1));
      const drops = run.drops.map(({ atNs, number }) => [atNs, number]);
      expect(drops.slice(0, vector.drops.length)).toEqual(vector.drops);
      expect(run.sent).toBe(vector.sent);
      expect(drops.length).toBe(vector.dropped);
      expect(run.forwarded).toBe(vector.forwarded);
      expect(run.maxSojournNs).toBe(vector.maxSojournNs);
    },
  );
});
