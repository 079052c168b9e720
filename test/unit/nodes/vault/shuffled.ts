/**
 * Random orders for tests of vault.
 *
 * @module
 */
import { openRandomStream } from '../../../../engine/core/stream.ts';

/** A copy in random order. */
export function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const random = openRandomStream(seed, 'vault', 'shuffled');
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [copy[last], copy[other]] = [copy[other] as Item, copy[last] as Item];
  }
  return copy;
}
