import { describe, expect, it } from 'vitest';
import { Disturbances } from '../../../runner/traffic/disturbances.ts';

const MS = 1_000_000;
const MEDIAN_NS = 10 * MS;

/** Packets each ms from 1 s to 2 s, during a fault from 1 s to 1.8 s; `latencyNs` is -1 for a lost one. */
function measure(latencyNs: (afterMs: number) => number): number | undefined {
  const disturbances = new Disturbances();
  disturbances.begin({ beginNs: 1_000 * MS, endNs: 1_800 * MS }, MEDIAN_NS);
  for (let after = 0; after < 1_000; after += 1) {
    const sentNs = (1_000 + after) * MS;
    const latency = latencyNs(after);
    disturbances.sent(sentNs);
    if (latency >= 0) disturbances.arrived(sentNs + latency, sentNs);
  }
  return disturbances.samples(3_000 * MS)[0];
}

describe('the disturbance of a flow by a fault', () => {
  it('lasts until packets are no longer lost, though some arrive meanwhile', () => {
    expect(measure((after) => (after < 235 && after % 2 === 0 ? -1 : MEDIAN_NS))).toBe(240 * MS);
  });

  it('lasts until packets take less than twice the median again', () => {
    expect(measure((after) => (after < 300 ? 2 * MEDIAN_NS + 1 : 2 * MEDIAN_NS))).toBe(300 * MS);
  });

  it('is none if a tenth of the packets or less is lost', () => {
    expect(measure((after) => (after % 10 === 9 ? -1 : MEDIAN_NS))).toBe(0);
  });

  it('ends with the fault at the latest', () => {
    expect(measure(() => -1)).toBe(800 * MS);
  });
});
