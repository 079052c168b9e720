import { describe, expect, it } from 'vitest';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import { BackpressureRouter } from '../../../../../nodes/dtn/router/backpressure.ts';
import { MeetingAgents } from '../../../../../runner/verify/bundles/meetings.ts';
import { seededRandom } from '../../../../../topologies/generate/random.ts';

const ROUNDS = 500;
const PAIRS = ['a b', 'a c', 'b c', 'b d', 'c d'] as const;

const BUNDLE = { destination: 'd' } as HeldBundle;

/** Largest backlog of a node while nodes meet at random; a sends to d with this probability. */
function largestBacklog(load: number): number {
  const net = new MeetingAgents({ router: 'backpressure', lifetime: 1e17, hopLimit: 255 });
  const draw = seededRandom('test', 3);
  let largest = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (draw(100) < load) net.send('a', 'd');
    const [a = '', b = ''] = PAIRS[draw(PAIRS.length)]?.split(' ') ?? [];
    net.meet(a, b);
    largest = Math.max(largest, ...net.holding);
  }
  return largest;
}

describe('a Lyapunov scheduler', () => {
  it('R-143: keeps the backlog of every node bounded', () => {
    // Two of five encounters are with d, and take all that is for it: 250 bundles pass through.
    expect(largestBacklog(50)).toBeGreaterThan(2);
    expect(largestBacklog(50)).toBeLessThan(20);
    expect(largestBacklog(100)).toBeLessThan(40);
  });

  it('R-143: hands a bundle over only if that lowers the sum of the squares of the backlogs', () => {
    const holding = (bundles: number): BackpressureRouter => {
      const router = new BackpressureRouter(() => true);
      for (let held = 0; held < bundles; held += 1) router.kept(BUNDLE);
      return router;
    };
    for (const here of [0, 1, 2, 5, 8]) {
      for (const there of [0, 1, 4, 8]) {
        const router = holding(here);
        router.heard('b', holding(there).record());
        let moved = 0;
        while (router.offer(BUNDLE, 'b') !== undefined) moved += 1;
        const squares = (many: number): number => (here - many) ** 2 + (there + many) ** 2;
        const best = Array.from({ length: here + 1 }, (_, many) => squares(many));
        expect([here, there, moved]).toEqual([here, there, best.indexOf(Math.min(...best))]);
      }
    }
  });

  it('R-143: counts what it has, not what has left it', () => {
    const router = new BackpressureRouter(() => true);
    const none = router.record();
    for (let held = 0; held < 3; held += 1) router.kept(BUNDLE);
    const three = router.record();
    expect(three).not.toEqual(none);
    for (let held = 0; held < 3; held += 1) router.done(BUNDLE);
    expect(router.record()).toEqual(none);
  });
});
