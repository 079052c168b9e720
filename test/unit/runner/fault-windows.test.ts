import { describe, expect, it } from 'vitest';
import {
  BINS_AFTER_FAULT,
  BINS_BEFORE_FAULT,
  binWidthNs,
  FaultWindows,
} from '../../../runner/traffic/fault-windows.ts';
import { MS, SECOND } from './fixture.ts';

const FAULT = 3_000.5 * MS;
const LATENCY = 2 * MS;

/**
 * Records a packet every millisecond from 2 s on; those sent within 40 ms of the fault are lost.
 */
function watched(): FaultWindows {
  const windows = new FaultWindows({ spacingNs: MS, limitNs: 0 });
  for (let at = 2 * SECOND; at < 5 * SECOND; at += MS) {
    // Faults and packets in chronological order.
    if (at - MS < FAULT && at >= FAULT) windows.begin('cut#1', FAULT);
    const arrived = at - LATENCY;
    const isLost = arrived >= FAULT && arrived < FAULT + 40 * MS;
    if (arrived >= 2 * SECOND && !isLost) windows.arrived(at, arrived);
    windows.sent(at);
  }
  return windows;
}

describe('what a flow measured around a fault', () => {
  it('stands in bins of equal width, one edge of which is the fault', () => {
    const [window] = watched().results('a -> b', 10 * SECOND);
    expect(window).toMatchObject({ fault: 'cut#1', flow: 'a -> b', binNs: 10 * MS });
    expect(window?.firstNs).toBe(-BINS_BEFORE_FAULT * 10 * MS);
    expect(window?.delivered).toHaveLength(BINS_BEFORE_FAULT + BINS_AFTER_FAULT);
    // These bins are known although they were recorded before the fault.
    expect(window?.delivered.slice(0, 25)).toEqual(new Array(25).fill(10));
    expect(window?.delivered.slice(25, 31)).toEqual([2, 0, 0, 0, 8, 10]);
  });

  it('counts losses where packets were sent, and no packet that arrives late', () => {
    const windows = watched();
    const [before] = windows.results('a -> b', 10 * SECOND);
    expect(before?.lost.slice(24, 30)).toEqual([0, 10, 10, 10, 10, 0]);
    windows.arrived(6 * SECOND, FAULT + 5 * MS);
    expect(windows.results('a -> b', 10 * SECOND)[0]?.lost[25]).toBe(9);
  });

  it('has the p95 of what arrived, and none where nothing did', () => {
    const [window] = watched().results('a -> b', 10 * SECOND);
    expect(window?.latencyP95[24]).toBe(LATENCY);
    expect(window?.latencyP95[26]).toBeNull();
  });

  it('says nothing of bins that the run did not reach', () => {
    const windows = new FaultWindows({ spacingNs: MS, limitNs: 0 });
    windows.sent(50 * MS);
    windows.begin('early#1', 55 * MS);
    const [window] = windows.results('a -> b', 100 * MS);
    // The first whole bin is 5 ms to 15 ms, the last one 85 ms to 95 ms.
    expect(window?.delivered.findIndex((one) => one !== null)).toBe(20);
    expect(window?.delivered.findLastIndex((one) => one !== null)).toBe(28);
  });

  it('has bins so wide that they hold packets and the limit lies inside', () => {
    expect(binWidthNs({ spacingNs: 0, limitNs: 0 })).toBe(10 * MS);
    expect(binWidthNs({ spacingNs: 100 * MS, limitNs: 0 })).toBe(500 * MS);
    expect(binWidthNs({ spacingNs: MS, limitNs: 250 * MS })).toBe(10 * MS);
    expect(binWidthNs({ spacingNs: MS, limitNs: 750 * MS })).toBe(20 * MS);
  });

  it('is bounded: of very many faults the last ones are counted only', () => {
    const windows = new FaultWindows({ spacingNs: MS, limitNs: 0 });
    for (let at = 0; at < 200; at += 1) windows.begin(`storm#${at}`, at * MS);
    expect(windows.results('a -> b', SECOND)).toHaveLength(128);
    expect(windows.leftOut).toBe(72);
  });
});
