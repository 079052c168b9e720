/** Devices: when they are there, how fast, and which limits they keep. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import {
  drawExampleTimeNs,
  drawFirstPresence,
  drawNextPresence,
  presenceAt,
} from '../../../../../nodes/federated/device/availability.ts';
import {
  type DeviceLimits,
  type DeviceUse,
  deviceUseAfterRound,
  limitsBrokenByRound,
  roundCost,
} from '../../../../../nodes/federated/device/limits.ts';
import { makeSharedDraws, type SharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const draws = (name: string): SharedDraws =>
  makeSharedDraws(crypto, new Uint8Array(32).fill(8), name);

describe('availability', () => {
  it.each([
    [0, false, 5],
    [5, true, 10],
    [9, true, 10],
    [10, false, 20],
    [19, false, 20],
    [20, true, 35],
    [35, false, Number.POSITIVE_INFINITY],
    [1_000, false, Number.POSITIVE_INFINITY],
  ])('at %i a trace says %s until %d', (now, isThere, untilNs) => {
    const trace = [
      [5, 10],
      [20, 35],
    ] as const;
    expect(presenceAt(trace, now)).toEqual({ isThere, untilNs });
  });

  it('of two states has the share and the mean times of the law, from the first moment on', () => {
    const states = { upNs: 3_000, downNs: 1_000 };
    const stream = draws('states');
    const END = 100_000;
    const devices = Array.from({ length: 4_000 }, () => {
      const presences = [drawFirstPresence(states, 0, stream)];
      for (let last = presences[0]!; last.untilNs < END; presences.push(last)) {
        last = drawNextPresence(states, last, stream);
      }
      return presences;
    });
    for (const now of [0, 50_000]) {
      const there = devices.filter(
        (device) => device.find(({ untilNs }) => untilNs > now)?.isThere,
      ).length;
      // Deviation sqrt(0.75 x 0.25 / 4,000) = 0.0068.
      expect(Math.abs(there / 4_000 - 0.75)).toBeLessThan(0.035);
    }
    // Two changes in each 4,000 ns; times are rounded down, by half a nanosecond on average.
    const changes = devices.reduce((sum, { length }) => sum + length - 1, 0) / 4_000;
    expect(changes).toBeGreaterThan(49);
    expect(changes).toBeLessThan(51);
    for (const device of devices.slice(0, 50)) {
      expect(device.every(({ untilNs }, at) => untilNs > (device[at - 1]?.untilNs ?? 0))).toBe(
        true,
      );
      expect(device.every(({ isThere }, at) => isThere !== device[at - 1]?.isThere)).toBe(true);
    }
  });
});

describe('speed', () => {
  it('is log-normal: the median, and 5.2 times it for one in twenty', () => {
    const stream = draws('speed');
    const times = Array.from({ length: 20_000 }, () =>
      drawExampleTimeNs({ medianNs: 1e6, spread: 1 }, stream),
    ).sort((a, b) => a - b);
    expect(times[10_000]).toBeGreaterThan(0.95e6);
    expect(times[10_000]).toBeLessThan(1.05e6);
    expect((times[19_000] as number) / 1e6).toBeGreaterThan(4.9);
    expect((times[19_000] as number) / 1e6).toBeLessThan(5.5);
    expect(drawExampleTimeNs({ medianNs: 1e6, spread: 0 }, stream)).toBe(1e6);
  });

  it.each([
    [10, 3.6],
    [13, 1.7],
  ])('makes the tenth of %i devices that take 6 s at most take %d s', (invited, wanted) => {
    const stream = draws('invited');
    const time = (): number => {
      const ns = drawExampleTimeNs({ medianNs: 1e9, spread: 1 }, stream);
      return ns > 6e9 ? time() : ns / 1e9;
    };
    const tenths = Array.from(
      { length: 4_001 },
      () => Array.from({ length: invited }, time).sort((a, b) => a - b)[9] as number,
    ).sort((a, b) => a - b);
    expect(Math.abs((tenths[2_000] as number) - wanted)).toBeLessThan(0.08);
  });
});

describe('limits', () => {
  const work = { parameters: 610, examples: 100, inputs: 60, epochs: 5, bytes: 4_000 };
  const cost = roundCost(work, { exampleNs: 2e6, computeW: 2, byteJ: 1e-4 });
  const fresh: DeviceUse = { energyJ: 0, bytes: 0 };

  it('have a cost: 1 s at 2 W and 4,000 bytes are 2.4 J', () => {
    expect(cost.timeNs).toBe(1e9);
    expect(cost.energyJ).toBeCloseTo(2.4, 12);
    expect(cost.memoryBytes).toBe(16 * 610 + 100 * 241);
    expect(deviceUseAfterRound(deviceUseAfterRound(fresh, cost), cost).bytes).toBe(8_000);
  });

  it.each([
    ['memory', { memoryBytes: 33_860 }, { memoryBytes: 33_859 }],
    ['time', { timeNs: 1e9 }, { timeNs: 1e9 - 1 }],
    ['energy', { energyJ: 2.41 }, { energyJ: 2.39 }],
    ['battery', { batteryJ: 2.41 }, { batteryJ: 2.39 }],
    ['battery', { batteryJ: 4.82, reserve: 0.5 }, { batteryJ: 4.78, reserve: 0.5 }],
    ['bytes', { bytes: 4_000 }, { bytes: 3_999 }],
  ] as readonly [string, DeviceLimits, DeviceLimits][])(
    'of %s are kept: %o goes, %o does not',
    (name, enough, little) => {
      expect(limitsBrokenByRound(cost, enough, fresh)).toEqual([]);
      expect(limitsBrokenByRound(cost, little, fresh)).toEqual([name]);
    },
  );

  it('of battery and bytes count all rounds, those of a round only itself', () => {
    const limits = { energyJ: 3, batteryJ: 5, bytes: 8_000, timeNs: 2e9, memoryBytes: 1e6 };
    let used = fresh;
    let rounds = 0;
    while (limitsBrokenByRound(cost, limits, used).length === 0) {
      used = deviceUseAfterRound(used, cost);
      rounds += 1;
    }
    expect(rounds).toBe(2);
    expect(limitsBrokenByRound(cost, limits, used)).toEqual(['battery', 'bytes']);
  });
});
