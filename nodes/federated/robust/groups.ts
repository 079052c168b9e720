/**
 * Groups: secure sums within random groups, and a robust rule over their means. The price: an update
 * hides among the updates of its group only, no longer among all updates.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { ModelUpdate } from './rules.ts';

/** Members in random groups whose sizes differ by one at most. */
export function dealRandomGroups<T>(members: readonly T[], groups: number, random: Random): T[][] {
  const order = [...members];
  random.shuffle(order);
  const dealt: T[][] = Array.from({ length: groups }, () => []);
  for (const [place, member] of order.entries()) (dealt[place % groups] as T[]).push(member);
  return dealt;
}

/** The sum of a group. */
export interface GroupTotal {
  readonly sum: ModelUpdate;
  /** Number of members whose input is in the sum. */
  readonly members: number;
}

/** The means of the groups of which anything arrived, to be combined by a robust rule. */
export function groupMeans(groups: readonly GroupTotal[]): Float64Array[] {
  return groups
    .filter(({ members }) => members > 0)
    .map(({ sum, members }) => Float64Array.from(sum, (value) => value / members));
}
