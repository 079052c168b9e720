import { describe, expect, it } from 'vitest';
import { ReplayWindow } from '../../../../../nodes/_kit/replay-window.ts';
import { gatewayConfig } from '../../../../../nodes/gateway/config.ts';
import {
  PEERS_MAX_DEFAULT,
  SILENT_PEER_TTL_NS_DEFAULT,
} from '../../../../../nodes/gateway/geometry.ts';
import {
  recommendedWindowBits,
  reorderDepth,
  windowWarning,
} from '../../../../../nodes/gateway/replay/advice.ts';
import { checkFrameAge, FRAME_AGE_LIMITS } from '../../../../../nodes/gateway/replay/age.ts';
import {
  type ReplayWindowFactory,
  WindowSet,
} from '../../../../../nodes/gateway/replay/window-set.ts';

const LIMITS = { cleanupTtlNs: SILENT_PEER_TTL_NS_DEFAULT, peersMax: PEERS_MAX_DEFAULT };
const MINUTE_US = 60_000_000;
const NOW_US = 1_700_000_000_000_000;

function windowSet(limits = LIMITS): {
  readonly set: WindowSet;
  readonly retired: string[];
} {
  const retired: string[] = [];
  const factory: ReplayWindowFactory = {
    create: () => new ReplayWindow(64),
    retire: (peer, epoch) => retired.push(`${peer} ${epoch}`),
  };
  return { set: new WindowSet(factory, limits), retired };
}

describe('the windows of a gateway', () => {
  it('R-016: keeps one window per peer and epoch', () => {
    const { set } = windowSet();
    const a = set.peer('a', 0)!;
    const b = set.peer('b', 0)!;
    expect(set.peer('a', 5)).toBe(a);
    expect(a.open(1)).toBe(a.open(1));
    expect(a.open(1).accept(7)).toBe('fresh');
    expect([a.open(1).accept(7), a.open(2).accept(7), b.open(1).accept(7)]).toEqual([
      'replay',
      'fresh',
      'fresh',
    ]);
  });

  it('bounds the epochs of a peer and retires the lowest', () => {
    const { set, retired } = windowSet();
    const peer = set.peer('a', 0)!;
    for (const epoch of [4, 5, 6, 7]) peer.open(epoch);
    expect([peer.epochs, retired]).toEqual([[5, 6, 7], ['a 4']]);
  });

  it('bounds the peers', () => {
    const { set } = windowSet({ ...LIMITS, peersMax: 2 });
    expect(set.peer('a', 0)).toBeDefined();
    expect(set.peer('b', 0)).toBeDefined();
    expect(set.peer('c', 0)).toBeUndefined();
    set.drop('a');
    expect(set.peer('c', 0)).toBeDefined();
  });

  it('R-020: names peers silent for longer than the clean-up time, and drops all their windows', () => {
    const { set, retired } = windowSet();
    const peer = set.peer('b', 0)!;
    peer.open(1);
    peer.open(2);
    set.peer('a', 0);
    set.peer('c', 1);
    expect(set.silent(SILENT_PEER_TTL_NS_DEFAULT)).toEqual([]);
    expect(set.silent(SILENT_PEER_TTL_NS_DEFAULT + 1)).toEqual(['a', 'b']);
    peer.lastNs = 500;
    expect(set.silent(SILENT_PEER_TTL_NS_DEFAULT + 1)).toEqual(['a']);
    set.drop('b');
    expect([set.silent(Number.MAX_SAFE_INTEGER), retired]).toEqual([
      ['a', 'c'],
      ['b 1', 'b 2'],
    ]);
  });

  it('R-020: refuses a clean-up time below the greatest age, which would re-open the window', () => {
    const mistake = (antiReplay: object): string | undefined =>
      gatewayConfig.safeParse({ antiReplay }).error?.issues[0]?.message;
    expect(mistake({})).toBeUndefined();
    expect(mistake({ cleanupTtl: '1h', maxSequenceAge: '1h' })).toBeUndefined();
    expect(mistake({ cleanupTtl: '3599s', maxSequenceAge: '1h' })).toMatch(/re-open the window/);
  });
});

describe('the age of a frame', () => {
  it.each([
    ['now', 0, undefined],
    ['5 min ahead', -5 * MINUTE_US, undefined],
    ['more than 5 min ahead', -5 * MINUTE_US - 1, 'future'],
    ['1 h and 5 min old', 65 * MINUTE_US, undefined],
    ['older', 65 * MINUTE_US + 1, 'expired'],
  ])('R-031: %s', (_name, ageUs, verdict) => {
    expect(checkFrameAge(NOW_US - ageUs, NOW_US, FRAME_AGE_LIMITS)).toBe(verdict);
  });

  it('trap "now - timestamp unsigned": a clock one microsecond ahead is not 584 years old', () => {
    expect(checkFrameAge(NOW_US + 1, NOW_US, FRAME_AGE_LIMITS)).toBeUndefined();
    expect(checkFrameAge(Number.MAX_SAFE_INTEGER, NOW_US, FRAME_AGE_LIMITS)).toBe('future');
  });
});

describe('advice on the window size', () => {
  const profile = { framesPerSecond: 10_000, delaySpreadNs: 100_000_000, stallNs: 0, lateBy: 0 };

  it.each([
    [10_000, 20, 200],
    [10_000, 50, 500],
    [10_000, 100, 1000],
    [10_000, 200, 2000],
    [25_000, 100, 2500],
  ])('R-016: %d/s over %d ms is %d frames', (framesPerSecond, ms, depth) => {
    const spread = { framesPerSecond, delaySpreadNs: ms * 1_000_000, stallNs: 0, lateBy: 0 };
    expect(reorderDepth(spread)).toBe(depth);
  });

  it('warns above 80 % of the window and names a better size', () => {
    expect(windowWarning(1024, profile)).toMatch(/1024 bits is too small.*use 2048/);
    expect(windowWarning(2048, profile)).toBeUndefined();
    const at80 = { framesPerSecond: 8192, delaySpreadNs: 100_000_000, stallNs: 0, lateBy: 0 };
    expect(windowWarning(1024, at80)).toMatch(/820 frames/);
    expect(windowWarning(1024, { ...at80, framesPerSecond: 8190 })).toBeUndefined();
  });

  it('counts the longest stall as if it were a difference of delays, and names it', () => {
    const stalled = {
      framesPerSecond: 10_000,
      delaySpreadNs: 5_000_000,
      stallNs: 78_000_000,
      lateBy: 0,
    };
    expect(windowWarning(1024, stalled)).toBe(
      'a replay window of 1024 bits is too small: up to 830 frames can overtake one (10000/s over ' +
        'paths that differ by 5 ms, with stalls of up to 78 ms); use 2048',
    );
    expect(windowWarning(1024, { ...stalled, stallNs: 76_000_000 })).toBeUndefined();
  });

  it('never recommends a size that does not exist', () => {
    expect(recommendedWindowBits({ ...profile, framesPerSecond: 1 })).toBe(64);
    expect(recommendedWindowBits({ ...profile, framesPerSecond: 1e9 })).toBe(65_536);
  });
});
