/**
 * The alarm for loops that do not return.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import {
  alarmThreshold,
  loopAlarmInstants,
  loopOverdueAfterNs,
  type MixLoop,
} from '../../../../../reports/privacy/attacks/loop-alarm.ts';

const SECOND = 1e9;
const LAW = { hops: 3, meanDelayNs: 0.2 * SECOND, transitNs: 0.2 * SECOND };
const deadlineNs = loopOverdueAfterNs(LAW);
const WATCH = {
  deadlineNs,
  windowNs: 30 * SECOND,
  lossProbability: 0.01,
  falseAlarmsPerHour: 1e-3,
};

/**
 * An hour with one loop per second, of which one in a hundred is lost, and all those sent in
 * `blocked`.
 */
function hour(seed: number, blocked: readonly [number, number]): readonly MixLoop[] {
  const random = openRandomStream(seed, 'test', 'loops');
  return Array.from({ length: 3600 }, (_, i): MixLoop => {
    const sentAt = i * SECOND;
    let delay = LAW.transitNs;
    for (let hop = 0; hop < LAW.hops; hop += 1) delay += random.exponential(LAW.meanDelayNs);
    const isLost = random.chance(0.01) || (i >= blocked[0] && i < blocked[1]);
    return isLost ? { sentAt } : { sentAt, returnedAt: sentAt + delay };
  });
}

describe('alarm of loops', () => {
  it('the deadline is the quantile 1 - 1e-6 of Erlang, behind the transit', () => {
    expect(loopOverdueAfterNs({ hops: 1, meanDelayNs: 1, transitNs: 0 })).toBeCloseTo(
      6 * Math.LN10,
      6,
    );
    // The tail of Erlang(3): e^-x (1 + x + x^2/2) = 1e-6.
    const x = (deadlineNs - LAW.transitNs) / LAW.meanDelayNs;
    expect(Math.exp(-x) * (1 + x + (x * x) / 2)).toBeCloseTo(1e-6, 12);
  });

  it('without loss the threshold is small, with loss it is above what loss explains', () => {
    expect(alarmThreshold(30, { ...WATCH, lossProbability: 0 })).toBe(2);
    expect(alarmThreshold(30, WATCH)).toBe(7);
    expect(alarmThreshold(3, { ...WATCH, lossProbability: 0.5 })).toBe(4);
  });

  it('is silent for hours of ordinary loss', () => {
    const raised = [1, 2, 3, 4, 5].map((seed) =>
      loopAlarmInstants(hour(seed, [0, 0]), WATCH, 4000 * SECOND),
    );
    expect(raised).toEqual([[], [], [], [], []]);
  });

  it('tells a block of ten loops soon after the first deadline', () => {
    const [first, ...more] = loopAlarmInstants(hour(1, [1000, 1010]), WATCH, 4000 * SECOND);
    expect(more).toEqual([]);
    expect(first).toBeGreaterThan(1000 * SECOND + deadlineNs);
    expect(first).toBeLessThan(1010 * SECOND + deadlineNs);
  });

  it('does not judge loops that are not due yet', () => {
    expect(loopAlarmInstants(hour(1, [1000, 1010]), WATCH, 1001 * SECOND)).toEqual([]);
  });

  it('counts a loop that returned after its deadline as missing', () => {
    const late = hour(1, [0, 0]).map((loop, i) =>
      i >= 100 && i < 120 ? { ...loop, returnedAt: loop.sentAt + 2 * deadlineNs } : loop,
    );
    expect(loopAlarmInstants(late, WATCH, 4000 * SECOND)).toHaveLength(1);
  });
});
