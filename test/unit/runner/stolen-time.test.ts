/**
 * CPU time that the hypervisor took from a machine: where the number comes from, and when it is
 * worth a warning.
 */
import { describe, expect, it } from 'vitest';
import { liveWarnings, stolenMetrics } from '../../../runner/worlds/live/live-meter.ts';
import { parseStolenTicks, watchStolenTime } from '../../../runner/worlds/live/stolen-time.ts';

const DOUBTS = { directStreams: 0, foreign: 0, shape: 'links' } as const;

describe('stolen time', () => {
  it('is the eighth number of all cores, and unknown where a system does not count it', () => {
    const stat = 'cpu  10 20 30 40 50 60 70 80 90 100\ncpu0 1 2 3 4 5 6 7 8 9 10\n';
    expect(parseStolenTicks(stat)).toBe(80);
    expect(parseStolenTicks('cpu  10 20 30 40\n')).toBeUndefined();
    expect(parseStolenTicks('')).toBeUndefined();
    expect(stolenMetrics(undefined)).toEqual({});
  });

  it('is a share of all cores, never more than all of them', () => {
    const watch = watchStolenTime();
    const end = performance.now() + 20;
    while (performance.now() < end) Math.sqrt(end);
    const stolen = watch();
    // Systems other than Linux do not report it.
    if (process.platform !== 'linux') return expect(stolen).toBeUndefined();
    expect(stolen?.coresUs).toBeGreaterThanOrEqual(20_000);
    expect(stolen?.stolenUs).toBeGreaterThanOrEqual(0);
  });

  it('is told to whoever reads the verdict from a hundredth of the cores on', () => {
    const at = (stolenUs: number): readonly string[] =>
      liveWarnings(stolenMetrics({ stolenUs, coresUs: 2_000_000 }), DOUBTS);
    expect(at(20_000)).toEqual([]);
    expect(at(92_000)).toEqual([
      "the host gave 4.6 % of this machine's cores to other guests, which may have caused stalls and losses",
    ]);
  });
});
