/** What waits after a quiet time is compared with what waited before the first fault. @module */
import { describe, expect, it } from 'vitest';
import { GrowthWatch } from '../../../../runner/hunt/growth.ts';
import { openHuntedScenario } from '../../../../runner/hunt/open-hunted-scenario.ts';
import { AttemptTrier } from '../../../../runner/hunt/try-attempt.ts';
import { crashingRun } from '../crash/crashing-run.ts';

const at = (atNs: number): object => ({ schedule: { kind: 'at', atNs } });

/** What a run showed in which so much waited, and each of two nodes held so much, at the instants at which it was looked at. */
function foundIn(
  waiting: Readonly<Record<number, number>>,
  { warmupNs = 90, events = [at(30), at(20)], held = {} as Readonly<Record<number, number>> } = {},
): unknown {
  const scheduler = { pendingCount: 0 };
  let each = 0;
  const holding = (): number => each;
  const nodes = new Map(Object.entries({ a: { holding }, b: { holding }, router: {} }));
  const world = {
    sim: { scheduler },
    atFault: (timeNs: number, look: () => void): void => {
      scheduler.pendingCount = waiting[timeNs] ?? 1_000_000;
      each = held[timeNs] ?? 0;
      look();
    },
  };
  const watch = new GrowthWatch();
  watch.watch({ world, experiment: { nodes } } as never, { events, warmupNs } as never, 10);
  return watch.found;
}

describe('a run', () => {
  it('may keep ten times as much and a hundred, and no more', () => {
    expect(foundIn({ 20: 7, 90: 170 })).toEqual([]);
    expect(foundIn({ 20: 7, 90: 171 })).toMatchObject([{ kind: 'growth', place: 'what waits' }]);
  });

  it('may hold ten times as many messages in all nodes and four hundred, and no more', () => {
    const waiting = { 20: 0, 90: 0 };
    expect(foundIn(waiting, { held: { 20: 3, 90: 230 } })).toEqual([]);
    const held = { 20: 3, 90: 231 };
    expect(foundIn(waiting, { held })).toMatchObject([{ place: 'what nodes hold' }]);
  });

  it('without faults is looked at, too: what grows there is no find', () => {
    expect(foundIn({ 10: 7, 90: 171 }, { events: [] })).toMatchObject([{ kind: 'growth' }]);
  });

  it('that measures from before the first fault on has no quiet time', () => {
    expect(foundIn({}, { warmupNs: 20 })).toEqual([]);
  });

  it.each([
    ['keeps', ['what nodes hold']],
    ['never', []],
  ])('whose node keeps all that it took grows: %s', async (breaks, places) => {
    const { file, remove } = crashingRun(breaks);
    try {
      const trier = new AttemptTrier(await openHuntedScenario(file, { duration: '12s' }));
      const cut = { at: '100ms', for: '1s', link: 'alice--bob', set: { up: false } };
      const { breaks: found } = trier.try({ seed: 1, events: [cut] });
      expect(found.map(({ place }) => place)).toEqual(places);
    } finally {
      remove();
    }
  });
});
