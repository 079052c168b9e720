import { describe, expect, it } from 'vitest';
import { RoundTripEstimator } from '../../../../engine/pure/round-trip-estimator.ts';

const MS = 1_000_000;

describe('R-035: smoothing of the RTT', () => {
  it('begins with the first sample and half of it as variation', () => {
    const roundTrip = new RoundTripEstimator(0.125);
    expect(roundTrip.isKnown).toBe(false);
    roundTrip.sample(80 * MS);
    expect([roundTrip.isKnown, roundTrip.srttNs, roundTrip.rttvarNs]).toEqual([
      true,
      80 * MS,
      40 * MS,
    ]);
  });

  it.each([0.125, 0.5, 1])('moves by the factor %d of the difference, variation first', (gain) => {
    const roundTrip = new RoundTripEstimator(gain);
    roundTrip.sample(80 * MS);
    roundTrip.sample(120 * MS);
    expect(roundTrip.srttNs).toBe(80 * MS + 40 * MS * gain);
    expect(roundTrip.rttvarNs).toBe(40 * MS);
    roundTrip.sample(roundTrip.srttNs);
    expect(roundTrip.rttvarNs).toBe(30 * MS);
  });

  it('allows four variations, and the granularity if that is more', () => {
    const roundTrip = new RoundTripEstimator(0.125);
    roundTrip.sample(80 * MS);
    expect([0, 160 * MS, 200 * MS].map((ns) => roundTrip.waitNs(ns) / MS)).toEqual([240, 240, 280]);
  });
});
