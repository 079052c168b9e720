/**
 * Defaults and limits of the options, checked from both sides: what a file may contain, and what
 * applies if it says nothing.
 */
import { describe, expect, it } from 'vitest';
import { type GatewayOptions, gatewayConfig } from '../../../../nodes/gateway/config.ts';
import { ReservedWindowFactory } from '../../../../nodes/gateway/replay/reserved-windows.ts';
import { MemoryStore } from './memory-store.ts';

const HOUR_NS = 3_600_000_000_000;

function windowSize(size: unknown): number | undefined {
  const parsed = gatewayConfig.safeParse({ antiReplay: { windowSize: size } });
  return parsed.success ? parsed.data.antiReplay.windowSize : undefined;
}

/** How many numbers the window accepts with these options, counted down from the highest. */
function depthOf({ antiReplay }: GatewayOptions): number {
  const store = new MemoryStore();
  const { windowSize: size, reserve } = antiReplay;
  const window = new ReservedWindowFactory({ store, size, reserve }).create('peer', 1);
  const highest = 200_000;
  // The number is held until the limit above it is durable.
  expect(window.accept(highest)).toBe('held');
  store.settle();
  expect(window.accept(highest)).toBe('fresh');
  let depth = 1;
  while (window.check(highest - depth) === 'fresh') depth++;
  return depth;
}

describe('the options of a gateway', () => {
  const defaults = gatewayConfig.parse({});

  it('R-013: have a window of 8,192 by default, and take 64 to 65,536', () => {
    expect(defaults.antiReplay.windowSize).toBe(8192);
    for (const size of [64, 128, 1024, 65_472, 65_536]) expect(windowSize(size)).toBe(size);
    for (const size of [-64, 0, 1, 63, 65, 100, 65_535, 65_537, 65_600, 128.5, '64']) {
      expect(windowSize(size), String(size)).toBeUndefined();
    }
  });

  it('R-013: set the window that is made, from the least to the greatest', () => {
    for (const size of [64, 1024, 65_536]) {
      expect(depthOf(gatewayConfig.parse({ antiReplay: { windowSize: size } }))).toBe(size);
    }
    expect(depthOf(defaults)).toBe(8192);
  });

  it('R-020: forget a silent peer after 24 h and a frame after 1 h by default', () => {
    expect(defaults.antiReplay.cleanupTtl).toBe(24 * HOUR_NS);
    expect(defaults.antiReplay.maxSequenceAge).toBe(HOUR_NS);
  });

  it('R-020: refuse a clean-up time below the greatest age by one nanosecond, and take the same', () => {
    const parse = (cleanup: string): ReturnType<typeof gatewayConfig.safeParse> =>
      gatewayConfig.safeParse({ antiReplay: { cleanupTtl: cleanup } });
    expect(parse('1h').success).toBe(true);
    const refused = parse('3599999999999ns');
    expect(refused.success).toBe(false);
    expect(refused.error?.issues[0]?.message).toMatch(/would re-open the window/);
  });

  it('R-032: look up paths every 5 s by default', () => {
    expect(defaults.multipath.refreshInterval).toBe(5_000_000_000);
  });
});
