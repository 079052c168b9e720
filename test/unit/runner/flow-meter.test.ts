import { describe, expect, it } from 'vitest';
import { FlowMeter } from '../../../runner/traffic/flow-meter.ts';
import { MS, SECOND } from './fixture.ts';

const SPACING = MS;

/** The meter for a run of 10 s with 1 s of warm-up and a packet every millisecond. */
function meter(): FlowMeter {
  return new FlowMeter({ warmupNs: SECOND, endNs: 10 * SECOND }, SPACING);
}

/** Records that packet `sequence`, sent at `sentNs`, arrives at `now`. */
function arrive(of: FlowMeter, sequence: number, sentNs: number, now: number): void {
  of.received({ flow: 0, kind: 'data', sequence, sentNs }, now);
}

describe('fail-over of a flow', () => {
  it('is first arrival after less last arrival before less spacing, by when packets were sent', () => {
    const flow = meter();
    arrive(flow, 0, 2_000 * MS, 2_010 * MS);
    arrive(flow, 1, 2_001 * MS, 2_011 * MS);
    flow.faultBegan(2_003 * MS);
    // Sent before the cut and under way during it, so its arrival moves the start of the gap.
    arrive(flow, 2, 2_002 * MS, 2_012 * MS);
    arrive(flow, 90, 2_090 * MS, 2_102 * MS);
    arrive(flow, 91, 2_091 * MS, 2_103 * MS);
    expect(flow.failovers(92)).toEqual([
      {
        faultNs: 2_003 * MS,
        gapNs: 89 * MS,
        firstPacketNs: 2_102 * MS,
        lost: 87,
        isRecovered: true,
      },
    ]);
  });

  it('takes packets of before the fault that come after the first new one, for one second', () => {
    const flow = meter();
    arrive(flow, 0, 2_000 * MS, 2_010 * MS);
    flow.faultBegan(2_001 * MS);
    arrive(flow, 5, 2_005 * MS, 2_050 * MS);
    arrive(flow, 1, 2_000.5 * MS, 2_060 * MS);
    expect(flow.failovers(6)[0]).toMatchObject({ gapNs: 0, lost: 3 });
    arrive(flow, 6, 2_006 * MS, 3_060 * MS);
    arrive(flow, 2, 2_000.6 * MS, 3_100 * MS);
    expect(flow.failovers(7)[0]).toMatchObject({ lost: 2, firstPacketNs: 2_050 * MS });
  });

  it('of a flow that never recovers lasts to the end, so that the worst case cannot vanish', () => {
    const flow = meter();
    arrive(flow, 0, 2_000 * MS, 2_010 * MS);
    flow.faultBegan(3_000 * MS);
    const [sample] = flow.failovers(100);
    expect(sample).toEqual({
      faultNs: 3_000 * MS,
      gapNs: 10 * SECOND - 2_010 * MS - SPACING,
      firstPacketNs: 10 * SECOND,
      lost: 99,
      isRecovered: false,
    });
  });

  it('is not measured for faults of the warm-up, nor before anything arrived', () => {
    const flow = meter();
    flow.faultBegan(2_000 * MS);
    expect(flow.failovers(0)).toEqual([]);
    const warm = meter();
    arrive(warm, 0, 500 * MS, 510 * MS);
    warm.faultBegan(600 * MS);
    expect(warm.failovers(1)).toEqual([]);
  });

  it('gives each of two overlapping faults its own sample', () => {
    const flow = meter();
    arrive(flow, 0, 2_000 * MS, 2_010 * MS);
    flow.faultBegan(2_100 * MS);
    flow.faultBegan(2_200 * MS);
    arrive(flow, 1, 2_150 * MS, 2_160 * MS);
    arrive(flow, 2, 2_250 * MS, 2_260 * MS);
    expect(flow.failovers(3).map(({ gapNs }) => gapNs)).toEqual([149 * MS, 99 * MS]);
  });
});

describe('counts of a flow', () => {
  it('leave out what was sent in the warm-up or after the end', () => {
    const flow = meter();
    for (const at of [0.5, 1, 9.999, 10]) flow.sent(at * SECOND);
    arrive(flow, 0, 0.5 * SECOND, SECOND);
    arrive(flow, 1, SECOND, 1.01 * SECOND);
    arrive(flow, 2, 9.999 * SECOND, 10.01 * SECOND);
    arrive(flow, 3, 10 * SECOND, 10.02 * SECOND);
    expect([flow.sentCount, flow.deliveredCount, flow.deliveredTotal]).toEqual([2, 2, 4]);
    expect(flow.latency.data().count).toBe(2);
  });

  it('count a second copy as a duplicate and as nothing else', () => {
    const flow = meter();
    arrive(flow, 7, 2 * SECOND, 2.01 * SECOND);
    arrive(flow, 7, 2 * SECOND, 2.02 * SECOND);
    expect([flow.duplicates, flow.deliveredCount, flow.latency.data().count]).toEqual([1, 1, 1]);
  });

  it('measure reordering as the distance to the highest number before it', () => {
    const flow = meter();
    for (const [at, sequence] of [5, 9, 6, 8, 10].entries()) {
      arrive(flow, sequence, 2 * SECOND, 2 * SECOND + at);
    }
    const { count, min, max } = flow.reorder.data();
    expect([count, min, max]).toEqual([2, 1, 3]);
  });

  it('keep the p95 of each 100 ms, and null where nothing arrived', () => {
    const flow = meter();
    for (let i = 0; i < 100; i += 1) arrive(flow, i, 2 * SECOND, 2 * SECOND + (i + 1) * 100_000);
    arrive(flow, 100, 2.2 * SECOND, 2.25 * SECOND);
    flow.finish();
    expect(flow.latencyBins.slice(19, 23)).toEqual([null, 9.5 * MS, null, 50 * MS]);
  });
});

describe('availability', () => {
  /** Sends 10 packets per 100 ms; those sent in [from, to) are lost. */
  function withGap(fromMs: number, toMs: number, latencyNs = 10 * MS): FlowMeter {
    const flow = meter();
    for (let ms = 0; ms < 10_000; ms += 10) {
      flow.sent(ms * MS);
      const isLost = ms >= fromMs && ms < toMs;
      if (!isLost) arrive(flow, ms / 10, ms * MS, ms * MS + latencyNs);
    }
    return flow;
  }

  it('has 81 windows of a second in nine seconds, sliding by 100 ms', () => {
    expect(withGap(0, 0).availability()).toEqual({ kind: 'ratio', numerator: 81, denominator: 81 });
  });

  it('counts a window in which exactly half arrived, and none with less', () => {
    expect(withGap(4_000, 4_500).availability().numerator).toBe(81);
    // The gap is 510 ms. Only the five windows that contain all of it have less than half of their
    // packets.
    expect(withGap(4_000, 4_510).availability().numerator).toBe(76);
  });

  it('counts only what arrives within a second of being sent', () => {
    expect(withGap(0, 0, SECOND).availability().numerator).toBe(81);
    expect(withGap(0, 0, SECOND + 1).availability().numerator).toBe(0);
  });

  it('leaves out windows without traffic', () => {
    const flow = meter();
    flow.sent(5 * SECOND);
    arrive(flow, 0, 5 * SECOND, 5.01 * SECOND);
    expect(flow.availability()).toEqual({ kind: 'ratio', numerator: 10, denominator: 10 });
  });
});

describe('a flow of a run that goes on', () => {
  /**
   * Sends a packet every 10 ms from 1 s to 5 s; each takes 20 ms, so those of the last 20 ms are
   * under way.
   */
  function flowing(): FlowMeter {
    const flow = meter();
    for (let sequence = 0; sequence < 400; sequence += 1) {
      const sentNs = SECOND + sequence * 10 * MS;
      flow.sent(sentNs);
      // Loses one packet in the middle.
      if (sequence < 398 && sequence !== 200) arrive(flow, sequence, sentNs, sentNs + 20 * MS);
    }
    return flow;
  }

  it('takes packets of the last second that have not arrived for packets under way', () => {
    const flow = flowing();
    expect(flow.underWay(400, 5 * SECOND)).toBe(2);
    // A packet that was lost a second ago counts as lost, not as under way.
    expect(flow.underWay(400, 3.9 * SECOND)).toBe(3);
    expect(flow.underWay(400, 6 * SECOND)).toBe(0);
  });

  it('judges windows whose packets had their second, and gaps up to now', () => {
    const flow = flowing();
    expect(flow.availabilitySoFar(5 * SECOND)).toEqual({
      kind: 'ratio',
      numerator: 21,
      denominator: 21,
    });
    flow.faultBegan(5 * SECOND);
    const [sample] = flow.failoversUntil(400, 5.2 * SECOND);
    expect(sample).toMatchObject({ gapNs: 210 * MS - SPACING, isRecovered: false });
  });
});
