/**
 * Measured delays of single messages among real agents that meet after exponential times.
 *
 * @module
 */

import type { DrawBelow } from '../../../engine/host/generator.ts';
import { drawExponentialTime, nodeNamesAndPairs } from './chance.ts';
import type { MeetingNetwork, RouterName } from './delay-chains.ts';
import { MeetingAgents } from './meetings.ts';

const NS_PER_S = 1e9;
/** A lifetime longer than any run, ns. */
const FOR_EVER_NS = 1e16;

/** Measures the delays of `count` messages from the first node to the second, each in a new network, s. */
export function measureDeliveryDelays(
  router: RouterName,
  { nodes, everySeconds, copies }: MeetingNetwork,
  { count, draw }: { readonly count: number; readonly draw: DrawBelow },
): readonly number[] {
  const { names, pairs } = nodeNamesAndPairs(nodes);
  return Array.from({ length: count }, () => {
    const net = new MeetingAgents({ router, copies, lifetime: FOR_EVER_NS }, 1e12, names);
    net.send('n0', 'n1');
    let seconds = 0;
    while (net.delivered.length === 0) {
      // The rate of all meetings is the sum of the rates of the pairs, and each pair is equally
      // likely to meet next.
      seconds += drawExponentialTime(everySeconds, draw) / pairs.length;
      const [a, b] = pairs[draw(pairs.length)] as readonly [string, string];
      net.now = Math.max(net.now, Math.round(seconds * NS_PER_S));
      // If neither node has a copy, nothing can happen; this is so in half of all meetings, which
      // are skipped to save time.
      if (net.isHolding(a) || net.isHolding(b)) net.touch(a, b);
    }
    return seconds;
  });
}
