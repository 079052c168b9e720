import { describe, expect, it } from 'vitest';
import type { PathStatus } from '../../../../../nodes/gateway/multipath/types.ts';
import { WindowWatch } from '../../../../../nodes/gateway/window-watch.ts';
import { load, MS, report, run, SECOND } from '../../../scenarios/runner/fixture.ts';

const path = (rttMs: number): PathStatus => ({
  id: `${rttMs}`,
  role: 'warm',
  health: 'alive',
  rttNs: rttMs * MS,
  jitterNs: 0,
  loss: 0,
  stability: 1,
  bandwidthBps: 0,
  measuredAgoNs: 0,
  isAccused: false,
});

describe('the watch over the replay window', () => {
  it('R-016: warns once when rate times spread of delays exceeds 80 % of the window', () => {
    const paths = [path(20), path(24), path(30)];
    // With a spread of 5 ms one way, 164,000 frames a second are 820 frames; 80 % of 1,024 are
    // 819.2.
    const quiet = new WindowWatch(1024, 0);
    expect(quiet.look(SECOND, 163_000, paths)).toBeUndefined();
    const loud = new WindowWatch(1024, 0);
    expect(loud.look(SECOND, 164_000, paths)).toContain(
      'a replay window of 1024 bits is too small',
    );
    expect(loud.look(2 * SECOND, 328_000, paths)).toBeUndefined();
  });

  it('knows no spread before two paths are measured, and no rate of less than a second', () => {
    const watch = new WindowWatch(64, 0);
    expect(watch.look(SECOND / 2, 1e6, [path(20), path(30)])).toBeUndefined();
    expect(watch.look(SECOND, 1e6, [path(20), { ...path(30), rttNs: -1 }])).toBeUndefined();
    expect(watch.look(2 * SECOND, 2e6, [path(20), path(30)])).toBeDefined();
  });

  it('R-016: the warning stands in the report, with the node that gave it', () => {
    const scenario = load('failover.yaml', {
      duration: '8s',
      warmup: '3s',
      crypto: 'modelled',
      events: '[]',
      'traffic.0.kind': 'constant',
      'traffic.0.rate': '250/s',
      'traffic.0.size': '100B',
      // The slow path is measured first, because the small window would reject late answers too.
      'traffic.0.start': '2900ms',
      'topology.links.core-130 <-> core-330.delay': '250ms',
      options:
        '{ gateway: { antiReplay: { windowSize: 64 }, multipath: { refreshInterval: 1s } } }',
    });
    const { warnings } = report(scenario, [run(scenario)]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.text).toMatch(
      /^gateway-211: frames from gateway-111: a replay window of 64 bits is too small: up to \d+ frames can overtake one \(2[0-5]\d\/s over paths that differ by \d+(\.\d)? ms\); use 128$/,
    );
  });
});
