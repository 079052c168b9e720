import { expect, it } from 'vitest';
import {
  notApplicableReason,
  SERIES_BINS_MAX,
  seriesBinNs,
} from '../../../scenarios/series-bins.ts';
import { LONGEST_TIME_NS } from '../../../topologies/files/quantity.ts';

const SECOND = 1e9;

it.each([
  [1, 0.1],
  [1_000, 0.1],
  // One bin more would be 10,001.
  [1_000.000_000_001, 0.2],
  [10_000, 1],
  [86_400, 10],
  [14 * 86_400, 300],
  [60 * 86_400, 600],
  [104 * 86_400, 3_600],
])('gives a run of %d s bins of %d s', (seconds, width) => {
  expect(seriesBinNs(seconds * SECOND)).toBe(width * SECOND);
});

it('gives no run more than 10,000 bins, and no fewer than 1,000 above the narrowest ones', () => {
  expect(SERIES_BINS_MAX).toBe(10_000);
  for (let ns = 1_001 * SECOND; ns <= LONGEST_TIME_NS; ns *= 1.07) {
    const bins = Math.ceil(ns / seriesBinNs(ns));
    expect(bins).toBeLessThanOrEqual(SERIES_BINS_MAX);
    expect(bins).toBeGreaterThan(1_000);
  }
});

it('says that availability does not apply where bins are wider than 100 ms, and only there', () => {
  expect(notApplicableReason('gateway.availability', 1_000 * SECOND)).toBeUndefined();
  expect(notApplicableReason('gateway.availability', 86_400 * SECOND)).toBe(
    'availability needs bins of 100ms, a run of 1d has bins of 10s',
  );
  expect(notApplicableReason('gateway.delivery', 86_400 * SECOND)).toBeUndefined();
});
