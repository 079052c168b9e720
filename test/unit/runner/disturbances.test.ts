import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import { Disturbances } from '../../../runner/traffic/disturbances.ts';

const MS = 1_000_000;
const MEDIAN_NS = 10 * MS;

/** Packets each ms from 1 s to 2 s, during a fault from 1 s to 1.8 s; `latencyNs` is -1 for a lost one. */
function measure(latencyNs: (afterMs: number) => number, spacingMs = 1): number | undefined {
  const disturbances = new Disturbances();
  disturbances.begin({ beginNs: 1_000 * MS, endNs: 1_800 * MS }, MEDIAN_NS);
  for (let after = 0; after < 1_000; after += spacingMs) {
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

  it('is none if of few packets a larger share is lost, as chance may do: of 25 packets in 100 ms, 7', () => {
    const withLost = (lost: number): number | undefined =>
      measure((after) => (after < 100 && after / 4 >= 25 - lost ? -1 : MEDIAN_NS), 4);
    expect(withLost(7)).toBe(0);
    expect(withLost(8)).toBe(100 * MS);
  });

  it('is none in any of 500 faults of 2 s in which one of 100 packets is lost, at 300 packets a second', () => {
    const random = openRandomStream(1, 'test', 'disturbances');
    const samples: number[] = [];
    for (let fault = 0; fault < 500; fault += 1) {
      const one = new Disturbances();
      one.begin({ beginNs: 0, endNs: 2_000 * MS }, MEDIAN_NS);
      for (let sentNs = 0; sentNs < 2_000 * MS; sentNs += random.exponential(3.3 * MS)) {
        one.sent(sentNs);
        if (!random.chance(0.01)) one.arrived(sentNs + MEDIAN_NS, sentNs);
      }
      samples.push(...one.samples(3_000 * MS));
    }
    expect(samples.filter((ns) => ns > 0)).toEqual([]);
  });

  it('is seen of slow flows too: by the third packet that is lost, one every 70 ms', () => {
    expect(measure((after) => (after < 280 ? -1 : MEDIAN_NS), 70)).toBe(220 * MS);
  });

  it('is not one lost packet, though it be the only one of 100 ms', () => {
    expect(measure((after) => (after === 420 ? -1 : MEDIAN_NS), 70)).toBe(0);
    expect(measure((after) => (after === 0 ? -1 : MEDIAN_NS), 70)).toBe(0);
  });
});
