import { describe, expect, it } from 'vitest';
import { planPaths } from '../../../../../nodes/gateway/multipath/strategy.ts';
import type { PathStatus } from '../../../../../nodes/gateway/multipath/types.ts';

const path = (id: string, more: Partial<PathStatus> = {}): PathStatus => ({
  ...{ id, role: 'warm', health: 'alive', isAccused: false, rttNs: 20, jitterNs: 0, loss: 0 },
  ...{ stability: 1, bandwidthBps: 0, measuredAgoNs: 0, ...more },
});

describe('a packet takes', () => {
  it('with failover the path in use, whatever the others are', () => {
    const paths = [path('a', { rttNs: 90, role: 'active' }), path('b', { role: 'standby' })];
    expect(planPaths('failover', 0, paths)).toEqual([[0]]);
  });

  it('with best the path that delivers soonest, where a loss costs four round trips', () => {
    const lossy = path('a', { rttNs: 10, loss: 0.5 });
    const dead = path('c', { rttNs: 1, health: 'dead' });
    expect(planPaths('best', 0, [lossy, path('b'), dead])).toEqual([[1]]);
    expect(planPaths('best', 0, [{ ...lossy, loss: 0.1 }, path('b'), dead])).toEqual([[0]]);
    expect(planPaths('best', 0, [path('a', { health: 'degraded' })])).toEqual([[0]]);
  });

  it('with race the path in use and the standby, or the former alone', () => {
    const standby = path('c', { role: 'standby' });
    expect(planPaths('race', 0, [path('a'), path('b'), standby])).toEqual([[0, 2]]);
    const dead: PathStatus = { ...standby, health: 'dead' };
    expect(planPaths('race', 0, [path('a'), path('b'), dead])).toEqual([[0]]);
  });

  it('with weighted each path in turn by its bandwidth, evenly where one is unknown, dead ones never', () => {
    const wide = path('a', { bandwidthBps: 3e6 });
    const narrow = path('b', { bandwidthBps: 1e6 });
    const dead = path('c', { bandwidthBps: 9e6, health: 'dead' });
    const turns = planPaths('weighted', 2, [wide, narrow, dead]).flat();
    expect(turns.slice(0, 4)).toEqual([0, 0, 1, 0]);
    expect([0, 1, 2].map((index) => turns.filter((turn) => turn === index).length)).toEqual([
      45, 15, 0,
    ]);
    expect(
      planPaths('weighted', 0, [wide, path('b')])
        .flat()
        .slice(0, 4),
    ).toEqual([0, 1, 0, 1]);
    expect(planPaths('weighted', 2, [dead])).toEqual([[2]]);
  });
});
