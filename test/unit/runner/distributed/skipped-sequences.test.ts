import { describe, expect, it } from 'vitest';
import { FlowMeter } from '../../../../runner/traffic/flow-meter.ts';
import type { GroundTruth } from '../../../../runner/traffic/ground-truth.ts';

const MS = 1_000_000;
const SPACING = 10 * MS;

const truthOf = (sequence: number): GroundTruth => ({
  flow: 0,
  kind: 'data',
  sequence,
  sentNs: sequence * SPACING,
});

/**
 * The meter of a flow that has sent its first `count` packets, all of which were delivered 1 ms
 * later.
 */
function meterAfter(count: number): FlowMeter {
  const meter = new FlowMeter({ warmupNs: 0, endNs: 10_000 * MS }, SPACING);
  for (let sequence = 0; sequence < count; sequence += 1) {
    meter.sent(sequence * SPACING);
    meter.received(truthOf(sequence), sequence * SPACING + MS);
  }
  return meter;
}

describe('FlowMeter.skip', () => {
  it('counts numbers of a dead source that were never told as neither sent nor lost', () => {
    const meter = meterAfter(3);
    meter.faultBegan(2 * SPACING + 2 * MS);
    meter.skip(3, 4_099);
    meter.sent(50 * SPACING);
    meter.received({ ...truthOf(4_099), sentNs: 50 * SPACING }, 50 * SPACING + MS);
    expect([meter.sentCount, meter.deliveredCount]).toEqual([4, 4]);
    expect(meter.failovers(4_100)).toMatchObject([{ lost: 0, isRecovered: true }]);
  });

  it('counts a packet that arrives under such a number as sent and delivered', () => {
    const meter = meterAfter(3);
    meter.skip(3, 4_099);
    meter.received(truthOf(3), 3 * SPACING + MS);
    expect([meter.sentCount, meter.deliveredCount, meter.duplicates]).toEqual([4, 4, 0]);
  });

  it('counts such a packet once: the second is a duplicate', () => {
    const meter = meterAfter(3);
    meter.skip(3, 4_099);
    meter.received(truthOf(3), 3 * SPACING + MS);
    meter.received(truthOf(3), 3 * SPACING + 2 * MS);
    expect([meter.sentCount, meter.deliveredCount, meter.duplicates]).toEqual([4, 4, 1]);
  });

  it('still misses what was told before and behind the numbers', () => {
    const meter = meterAfter(3);
    meter.faultBegan(2 * SPACING + 2 * MS);
    meter.sent(3 * SPACING);
    meter.skip(4, 100);
    meter.sent(40 * SPACING);
    meter.sent(41 * SPACING);
    meter.received({ ...truthOf(101), sentNs: 41 * SPACING }, 41 * SPACING + MS);
    expect(meter.sentCount - meter.deliveredCount).toBe(2);
    expect(meter.failovers(102)).toMatchObject([{ lost: 2 }]);
  });
});
