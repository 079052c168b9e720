import { describe, expect, it } from 'vitest';
import { DataLossEstimator } from '../../../../../nodes/gateway/multipath/data-loss.ts';
import { MS } from './wire.ts';

/** Reports each 25 ms about data frames of which `isLost` are lost; each second sequence is that of a probe. */
function estimate(perReport: number, reports: number, isLost: (frame: number) => boolean): number {
  const estimator = new DataLossEstimator(75 * MS);
  let [frame, count, highest] = [0, 0, -1];
  for (let report = 0; report < reports; report += 1) {
    for (let i = 0; i < perReport; i += 1, frame += 1) {
      estimator.sent(2 * frame);
      if (isLost(frame)) continue;
      count += 1;
      highest = 2 * frame;
    }
    estimator.reported(report * 25 * MS, { highest, count });
  }
  return estimator.leastLoss;
}

describe('the least loss of data', () => {
  it('is none while all arrives, whatever else uses up sequence numbers', () => {
    expect(estimate(10, 10, () => false)).toBe(0);
  });

  it('is near the true share if many frames prove it, and never above', () => {
    const least = estimate(100, 10, (frame) => frame % 5 === 0);
    expect(least).toBeGreaterThan(0.15);
    expect(least).toBeLessThan(0.2);
  });

  it('is far below the share that a few frames seem to show', () => {
    const least = estimate(5, 3, (frame) => frame % 5 === 0);
    expect(least).toBeGreaterThan(0);
    expect(least).toBeLessThan(0.06);
  });

  it('does not count what an outage lost, after which reports come again', () => {
    const estimator = new DataLossEstimator(75 * MS);
    const at = (ms: number, highest: number, count: number): void =>
      estimator.reported(ms * MS, { highest, count });
    for (let frame = 0; frame < 400; frame += 1) estimator.sent(frame);
    at(0, 99, 100);
    at(300, 349, 110);
    at(325, 399, 160);
    expect(estimator.leastLoss).toBe(0);
  });

  it('ignores reports about frames of a path that was left, and of an older epoch', () => {
    const estimator = new DataLossEstimator(75 * MS);
    estimator.sent(5);
    for (const [index, highest] of [900, 3, 7].entries())
      estimator.reported(index * MS, { highest, count: index });
    expect(estimator.leastLoss).toBe(0);
  });
});
