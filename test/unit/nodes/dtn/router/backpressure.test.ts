import { describe, expect, it } from 'vitest';
import { Meetings } from '../../../../../scenarios/verify/bundles/meetings.ts';
import { seededRandom } from '../../../../../topologies/generate/random.ts';

const ROUNDS = 500;
const PAIRS = ['a b', 'a c', 'b c', 'b d', 'c d'] as const;

/** Largest backlog of a node while nodes meet at random; a sends to d with this probability. */
function largestBacklog(load: number): number {
  const net = new Meetings({ router: 'backpressure', lifetime: 1e17, hopLimit: 255 });
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
});
