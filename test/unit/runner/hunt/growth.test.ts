/** What waits after a quiet time is compared with what waited before the first fault. @module */
import { describe, expect, it } from 'vitest';
import { GrowthWatch } from '../../../../runner/hunt/growth.ts';

const at = (atNs: number): object => ({ schedule: { kind: 'at', atNs } });

/** What a run showed in which so much waited at the instants at which it was looked at. */
function foundIn(
  waiting: Readonly<Record<number, number>>,
  { warmupNs = 90, events = [at(30), at(20)] } = {},
): unknown {
  const scheduler = { pendingCount: 0 };
  const world = {
    sim: { scheduler },
    atFault: (timeNs: number, look: () => void): void => {
      scheduler.pendingCount = waiting[timeNs] ?? 1_000_000;
      look();
    },
  };
  const watch = new GrowthWatch();
  watch.watch({ world } as never, { events, warmupNs } as never, 10);
  return watch.found;
}

describe('a run', () => {
  it('may keep ten times as much and a hundred, and no more', () => {
    expect(foundIn({ 20: 7, 90: 170 })).toEqual([]);
    expect(foundIn({ 20: 7, 90: 171 })).toMatchObject([{ kind: 'growth', place: 'what waits' }]);
  });

  it('without faults is looked at, too: what grows there is no find', () => {
    expect(foundIn({ 10: 7, 90: 171 }, { events: [] })).toMatchObject([{ kind: 'growth' }]);
  });

  it('that measures from before the first fault on has no quiet time', () => {
    expect(foundIn({}, { warmupNs: 20 })).toEqual([]);
  });
});
