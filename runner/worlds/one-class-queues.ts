/**
 * Warns about priority queues that had packets of one class only, so that a plain queue would have done
 * the same.
 *
 * @module
 */
import type { Network } from '../../engine/net/network.ts';
import { PriorityQueue } from '../../engine/net/queue/priority.ts';

/** Number of directions that a warning names. */
const NAMES_MAX = 3;

/**
 * The warning about priority queues with packets of one class. A link without data carries only
 * network control, which is class 0; so a queue with class 0 only is reported only if all priority
 * queues of the run had nothing else.
 * @returns undefined if there is no reason for a warning.
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
