/**
 * Warns of priority queues that saw packets of one class only: they did nothing that a plain queue does not do.
 *
 * @module
 */
import type { Network } from '../../engine/net/network.ts';
import { PriorityQueue } from '../../engine/net/queue/priority.ts';

/** Number of directions that a warning names. */
const NAMES_MAX = 3;

/**
 * Where there is no data, a link carries only what keeps the network together, which is class 0. That is no news unless
 * every priority queue of the run is like that.
 * @returns a warning; undefined if there is no reason for one.
 */
export function oneClassWarning({ directions }: Pick<Network, 'directions'>): string | undefined {
  const used = directions
    .filter(({ spec }) => spec.queue?.kind === 'priority')
    .map(({ linkId, name, queue }) => ({ name: `${linkId} (${name})`, classes: seenBy(queue) }))
    .filter(({ classes }) => classes.length > 0);
  const isUse = used.some(({ classes }) => classes.length > 1);
  const idle = used.filter(({ classes: [first, second] }) => {
    return second === undefined && !(isUse && first === 0);
  });
  if (idle.length === 0) return undefined;
  const names = idle.slice(0, NAMES_MAX).map(({ name }) => name);
  const more = idle.length > NAMES_MAX ? ` and ${idle.length - NAMES_MAX} more` : '';
  const are = idle.length === 1 ? 'priority queue' : 'priority queues';
  return `${are} of ${names.join(', ')}${more} saw packets of one class only`;
}

function seenBy(queue: unknown): readonly number[] {
  return queue instanceof PriorityQueue ? queue.classesSeen : [];
}
