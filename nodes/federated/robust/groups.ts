/**
 * Groups: a secure sum in each random group of clients, and a robust rule over the means of the
 * groups. The disadvantage: an update is hidden only among the updates of its group.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { ModelUpdate } from './rules.ts';

/** Divides members at random into groups whose sizes differ by at most one. */
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

/** The means of the groups with at least one input, which a robust rule then combines. */
export function groupMeans(groups: readonly GroupTotal[]): Float64Array[] {
  return groups
    .filter(({ members }) => members > 0)
    .map(({ sum, members }) => Float64Array.from(sum, (value) => value / members));
}
