import { describe, expect, it } from 'vitest';
import type { PathStatus } from '../../../../../nodes/gateway/multipath/types.ts';
import { SmallReplayWindowWarner } from '../../../../../nodes/gateway/window-watch.ts';
import type { FrameHeader } from '../../../../../nodes/gateway/wire.ts';
import { counter, load, MS, report, run, SECOND } from '../../../runner/fixture.ts';

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

/** The peer has come to this number. */
function feed(watch: SmallReplayWindowWarner, sequence: number, epoch = 1): number {
  return watch.accepted({ epoch, sequence } as FrameHeader);
}

describe('the watch over the replay window', () => {
  it('R-016: warns once when rate times spread of delays exceeds 80 % of the window', () => {
    const paths = [path(20), path(24), path(30)];
    // With a spread of 5 ms one way, 164,000 frames a second are 820 frames; 80 % of 1,024 are
    // 819.2.
    const quiet = new SmallReplayWindowWarner(1024, 0);
    feed(quiet, 0);
    feed(quiet, 163_000);
    expect(quiet.check(SECOND, paths)).toBeUndefined();
    const loud = new SmallReplayWindowWarner(1024, 0);
    feed(loud, 0);
    feed(loud, 164_000);
    expect(loud.check(SECOND, paths)).toContain('a replay window of 1024 bits is too small');
    feed(loud, 328_000);
    expect(loud.check(2 * SECOND, paths)).toBeUndefined();
  });

  it('says by how much each number is above the highest, of the newest epoch alone', () => {
    const watch = new SmallReplayWindowWarner(64, 0);
    const numbers = [5, 7, 6, 10].map((number) => feed(watch, number));
    expect(numbers).toEqual([0, 2, -1, 3]);
    expect([feed(watch, 2, 3), feed(watch, 99, 1), feed(watch, 4, 3)]).toEqual([0, 0, 2]);
  });

  it('knows no spread before two paths are measured, and no rate of less than a second', () => {
    const watch = new SmallReplayWindowWarner(64, 0);
    feed(watch, 0);
    feed(watch, 1e6);
    expect(watch.check(SECOND / 2, [path(20), path(30)])).toBeUndefined();
    expect(watch.check(SECOND, [path(20), { ...path(30), rttNs: -1 }])).toBeUndefined();
    feed(watch, 2e6);
    expect(watch.check(2 * SECOND, [path(20), path(30)])).toBeDefined();
  });

  it('R-016: adds the longest time by which a timer of the node was late', () => {
    const watch = new SmallReplayWindowWarner(1024, 0);
    watch.late(100 * MS);
    watch.late(20 * MS);
    feed(watch, 0);
    feed(watch, 8_000);
    expect(watch.check(SECOND, [path(20)])).toBeUndefined();
    feed(watch, 18_000);
    expect(watch.check(2 * SECOND, [path(20)])).toContain('(10000/s');
  });

  it('begins to count anew with an epoch, and does not count what comes late', () => {
    const watch = new SmallReplayWindowWarner(512, 0);
    watch.late(SECOND);
    for (const sequence of [0, 300, 100]) feed(watch, sequence);
    for (const sequence of [7, 200]) feed(watch, sequence, 2);
    feed(watch, 1e6);
    expect(watch.check(SECOND, [])).toContain('up to 493 frames can overtake one (493/s');
  });

  it('R-016: warns when a frame was later than 80 % of the window, whatever the reason', () => {
    const watch = new SmallReplayWindowWarner(512, 0);
    for (const sequence of [500, 91]) feed(watch, sequence);
    expect(watch.check(SECOND, [])).toBeUndefined();
    feed(watch, 90);
    expect(watch.check(2 * SECOND, [])).toContain('(one frame was as late); use 1024');
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
      /^gateway-211: frames from gateway-111: a replay window of 64 bits is too small: up to \d+ frames can overtake one \(3[01]\d\/s over paths that differ by \d+(\.\d)? ms\); use 256$/,
    );
  });

  it('R-016: is given although the window has refused most of the frames that are too late', () => {
    const scenario = load('overload.yaml', {
      'options.gateway': '{ antiReplay: { windowSize: 64 }, multipath: { refreshInterval: 1s } }',
      warmup: '1s',
      duration: '4s',
    });
    const result = run(scenario);
    expect(counter(result, 'antireplay.false_reject')).toBeGreaterThan(5_000);
    const { warnings } = report(scenario, [result]);
    expect(warnings.map(({ text }) => text).join()).toMatch(
      /64 bits is too small: .*\(one frame was as late\)/,
    );
  });
});
