/**
 * The n-1 attack on a run: the first packet that leaves the mix after the target was let in alone is
 * taken for it (spec/mixnet.md 4.4).
 *
 * @module
 */
import type { View } from '../view/view.ts';
import { ofHits } from './outcome.ts';
import type { Attack } from './setting.ts';

/** The attack. */
export const blendingAttack: Attack = {
  name: 'n_minus_one',
  adversary: 'active at one mix, no keys',
  estimator: 'share of attempts in which the next output was the target',
  isActive: true,
  evaluate: ({ view, setting, answers }) => {
    const attempts = setting.blending ?? [];
    const guesses = attempts.map(({ node, admittedNs }) => firstOutput(view, node, admittedNs));
    const hits = guesses.filter(
      (guess, i) => guess !== undefined && guess === answers.departures?.[i],
    ).length;
    return ofHits({ attack: 'n_minus_one', hits, trials: attempts.length, chance: 0 });
  },
};

/** Instant at which the first packet after `after` leaves a node; undefined when none does. */
function firstOutput(view: View, node: string, after: number): number | undefined {
  const { count, atNs, link } = view.sightings;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((atNs[middle] as number) < after) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < count; i += 1) {
    if (view.links[link[i] as number]?.from === node) return atNs[i];
  }
  return undefined;
}
